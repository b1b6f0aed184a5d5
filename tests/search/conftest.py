"""Scenarios whose best plan is known."""

from __future__ import annotations

from pathlib import Path

import pytest

import holdfast as hf

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def strait() -> hf.Scenario:
    return hf.load(HERE / "levered.yaml")


def changed(folder: Path, *pairs: tuple[str, str]) -> hf.Scenario:
    """The scenario of the strait with texts replaced."""
    text = (HERE / "levered.yaml").read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path = folder / "changed.yaml"
    path.write_text(text, encoding="utf-8")
    return hf.load(path)
