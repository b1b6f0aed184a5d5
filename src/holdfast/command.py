"""The program `holdfast`: it ends quietly when it is interrupted, already while it loads.

Exit codes: those of `holdfast.cli`, and 143 where it is told to end (SIGTERM), after what is half made is removed.
"""

from __future__ import annotations

import gc
import os
import signal

TYPE_CHECKING = False  # what can be interrupted only at length is imported once an interruption ends quietly
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Final, NoReturn

TERMINATED: Final = 143
"""What a shell reports of a program that ended by SIGTERM."""


def main() -> None:
    """Loads the command line, and runs a command."""
    listens = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # a shell may have it ignored
    if listens:
        signal.signal(signal.SIGINT, _stop)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end)
    from holdfast import bytecode

    bytecode.keep()
    gc.set_threshold(100_000)  # what is loaded is large and stays, and trees of a scenario hold no circles
    from holdfast import cli, errors

    assert errors  # which the command line needs before it can tell of an interruption
    try:
        if listens:
            signal.signal(signal.SIGINT, _interrupt)
        cli.main()
    except KeyboardInterrupt:
        _stop()
    finally:
        gc.freeze()  # Python would look through all of it for circles once more, only to end


def _stop(*_: object) -> NoReturn:
    """Ends at once: no work has begun, and a library that is half loaded would say so at length."""
    os.write(2, b"Interrupted: nothing was left half written.\n")
    os._exit(130)


def _interrupt(_: int, where: FrameType | None) -> None:
    """Ctrl-C, as Python takes it.

    Raises:
        KeyboardInterrupt: at once, or a moment later.
    """
    if not _comes_again(_interrupt, where):
        raise KeyboardInterrupt


def _end(_: int, where: FrameType | None) -> None:
    """Ends as after Ctrl-C: what is half written is removed.

    Raises:
        SystemExit: at once, or a moment later.
    """
    if not _comes_again(_end, where):
        raise SystemExit(TERMINATED)


def _comes_again(handler: Callable[[int, FrameType | None], None], where: FrameType | None) -> bool:
    """Whether a signal has come while Python itself imports something; then it comes again a moment later.

    What is raised there may be forgotten, and may leave locked what other threads wait for, and the end for them.
    """
    imports = where is not None and where.f_code.co_filename.startswith("<frozen importlib")
    if not imports or not hasattr(signal, "setitimer"):
        return False
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    return True


if __name__ == "__main__":
    main()
