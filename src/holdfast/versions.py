"""Which versions of packages are installed."""

from __future__ import annotations

import functools
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

_ENDING: Final = ".dist-info"


def version(package: str) -> str:
    """The version of an installed package, by the name of the folder that its installer has left.

    What Python has for it (`importlib.metadata`) imports the parser of e-mails, and is asked where no folder is found.

    Raises:
        PackageNotFoundError: it is not installed.
    """
    begin = package.replace("-", "_").lower() + "-"
    for name in (name for folder in sys.path for name in _left(folder)):
        if name.lower().startswith(begin):
            return name[len(begin) :].removesuffix(_ENDING)
    from importlib import metadata

    return metadata.version(package)


@functools.cache
def _left(folder: str) -> tuple[str, ...]:
    """The folders about packages in a folder from which Python imports."""
    with suppress(OSError):
        return tuple(sorted(each.name for each in Path(folder).iterdir() if each.name.endswith(_ENDING)))
    return ()
