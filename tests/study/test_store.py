"""Results as files: whole or not at all, and refused where they are not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr

from holdfast.errors import ScenarioError
from holdfast.study import store
from holdfast.study.case import Case
from holdfast.study.result import Result
from tests.study import small

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("results") / "result.nc"
    small.result().save(target)
    return target


def test_what_is_saved_comes_back(path: Path) -> None:
    before, after = small.result(), Result.open(path)
    assert after.about == before.about
    assert after.provenance == before.provenance
    assert list(after.cases) == list(before.cases)
    for key, case in before.cases.items():
        other = after.cases[key]
        assert set(case.totals) == set(other.totals)
        assert all(case.totals[n].tobytes() == other.totals[n].tobytes() for n in case.totals)
        assert all(case.yearly[n].tobytes() == other.yearly[n].tobytes() for n in case.yearly)
        assert all(case.bands[n].tobytes() == other.bands[n].tobytes() for n in case.bands)
        assert all(case.plants[n].tobytes() == other.plants[n].tobytes() for n in case.plants)
    assert after.measures("build") == before.measures("build")
    assert after.measures("build", "rough") == before.measures("build", "rough")


def test_a_folder_stands_for_its_result(path: Path) -> None:
    assert Result.open(path.parent).seed == 7


def test_every_variable_says_its_unit(path: Path) -> None:
    for group in ("base", "what_if.rough", "cut"):
        with xr.open_dataset(path, group=group, engine="h5netcdf") as data:
            assert {name for name in data.data_vars if not data[name].attrs.get("units")} == set()
            assert data["costs.imports"].attrs["units"] == "USD of 2020"
            assert data["consumers.army.shell.unmet"].attrs["units"] == "shell"
            assert data["consumers.army.first_short"].attrs["units"] == "period"
            assert data["windows.0.wanted"].attrs["units"] == "shell"
            assert data["costs.imports"].dims == ("alternative", "replication")


def test_dataset_and_pandas_hold_the_totals() -> None:
    result = small.result()
    data, frame = result.dataset(), result.to_pandas()
    want = result.case("build").totals["costs.capex"]
    np.testing.assert_array_equal(data["costs.capex"].sel(alternative="build").values, want)
    np.testing.assert_array_equal(frame.loc["build"]["costs.capex"].values, want)
    assert frame.index.names == ["alternative", "replication"]


def test_no_path_host_or_time_is_inside(path: Path) -> None:
    import getpass
    import socket

    text = str(Result.open(path).provenance)
    assert str(path.parent) not in text
    assert socket.gethostname() not in text
    assert getpass.getuser() not in text


@pytest.mark.parametrize("kept", [0, 10, 1_000, 0.5, 0.99])
def test_a_file_cut_short_is_refused(path: Path, tmp_path: Path, kept: float) -> None:
    raw = path.read_bytes()
    broken = tmp_path / "result.nc"
    broken.write_bytes(raw[: int(kept if kept >= 1 or kept == 0 else kept * len(raw))])
    with pytest.raises(ScenarioError, match="HF404"):
        Result.open(broken)


def test_other_files_are_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a result")
    foreign = tmp_path / "foreign.nc"
    xr.Dataset({"x": 1}).to_netcdf(foreign, engine="h5netcdf")
    for path in (text, foreign, tmp_path / "missing.nc", tmp_path):
        with pytest.raises(ScenarioError, match="HF404"):
            Result.open(path)


def test_a_newer_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "FORMAT", store.FORMAT + 1)
    small.result().save(tmp_path / "result.nc")
    monkeypatch.undo()
    with pytest.raises(ScenarioError, match=f"format {store.FORMAT + 1}, newer than {store.FORMAT}"):
        Result.open(tmp_path / "result.nc")


def test_an_older_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "FORMAT", store.FORMAT - 1)
    small.result().save(tmp_path / "result.nc")
    monkeypatch.undo()
    with pytest.raises(ScenarioError, match=f"format {store.FORMAT - 1}, older than {store.FORMAT}"):
        Result.open(tmp_path / "result.nc")


def test_a_failed_write_leaves_the_old_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "result.nc"
    target.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_write_group", full)
    with pytest.raises(ScenarioError, match="No space left"):
        small.result().save(target)
    assert [each.name for each in tmp_path.iterdir()] == ["result.nc"]
    assert target.read_bytes() == b"old"


def test_an_interrupted_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "_write_group", stop)
    with pytest.raises(KeyboardInterrupt):
        small.result().save(tmp_path / "result.nc")
    assert list(tmp_path.iterdir()) == []


def groups_of(result: Result) -> dict[str, dict[str, Case]]:
    worlds = dict.fromkeys(what_if for _, what_if in result.cases)
    return {
        store.group_of(what_if): {name: case for (name, world), case in result.cases.items() if world == what_if}
        for what_if in worlds
    }


def test_worlds_written_as_they_come_make_the_same_file(tmp_path: Path, path: Path) -> None:
    """Some are handed over before the result is there, some are not; what was written is not written again."""
    result, target = small.result(), tmp_path / "result.nc"
    (group, cases), *_ = groups_of(result).items()
    written: list[str] = []
    with pytest.MonkeyPatch.context() as patch, store.Saving(target) as saving:
        write = store._write_group
        patch.setattr(store, "_write_group", lambda at, them: (written.append(at.name), write(at, them)))
        saving.add(group, cases)
        assert not target.exists()
        saving.finish(result)
    assert sorted(written) == sorted({f"/{name}" for name in (*groups_of(result), store.CUT)})
    assert [each.name for each in tmp_path.iterdir()] == ["result.nc"]
    with h5py.File(path) as one, h5py.File(target) as other:
        names: list[str] = []
        one.visititems(lambda name, each: names.append(name) if isinstance(each, h5py.Dataset) else None)
        assert len(names) > 20
        assert all(
            np.asarray(one[name][...]).tobytes() == np.asarray(other[name][...]).tobytes()
            for name in names
            if one[name].dtype != object
        )
    assert Result.open(target).measures("build") == result.measures("build")


def test_a_result_that_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "result.nc").write_bytes(b"old")
    groups = groups_of(small.result())

    def stopped() -> None:
        with store.Saving(tmp_path / "result.nc") as saving:
            for group, cases in groups.items():
                saving.add(group, cases)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert [each.name for each in tmp_path.iterdir()] == ["result.nc"]
    assert (tmp_path / "result.nc").read_bytes() == b"old"


def test_what_went_wrong_aside_is_told_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_write_group", full)
    result = small.result()
    with store.Saving(tmp_path / "result.nc") as saving:
        saving.add(*next(iter(groups_of(result).items())))
        with pytest.raises(ScenarioError, match="No space left"):
            saving.finish(result)
    assert list(tmp_path.iterdir()) == []


def test_every_dimension_knows_its_variables_and_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attached: list[object] = []
    attach = h5py._hl.dims.DimensionProxy.attach_scale
    monkeypatch.setattr(
        h5py._hl.dims.DimensionProxy, "attach_scale", lambda self, scale: (attached.append(scale), attach(self, scale))
    )
    small.result().save(tmp_path / "result.nc")
    with h5py.File(tmp_path / "result.nc") as file:
        groups = [each for each in file.values() if isinstance(each, h5py.Group)]
        variables = [name for name in file["base"] if name not in store.COORDINATES]
        assert len(attached) < sum(len(each) for each in groups), "attaching each takes the longer the more there are"
        assert not [name for name in variables if name.startswith("blank")]
        told = {file[each].name for each, _ in file["base/alternative"].attrs["REFERENCE_LIST"]}
        assert told == {f"/base/{name}" for name in variables}
        for name in variables:
            scales = [list(each.keys()) for each in file["base"][name].dims]
            assert scales[0] == ["alternative"]
            assert all(len(each) == 1 for each in scales), name


def test_a_disk_that_fills_while_a_result_is_written_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    """HDF5 itself does not survive it, so a process of its own is asked, whose files may not grow."""
    program = (
        "import resource, sys\n"
        "from holdfast.errors import ScenarioError\n"
        "from tests.study import small\n"
        "result = small.result()\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try: result.save(sys.argv[1])\n"
        "except ScenarioError as error: print([each.code for each in error.problems])\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "result.nc")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "['HF401']\n", "")
    assert list(tmp_path.iterdir()) == []
