"""Tables of laws that are kept are those that were made, and whatever befalls the files, the table is right."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest

from holdfast.engine import tables
from holdfast.parts import laws

LAWS = [
    laws.Exponential(3.0),
    laws.Mixture((laws.Exponential(2.0), laws.Exponential(9.0)), (0.25, 0.75)),
    laws.Poisson(4.5),
    laws.Discrete.empirical([1.0, 2.0, 2.0, 5.0]),
]


def _arrays(table):
    return [np.asarray(each) for each in vars(table).values()]


def _same(one, other):
    return type(one) is type(other) and all(
        a.dtype == b.dtype and np.array_equal(a, b) for a, b in zip(_arrays(one), _arrays(other), strict=True)
    )


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """An empty cache, and no table in memory."""
    monkeypatch.setenv("HOLDFAST_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(tables, "_made", itertools.count())
    tables.table.cache_clear()
    yield tables._folder()
    tables.table.cache_clear()


@pytest.fixture
def made(monkeypatch):
    """The laws whose tables were made, one after the other."""
    found = []
    tabulate = laws.tabulate
    monkeypatch.setattr(laws, "tabulate", lambda law: found.append(law) or tabulate(law))
    return found


@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
def test_a_kept_table_is_the_one_that_was_made(folder, made, law):
    first = tables.table(law)
    tables.table.cache_clear()
    assert _same(tables.table(law), first)
    assert _same(first, laws.tabulate(law))
    assert made == [law, law], "the table was made once here, and once to compare"


def test_figures_are_made_once(folder):
    made = []
    for _ in range(2):
        found = tables.figures("squares", lambda: made.append(1) or np.arange(5.0) ** 2)
        assert found.dtype == np.float64
        assert found.tolist() == [0.0, 1.0, 4.0, 9.0, 16.0]
    assert made == [1]
    (folder / "squares.figures").write_bytes(b"damaged")
    assert tables.figures("squares", lambda: made.append(1) or np.zeros(2)).tolist() == [0.0, 0.0]
    assert made == [1, 1]


def test_other_parameters_are_another_table(folder, made):
    assert not _same(tables.table(laws.Exponential(3.0)), tables.table(laws.Exponential(np.nextafter(3.0, 4.0))))
    assert len(made) == len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("harm", [lambda raw: raw[:-8], lambda raw: raw[:900] + b"\x00" + raw[901:], lambda _: b""])
def test_a_damaged_file_is_made_again(folder, made, harm):
    first = tables.table(LAWS[0])
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    path.write_bytes(harm(whole))
    tables.table.cache_clear()
    assert _same(tables.table(LAWS[0]), first)
    assert len(made) == 2
    assert path.read_bytes() == whole


def test_a_process_that_tries_many_values_keeps_the_first_of_them(folder, made, monkeypatch):
    monkeypatch.setattr(tables, "OF_ONE", 2)
    for mean in (1.0, 2.0, 3.0):
        assert _same(tables.table(laws.Exponential(mean)), laws.tabulate(laws.Exponential(mean)))
    assert len(list(folder.iterdir())) == 2


def test_where_there_are_too_many_all_are_forgotten(folder, monkeypatch):
    monkeypatch.setattr(tables, "MOST", 3)
    for mean in (1.0, 2.0, 3.0, 4.0):
        tables.table(laws.Exponential(mean))
    assert len(list(folder.iterdir())) == 1


def test_without_a_folder_tables_are_made(folder, made, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("HOLDFAST_CACHE_DIR", str(tmp_path / "file"))
    assert _same(tables.table(LAWS[0]), laws.tabulate(LAWS[0]))


def test_laws_of_other_packages_are_not_kept(folder):
    @dataclass(frozen=True)
    class Theirs(laws.Exponential):
        """A law whose source is not ours to watch."""

    assert _same(tables.table(Theirs(3.0)), laws.tabulate(laws.Exponential(3.0)))
    assert not folder.exists()
