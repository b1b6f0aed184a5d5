"""A result as a netCDF-4 file: one group a world, units on every variable, what it was made from inside.

Groups: `base`, `what_if.NAME` and `cut` (every channel closed from the first period on), each with dimensions
alternative, replication, statistic, year, quantile and band_period. Totals of futures carry the names of conventions
§22; `yearly.X`, `band.X` and `plant.X` are the summaries. A file is written beside its place and then renamed.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import numpy as np

from holdfast.errors import Place, Problems
from holdfast.study import history
from holdfast.study.case import QUANTILES, STATISTICS, Case
from holdfast.study.result import BASE, About, Result
from holdfast.study.worlds import Packed, from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import h5py
    import xarray as xr
    from numpy.typing import NDArray
    from typing_extensions import Buffer

    from holdfast.parts.world import World

FORMAT: Final = 2
"""Version of the file format; a reader refuses newer ones."""
CUT: Final = "cut"
SUFFIX: Final = ".partial"
COORDINATES: Final = ("alternative", "replication", "statistic", "year", "quantile", "band_period")
_PACKED: Final[dict[str, Any]] = {"compression": "gzip", "compression_opts": 1}


def unit_of(world: World, name: str) -> str:
    """The unit of a record, by its name (conventions §22)."""
    parts = name.removeprefix("mean.").split(".")
    money = f"{world.currency} of {world.price_year}"
    if parts[0] in ("costs", "memos"):
        return money
    if parts[-1] in ("short", "first_short", "opened", "longest_short", "periods", "short_periods"):
        return "period"
    if parts[-1] in ("spells", "short_spells", "lots", "warned"):
        return "1"
    units = {good.name: good.unit for good in world.goods}
    for part in parts[1:]:
        if part in units:
            return units[part]
    if parts[0] == "windows":
        consumer = world.windows[int(parts[1])].consumer
        found = {world.goods[use.good].unit for use in world.uses if use.consumer == consumer}
    elif parts[0] in ("plants", "lines"):
        found = _made_in(world, parts[1])
    else:
        found = set()
    return found.pop() if len(found) == 1 else "1"


def _made_in(world: World, plant: str) -> set[str]:
    lines = [world.lines[i] for each in world.plants if each.name == plant for i in each.lines]
    return {world.goods[good].unit for line in lines for good in line.goods}


def _variables(cases: dict[str, Case]) -> Iterator[tuple[str, tuple[str, ...], NDArray[np.float64], str]]:
    """Every variable of one world, one at a time to spare memory: name, dimensions, values, unit.

    The first dimension is the alternative; values are nan where one lacks the record.
    """
    kinds = (
        ("", "totals", ("replication",)),
        ("plant.", "plants", ("replication",)),
        ("yearly.", "yearly", ("statistic", "year")),
        ("band.", "bands", ("quantile", "band_period")),
    )
    for prefix, attribute, dims in kinds:
        parts = {name: getattr(case, attribute) for name, case in cases.items()}
        for record in dict.fromkeys(record for part in parts.values() for record in part):
            have = next(part[record] for part in parts.values() if record in part)
            rows = [part[record] if record in part else np.full_like(have, np.nan) for part in parts.values()]
            world = next(case.world for name, case in cases.items() if record in parts[name])
            unit = unit_of(world, f"plants.{record}" if prefix == "plant." else record)
            unit = f"{unit}/year" if prefix == "plant." else unit
            yield prefix + record, ("alternative", *dims), np.stack(rows), unit


def group_of(what_if: str) -> str:
    """The name of the group that holds a world."""
    return f"what_if.{what_if}" if what_if != BASE else "base"


def _groups(result: Result) -> dict[str, dict[str, Case]]:
    """Cases by alternative, by group."""
    groups: dict[str, dict[str, Case]] = {}
    for (alternative, what_if), case in result.cases.items():
        groups.setdefault(group_of(what_if), {})[alternative] = case
    if result.cuts:
        groups[CUT] = dict(result.cuts)
    return groups


def dataset(result: Result, what_if: str = BASE) -> xr.Dataset:
    """One world of a result as an xarray Dataset, units on every variable."""
    import xarray as xr

    cases = {name: result.case(name, what_if) for name, world in result.cases if world == what_if}
    first = next(iter(cases.values()))
    variables = {
        name: xr.DataArray(values, dims=dims, attrs={"units": unit}) for name, dims, values, unit in _variables(cases)
    }
    coordinates: dict[str, Any] = {
        "alternative": list(cases),
        "replication": ("replication", np.arange(first.replications), {"units": "1"}),
        "statistic": list(STATISTICS),
        "quantile": ("quantile", np.array(QUANTILES), {"units": "1"}),
        "band_period": ("band_period", first.band_periods, {"units": "period"}),
    }
    attributes = {"title": result.about.title, "what_if": what_if, "provenance": json.dumps(result.provenance)}
    return xr.Dataset(variables, coords=coordinates, attrs=attributes)


def save(result: Result, path: str | os.PathLike[str]) -> None:
    """Writes a result, whole or not at all.

    Raises:
        ScenarioError: HF401, it cannot be written.
    """
    with Saving(path) as saving:
        saving.finish(result)


class Saving:
    """A result on its way to disk, of which worlds are written aside as they come; to be used in a `with`.

    Nothing stands under its name before it is whole, and nothing is left of it where it is not finished.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._target = Path(path)
        self._beside = self._target.with_name(f".{self._target.name}.{os.getpid()}{SUFFIX}")
        self._aside = ThreadPoolExecutor(1)
        self._begun: list[Future[None]] = []
        self._open = contextlib.ExitStack()
        self._texts: dict[str, dict[str, str]] = {}
        """Worlds as text, by group and alternative."""
        self._known: Packed = {}

    def __enter__(self) -> Saving:
        return self

    def __exit__(self, *_: object) -> None:
        self._aside.shutdown(cancel_futures=True)
        with contextlib.suppress(OSError):
            self._open.close()
        with contextlib.suppress(OSError):
            self._beside.unlink(missing_ok=True)

    def add(self, group: str, cases: dict[str, Case]) -> None:
        """Begins to write a world, and returns; what goes wrong is told by `finish`."""
        self._begun.append(self._aside.submit(self._write, group, dict(cases)))

    def finish(self, result: Result) -> None:
        """Writes what has not been written, and gives the file its name.

        Raises:
            ScenarioError: HF401, it cannot be written.
        """
        try:
            for each in self._begun:
                each.result()
            for group, cases in _groups(result).items():
                if group not in self._texts:
                    self._write(group, cases)
            self._say(result)
            self._open.close()
            with self._beside.open("rb") as file:
                os.fsync(file.fileno())
            self._beside.replace(self._target)
        except OSError as error:
            text = f"the result cannot be written: {error.strerror or error}"
            _refuse(self._target, "HF401", text, "choose another --out")

    @functools.cached_property
    def _file(self) -> h5py.File:
        """The file, made when it is first needed.

        h5py writes it as netCDF-4 asks (dimension scales): netCDF's own writers take ten times as long.
        """
        import h5py

        disk = self._open.enter_context(_Disk(self._beside))
        return self._open.enter_context(h5py.File(disk, "w", libver="v110", track_order=True))

    def _write(self, group: str, cases: dict[str, Case]) -> None:
        """Writes a world."""
        self._texts[group] = {name: to_text(case.world, self._known) for name, case in cases.items()}
        _write_group(self._file.create_group(group, track_order=True), cases)

    def _say(self, result: Result) -> None:
        """Writes what the result is about, and where it comes from."""
        import h5py

        file = self._file
        file.attrs["_NCProperties"] = f"version=2,h5py={h5py.__version__},hdf5={h5py.version.hdf5_version}"
        file.attrs["holdfast_result"] = FORMAT
        file.attrs["title"] = result.about.title
        file.attrs["provenance"] = json.dumps(result.provenance)
        _write_text(file, "about", json.dumps(vars(result.about)))
        _write_text(file, "worlds", json.dumps(self._texts))
        _write_text(file, "history", json.dumps(history.to_plain(result.history)))


class _Disk(io.FileIO):
    """A file that HDF5 may write without meeting an error, which it does not survive: it is raised at the end."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "w+")
        self.failed: OSError | None = None

    def write(self, data: Buffer, /) -> int:
        """Writes all bytes, or remembers why it cannot."""
        left, size = memoryview(data).cast("B"), memoryview(data).nbytes
        while left and self.failed is None:
            try:
                left = left[super().write(left) :]
            except OSError as error:
                self.failed = error
        self.seek(left.nbytes, os.SEEK_CUR)  # as if it had been written
        return size

    def close(self) -> None:
        """Closes the file.

        Raises:
            OSError: something could not be written.
        """
        super().close()
        if self.failed is not None:
            raise self.failed


def _write_text(file: h5py.File, name: str, text: str) -> None:
    """A long text as compressed UTF-8 bytes."""
    raw = np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
    scale = file.create_dataset(f"{name}_byte", data=np.arange(raw.size, dtype=np.int32), **_PACKED, shuffle=True)
    scale.make_scale(f"{name}_byte")
    scale.attrs["units"] = "1"
    data = file.create_dataset(name, data=raw, **_PACKED)
    data.dims[0].attach_scale(scale)
    data.attrs["units"] = "1"
    data.attrs["long_name"] = f"{name}: UTF-8 text, JSON"


def _write_group(group: h5py.Group, cases: dict[str, Case]) -> None:
    """One world: coordinates, then every variable with its unit."""
    import h5py

    first = next(iter(cases.values()))
    years = max((v.shape[1] for case in cases.values() for v in case.yearly.values()), default=1)
    periods = first.band_periods if first.band_periods.size else np.zeros(1, dtype=np.int64)
    text = h5py.string_dtype()
    coordinates = {
        "alternative": (np.array(list(cases), dtype=object), text, "1"),
        "replication": (np.arange(first.replications), np.int64, "1"),
        "statistic": (np.array(STATISTICS, dtype=object), text, "1"),
        "year": (np.arange(years), np.int64, "year"),
        "quantile": (np.array(QUANTILES), np.float64, "1"),
        "band_period": (periods, np.int64, "period"),
    }
    scales = {}
    for number, (name, (values, dtype, unit)) in enumerate(coordinates.items()):
        scales[name] = group.create_dataset(name, data=values, dtype=dtype)
        scales[name].make_scale(name)
        scales[name].attrs["units"] = unit
        scales[name].attrs["_Netcdf4Dimid"] = np.int32(number)
    writer = _Writer(group, scales)
    for name, dims, values, unit in _variables(cases):
        writer.write(name, dims, values, unit)
    writer.finish()


class _Writer:
    """Writes hundreds of variables: each is a copy of a blank one with its dimensions and unit, given its values.

    Attaching dimensions one by one writes the list of all variables that have them anew each time.
    """

    def __init__(self, group: h5py.Group, scales: dict[str, h5py.Dataset]) -> None:
        self.group, self.scales = group, scales
        self.blanks: dict[object, bytes] = {}
        """Names of variables that never get values, by dimensions, unit and whether all values are the same."""
        self.having: dict[str, list[tuple[h5py.Reference, int]]] = {name: [] for name in scales}
        """By dimension: each variable that has it, and in which place."""

    def write(self, name: str, dims: tuple[str, ...], values: NDArray[np.float64], unit: str) -> None:
        """Writes a variable, its unit and its dimensions."""
        from h5py import h5d, h5o, h5r, h5s

        home, key = self.group.id, (dims, unit, bool((values == values.flat[0]).all()))
        if key not in self.blanks:
            self.blanks[key] = self._blank(dims, values.shape, unit, _PACKED if key[-1] else {})
        h5o.copy(home, self.blanks[key], home, name.encode())
        data = h5d.open(home, name.encode())
        data.write(h5s.ALL, h5s.ALL, np.ascontiguousarray(values))
        here = h5r.create(home, name.encode(), h5r.OBJECT)
        for axis, dim in enumerate(dims):
            self.having[dim].append((here, axis))

    def _blank(self, dims: tuple[str, ...], shape: tuple[int, ...], unit: str, how: dict[str, Any]) -> bytes:
        """The name of a new variable without values."""
        name = f"blank {len(self.blanks)}"
        data = self.group.create_dataset(name, shape, np.float64, **how)
        for axis, dim in enumerate(dims):
            data.dims[axis].attach_scale(self.scales[dim])
        data.attrs["units"] = unit
        return name.encode()

    def finish(self) -> None:
        """Removes what is blank, and tells each dimension who has it, as netCDF-4 asks."""
        import h5py

        for name in self.blanks.values():
            self.group.id.unlink(name)
        kind = np.dtype([("dataset", h5py.ref_dtype), ("dimension", np.int32)])
        for dim, rows in self.having.items():
            if rows:
                self.scales[dim].attrs.create("REFERENCE_LIST", np.array(rows, dtype=kind))


def load(path: str | os.PathLike[str]) -> Result:
    """The result in a file; a folder that a run wrote stands for the result.nc in it.

    Raises:
        ScenarioError: HF404, it is no result, not whole, or of a newer format.
    """
    target = Path(path)
    if target.is_dir():
        target = target / "result.nc"
    if not target.is_file():
        _refuse(target, "HF404", f"there is no result '{target}'", "holdfast results lists those that there are")
    try:
        import h5py

        with h5py.File(target, "r") as file:
            version = file.attrs.get("holdfast_result")
            if version is None:
                _refuse(target, "HF404", "this netCDF file is not a result of Holdfast", "name the result.nc of a run")
            if int(version) > FORMAT:
                fix = "use the version of Holdfast that wrote it, or a newer one"
                _refuse(target, "HF404", f"the result has format {int(version)}, newer than {FORMAT}", fix)
            if int(version) < FORMAT:
                fix = "run the scenario again"
                _refuse(target, "HF404", f"the result has format {int(version)}, older than {FORMAT}", fix)
            return _read(file)
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        message = f"the file is damaged or not a result: {str(error)[:200]}"
        _refuse(target, "HF404", message, "run the scenario again")


def summary(path: Path) -> str:
    """A result in one line, without reading its figures: title, futures, seed, plans.

    Raises:
        ScenarioError: HF404, it is no result, or not whole.
    """
    try:
        import h5py

        with h5py.File(path, "r") as file:
            about = About(**json.loads(_read_text(file, "about")))
            told = json.loads(file.attrs["provenance"])
            plans = len(json.loads(_read_text(file, "worlds")).get("base", {}))
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        _refuse(path, "HF404", f"the file is damaged or not a result: {str(error)[:200]}", "run the scenario again")
    counted = f"{plans} plan{'s' if plans != 1 else ''}"
    return f"{about.title}: {counted}, {told['replications']:,} futures, seed {told['seed']}"


def _read(file: h5py.File) -> Result:
    about = About(**json.loads(_read_text(file, "about")))
    worlds = json.loads(_read_text(file, "worlds"))
    cases: dict[tuple[str, str], Case] = {}
    cuts: dict[str, Case] = {}
    for name, texts in worlds.items():
        found = _read_group(file[name], texts)
        if name == CUT:
            cuts = found
        else:
            what_if = BASE if name == "base" else name.removeprefix("what_if.")
            cases |= {(alternative, what_if): case for alternative, case in found.items()}
    told = json.loads(_read_text(file, "history")) if "history" in file else []
    return Result(about, json.loads(file.attrs["provenance"]), cases, cuts, history.from_plain(told))


def _read_text(file: h5py.File, name: str) -> str:
    return bytes(np.asarray(file[name][...], dtype=np.uint8).tobytes()).decode("utf-8")


def _read_group(group: h5py.Group, texts: dict[str, str]) -> dict[str, Case]:
    periods = np.asarray(group["band_period"][...], dtype=np.int64)
    cases = {name: Case(from_text(text), {}, band_periods=periods) for name, text in texts.items()}
    for name, variable in group.items():
        if name in COORDINATES:
            continue
        kind, _, rest = name.partition(".")
        values = np.asarray(variable[...], dtype=np.float64)
        for row, case in zip(values, cases.values(), strict=True):
            if bool(np.isnan(row).all()):
                continue
            into = {"plant": case.plants, "yearly": case.yearly, "band": case.bands}.get(kind)
            if into is None:
                case.totals[name] = row
            else:
                into[rest] = row
    return cases


def _refuse(path: Path, code: str, message: str, fix: str) -> NoReturn:
    """Raises one problem with a file.

    Raises:
        ScenarioError: always.
    """
    problems = Problems()
    problems.add(code, Place(str(path)), "", message, fix)
    problems.raise_if_any()
    raise AssertionError  # raise_if_any raised
