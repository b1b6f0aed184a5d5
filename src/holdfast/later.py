"""Modules that are imported when something of them is first asked for: who asks for nothing waits for nothing."""

from __future__ import annotations

import importlib
from typing import Any


class Later:
    """Stands for a module at the top of a file; where types are checked, the module itself is imported instead."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        """What the module calls by a name."""
        return getattr(importlib.import_module(self._name), name)
