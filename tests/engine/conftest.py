"""What tests of compiling start from."""

from __future__ import annotations

import pytest

from holdfast.engine import kernel


@pytest.fixture
def nothing_compiled(monkeypatch, tmp_path):
    """A process that has compiled nothing, and an empty cache."""
    monkeypatch.setenv("HOLDFAST_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(kernel, "_compiled", {})
