"""What Python compiles of modules, kept where it was told to keep none beside them.

Containers mostly tell it so (PYTHONDONTWRITEBYTECODE), so that folders of sources stay clean, and some installers
compile nothing either. Every start would then compile all that it imports, for longer than most commands take.
"""

from __future__ import annotations

import sys


def keep() -> None:
    """Keeps bytecode of what is imported from now on, also by our own processes, in our folder of caches.

    Only where none is kept otherwise; where the folder cannot be written Python compiles as before.
    """
    if not sys.dont_write_bytecode or sys.pycache_prefix is not None:
        return
    import os
    from hashlib import blake2b
    from pathlib import Path

    import holdfast
    from holdfast import caches

    beside = getattr(holdfast, "__cached__", None)
    if beside is None or Path(beside).exists():
        return
    where = blake2b(sys.prefix.encode(), digest_size=8).hexdigest()
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(caches.folder("bytecode", where))
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
