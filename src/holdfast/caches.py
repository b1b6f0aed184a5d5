"""Folders in which what can be made again is kept between processes, each for what it was made of."""

from __future__ import annotations

import functools
import os
import re
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

DAY: Final = 86_400.0
"""[seconds] A folder says to the day when it was used last."""
LONG: Final = 60 * DAY
"""[seconds] After so long a folder that nobody used goes: mostly that of an earlier version."""
_SOURCES: Final = re.compile(r"-[0-9a-f]{16}")


def home() -> Path:
    """Where these folders are: what HOLDFAST_CACHE_DIR names, or the user's own place for them."""
    named = os.environ.get("HOLDFAST_CACHE_DIR")
    return Path(named) if named else _user_home()


def folder(kind: str, sources: str) -> Path:
    """The folder of what some sources have made.

    Args:
        kind: what is kept there, as in the folder's name.
        sources: their hash.
    """
    found = home() / f"{kind}-{sources}"
    _use(found, kind)
    return found


@functools.cache
def _use(found: Path, kind: str) -> None:
    """Once a process: says that a folder is used; where it is new, those of its kind go that nobody used for long."""
    now = time.time()
    with suppress(OSError):
        if found.exists():
            if now - found.stat().st_mtime > DAY:
                os.utime(found)
            return
        for other in found.parent.glob(f"{kind}-*"):
            if _SOURCES.fullmatch(other.name.removeprefix(kind)) and now - other.stat().st_mtime > LONG:
                import shutil

                shutil.rmtree(other, ignore_errors=True)


@functools.cache
def _user_home() -> Path:
    """The user's own folder for what can be made again, or a temporary one where that cannot be written.

    Code is loaded from there: a temporary folder that someone else may have filled is not used.
    """
    from platformdirs import user_cache_path

    user = user_cache_path("holdfast", appauthor=False)
    with suppress(OSError):
        user.mkdir(parents=True, exist_ok=True)
        if os.access(user, os.W_OK | os.X_OK):
            return user
    import tempfile

    shared = Path(tempfile.gettempdir()) / "holdfast-cache"
    with suppress(OSError):
        shared.mkdir(mode=0o700, exist_ok=True)
        if _is_ours(shared):
            return shared
    return Path(tempfile.mkdtemp(prefix="holdfast-cache-"))


def _is_ours(folder: Path) -> bool:
    """Whether nobody else can have written into a folder; on Windows it is the user's alone."""
    found = folder.lstat()
    if not hasattr(os, "getuid"):
        return True
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
