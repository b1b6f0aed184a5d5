"""What is needed next is made aside, while what is there is worked with."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_T = TypeVar("_T")


def ahead(calls: Iterable[Callable[[], _T]]) -> Iterator[_T]:
    """What each call gives; the next one is made aside while somebody works with the last."""
    with ThreadPoolExecutor(1) as aside:
        coming: Future[_T] | None = None
        for call in calls:
            last, coming = coming, aside.submit(call)
            if last is not None:
                yield last.result()
        if coming is not None:
            yield coming.result()
