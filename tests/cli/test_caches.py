"""Folders of caches: the last users' stay, those that nobody used for long go, and nothing else is touched."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from holdfast import caches
from holdfast.engine import kernel, sources, tables

NEW, OLD, OLDER = "0123456789abcdef", "fedcba9876543210", "00ff00ff00ff00ff"


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], Path]:
    """A new process asks for the folder of kernels of new sources."""
    monkeypatch.setenv("HOLDFAST_CACHE_DIR", str(tmp_path))

    def process() -> Path:
        caches._use.cache_clear()
        return caches.folder("kernels", NEW)

    return process


def used(folder: Path, ago: float) -> Path:
    (folder / "machine").mkdir(parents=True)
    (folder / "machine" / "op.o").write_bytes(b"code")
    os.utime(folder, (time.time() - ago, time.time() - ago))
    return folder


def test_a_new_version_removes_what_nobody_used_for_long(begin: Callable[[], Path], tmp_path: Path) -> None:
    old = used(tmp_path / f"kernels-{OLD}", caches.LONG + 60)
    recent = used(tmp_path / f"kernels-{OLDER}", caches.LONG - 60)
    others = [
        used(tmp_path / name, caches.LONG + 60) for name in (f"tables-{OLD}", "kernels-mine", f"kernels-{OLD}.zip")
    ]
    file = tmp_path / f"kernels-{OLD[::-1]}.txt"
    file.write_text("a note")
    assert begin() == tmp_path / f"kernels-{NEW}"
    assert not old.exists()
    assert recent.exists()
    assert all(each.exists() for each in [*others, file])


def test_a_version_in_use_removes_nothing_and_says_that_it_is_used(begin: Callable[[], Path], tmp_path: Path) -> None:
    own = used(tmp_path / f"kernels-{NEW}", caches.LONG + 60)
    old = used(tmp_path / f"kernels-{OLD}", caches.LONG + 60)
    begin()
    assert old.exists()
    assert time.time() - own.stat().st_mtime < caches.DAY


def test_a_home_that_is_no_folder_hurts_nobody(
    begin: Callable[[], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("HOLDFAST_CACHE_DIR", str(tmp_path / "file"))
    assert begin() == tmp_path / "file" / f"kernels-{NEW}"


def test_kernels_and_tables_stand_in_such_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOLDFAST_CACHE_DIR", str(tmp_path))
    assert kernel._kernels() == tmp_path / f"kernels-{sources.of_all()}"
    assert tables._folder().parent == tmp_path / f"tables-{sources.of_tables()}"
    assert all(caches._SOURCES.fullmatch(f"-{each}") for each in (sources.of_all(), sources.of_tables()))


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A user who has no folder for caches; the folder for what is temporary."""
    monkeypatch.delenv("HOLDFAST_CACHE_DIR", raising=False)
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "file" / "holdfast")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    caches._user_home.cache_clear()
    yield tmp_path
    caches._user_home.cache_clear()


def test_without_a_home_it_is_a_temporary_folder_that_only_the_user_may_write(homeless: Path) -> None:
    assert caches.home() == homeless / "holdfast-cache"
    if hasattr(os, "getuid"):
        assert caches.home().stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="folders have no owners")
@pytest.mark.parametrize("mode", [0o777, 0o720])
def test_a_temporary_folder_that_others_may_write_is_not_used(homeless: Path, mode: int) -> None:
    """Machine code is loaded from there."""
    (homeless / "holdfast-cache").mkdir()
    (homeless / "holdfast-cache").chmod(mode)
    found = caches.home()
    assert found.name.startswith("holdfast-cache-")
    assert found.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="folders have no owners")
def test_a_temporary_folder_that_is_a_link_is_not_used(homeless: Path) -> None:
    (homeless / "elsewhere").mkdir(mode=0o700)
    (homeless / "holdfast-cache").symlink_to(homeless / "elsewhere")
    assert caches.home().name.startswith("holdfast-cache-")
