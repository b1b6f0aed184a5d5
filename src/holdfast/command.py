"""The program `holdfast`: it ends quietly when it is interrupted, already while it loads.

Exit codes: those of `holdfast.cli`, and 143 where it is told to end (SIGTERM), after what is half made is removed.
"""

from __future__ import annotations

import gc
import os
import signal

TYPE_CHECKING = False  # what can be interrupted only at length is imported once an interruption ends quietly
if TYPE_CHECKING:
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
    gc.set_threshold(100_000)  # what is loaded is large and stays, and trees of a scenario hold no circles
    from holdfast import cli, errors

    assert errors  # which the command line needs before it can tell of an interruption
    try:
        if listens:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        cli.main()
    except KeyboardInterrupt:
        _stop()
    finally:
        gc.freeze()  # Python would look through all of it for circles once more, only to end


def _stop(*_: object) -> NoReturn:
    """Ends at once: no work has begun, and a library that is half loaded would say so at length."""
    os.write(2, b"Interrupted: nothing was left half written.\n")
    os._exit(130)


def _end(_: int, where: FrameType | None) -> None:
    """Ends as after Ctrl-C: what is half written is removed.

    While something is imported it comes again a moment later: Python forgets what is raised in some calls of its own.

    Raises:
        SystemExit: but then.
    """
    if where is not None and where.f_code.co_filename.startswith("<frozen importlib") and hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _end)
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        return
    raise SystemExit(TERMINATED)


if __name__ == "__main__":
    main()
