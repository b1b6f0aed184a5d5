"""The commands run, rerun and results, as a person calls them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

import holdfast
from holdfast import cli_run, command
from holdfast.cli import main
from holdfast.study import simulate

PLANS = ["run", "cartridge-plant", "--alternatives", "imports,plant", "--what-if", "as-promised"]


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Runs a command in this process: exit code, output, errors."""
    code = 0
    try:
        main(list(arguments))
    except SystemExit as stop:
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result of two plans and one other world."""
    out = tmp_path_factory.mktemp("out")
    code: object = 0
    try:
        main([*PLANS, "--replications", "40", "--seed", "11", "--out", str(out), "--quiet"])
    except SystemExit as stop:
        code = stop.code
    found = list(out.iterdir())
    assert (code, len(found)) == (0, 1)
    return found[0]


def test_run_leaves_a_result_in_a_folder_of_its_own(folder: Path) -> None:
    assert folder.name.startswith("cartridge-plant-")
    assert len(folder.name) == len("cartridge-plant-") + 4
    names = {each.name for each in folder.iterdir()}
    assert "result.nc" in names
    assert not {name for name in names if name.startswith(".")}


def test_the_answer_fits_80_columns_and_says_where_it_is(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    arguments = ["run", "cartridge-plant", "--alternatives", "imports,two-years", "--what-if", "none"]
    code, out, err = call(capsys, *arguments, "--replications", "30", "--out", str(tmp_path))
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    answer = out.split("Report")[0].split("Result")[0]
    assert max(len(line) for line in answer.splitlines()) <= 80
    for text in (
        "It is 2006.",
        "crisis-",
        "two-years",
        "Two years on the shelf",
        "This rests on",
        "result.nc",
        "rerun",
    ):
        assert text in out


def test_until_says_how_many_futures_it_takes_before_it_simulates_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    goal = ["run", "iv-fluids", "--what-if", "none", "--until", "cost within 1 %", "--replications", "40"]
    code, out, err = call(capsys, *goal, "--out", str(tmp_path / "told"))
    assert (code, err) == (0, "")
    assert out.index("Simulating ") < out.index("40 futures of")
    assert out.startswith("cost is known within 1 % after ")
    assert out.index("Cost is known within ") > out.index("said a pilot of 40; 40")
    code, out, err = call(capsys, *goal, "--json", "--out", str(tmp_path / "json"))
    assert code == 0
    assert json.loads(out)["provenance"]["until"]["asked"] == "cost within 1 %"
    assert "Simulating 40 futures of each plan" in err
    code, out, err = call(capsys, *goal, "--quiet", "--out", str(tmp_path / "quiet"))
    assert (code, err) == (0, "")
    assert len(out.splitlines()) == 1


def test_a_goal_that_cannot_be_read_leaves_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    goal = ["--until", "cost within 1 %, servic below 2", "--out", str(tmp_path / "none")]
    code, out, err = call(capsys, "run", "iv-fluids", *goal)
    assert (code, out) == (2, "")
    assert err.startswith("HF406 --until:1:18")
    assert not (tmp_path / "none").exists()


def test_json_is_as_documented(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = call(capsys, *PLANS, "--json", "--replications", "25", "--seed", "3", "--out", str(tmp_path))
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told["format"] == 1
    assert told["provenance"]["seed"] == 3
    assert set(told["alternatives"]) == {"imports", "plant"}
    assert set(told["what_if"]["as-promised"]) == {"imports", "plant"}
    assert told["differences"]["from"] == "imports"
    for measures in (told["alternatives"]["plant"], told["differences"]["alternatives"]["plant"]):
        for name, each in measures.items():
            assert set(each) == {"estimate", "low", "high", "standard_error", "unit"}, name
    cost = told["alternatives"]["plant"]["cost"]
    assert cost["low"] < cost["estimate"] < cost["high"]
    gap = told["differences"]["alternatives"]["plant"]["cost"]["estimate"]
    assert gap == pytest.approx(cost["estimate"] - told["alternatives"]["imports"]["cost"]["estimate"])
    assert told["alternatives"]["plant"]["standards.crisis-start.met"]["unit"] == "share of futures"


def test_the_same_call_gives_the_same_file(capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path) -> None:
    from holdfast import Result

    arguments = ["--replications", "40", "--seed", "11", "--threads", "1", "--out", str(tmp_path), "--quiet"]
    code, out, _ = call(capsys, *PLANS, *arguments)
    assert code == 0
    again = Path(out.strip())
    assert again.name == folder.name
    one, two = Result.open(folder), Result.open(again)
    for key, case in one.cases.items():
        assert all(v.tobytes() == two.cases[key].totals[n].tobytes() for n, v in case.totals.items())


def test_rerun_tells_one_future_and_proves_it(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    arguments = ["rerun", str(folder), "--alternative", "plant", "--replication", "7"]
    code, out, err = call(capsys, *arguments, "--trace")
    assert (code, err) == (0, "")
    assert out.startswith("2006-01-02  calm, free, peace.")
    assert "maracay: work starts; planned 4.5 years" in out
    assert out.strip().endswith("figures of this future equal the stored ones, bit for bit.")
    code, out, _ = call(capsys, *arguments, "--what-if", "as-promised", "--trace")
    assert code == 0
    assert "2010-12-27  maracay: opens" in out


def test_results_lists_what_is_there(capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path) -> None:
    code, out, _ = call(capsys, "results", str(folder.parent))
    assert code == 0
    assert out == f"{folder.name}  A cartridge plant under sanctions: 2 plans, 40 futures, seed 11\n"
    code, out, _ = call(capsys, "results", str(tmp_path))
    assert (code, out.startswith("No results here.")) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "code", "fix"),
    [
        (["run", "cartridge-plant", "--alternatives", "improts"], "HF403", "did you mean imports?"),
        (["run", "cartridge-plant", "--what-if", "as-promise"], "HF403", "did you mean as-promised?"),
        (["run", "cartridge-plant", "--replications", "0"], "HF403", "ask for 1 or more"),
        (["run", "cartridge-plant", "--seed", "-1"], "HF403", "2^64 - 1"),
        (["run", "cartridge-plant", "--threads", "0"], "HF403", "ask for 1 or more"),
        (["run", "cartridge-plan"], "HF001", "cartridge-plant"),
        (["run", "cartridge-plant", "--alternatives", ","], "HF403", "name some of imports"),
        (["run", "cartridge-plant", "--replications", "5", "--out", "FILE/x"], "HF401", "choose another --out"),
        (["run", "cartridge-plant", "--replications", "1000000000"], "HF401", "fewer --replications"),
        (["rerun", "FILE", "--alternative", "imports", "--replication", "1"], "HF404", "run the scenario again"),
        (["rerun", "nowhere", "--alternative", "imports", "--replication", "1"], "HF404", "holdfast results"),
        (["rerun", "FOLDER", "--alternative", "plan", "--replication", "1"], "HF403", "did you mean plant?"),
        (["rerun", "FOLDER", "--alternative", "plant", "--replication", "40"], "HF403", "choose one from 0 to 39"),
        (["results", "nowhere"], "HF401", "name one that holds results"),
    ],
)
def test_mistakes(
    capsys: pytest.CaptureFixture[str],
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: str,
    fix: str,
) -> None:
    """Each ends with exit code 2, its code and the fix, no traceback, and leaves nothing."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "file"
    file.write_text("not a result")
    given = [each.replace("FILE", str(file)).replace("FOLDER", str(folder)) for each in arguments]
    status, out, err = call(capsys, *given)
    assert (status, out) == (2, "")
    assert err.startswith(code)
    assert fix in " ".join(err.split())
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == [file]


def test_one_future_is_told_though_it_says_nothing_of_others(folder: Path, tmp_path: Path) -> None:
    """Intervals without ends must not stop a run that has been simulated."""
    arguments = ["run", "adblue-australia", "--replications", "1", "--what-if", "none", "--out", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "holdfast.cli", *arguments], capture_output=True, check=False, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"1 futures" not in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full here")
def test_a_full_disk_at_the_end_of_what_is_printed_is_told(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "holdfast.cli", "explain"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"HF401 standard output")
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


SOURCES = {"PYTHONPATH": str(Path(holdfast.__file__).parents[1])}


def test_ctrl_c_inside_executed_text_ends_with_the_same_code() -> None:
    """Python marks a KeyboardInterrupt that leaves executed text as one that kills, even if it is caught further up."""
    program = "import holdfast.cli as c; c.cli.main = lambda **_: exec('raise KeyboardInterrupt'); c.main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=60)
    assert (done.returncode, b"Traceback" in done.stderr) == (130, False)


@pytest.mark.parametrize("module", ["holdfast.cli", "click", "holdfast.errors", "click.types"])
def test_ctrl_c_while_the_program_loads_ends_quietly(module: str) -> None:
    """Interrupted in the middle of an import: exit code 130, and no traceback."""
    program = (
        "import os, signal, sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), signal.SIGINT)\n"
        "from holdfast.command import main\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "sys.argv = ['holdfast', 'examples']\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (130, b"")
    assert done.stderr == b"Interrupted: nothing was left half written.\n"


def test_the_program_listens_before_it_imports_anything_of_length() -> None:
    program = "import sys; import holdfast.command; print(sorted({'typing', 'click', 're'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], capture_output=True, check=True, timeout=60, env=SOURCES
    )
    assert done.stdout == b"[]\n"


def test_told_to_end_it_leaves_no_folder(tmp_path: Path) -> None:
    """SIGTERM while it simulates ends it as Ctrl-C does, with the code that shells know."""
    command = [sys.executable, "-m", "holdfast.command", "run", "cartridge-plant", "--out", str(tmp_path)]
    process = subprocess.Popen([*command, "--replications", "3000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)  # until the work starts, which the folder shows
    process.terminate()
    _, err = process.communicate(timeout=60)
    assert (process.returncode, b"Traceback" in err) == (143, False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no signal that comes later")
@pytest.mark.parametrize(("handler", "raised"), [(command._end, SystemExit), (command._interrupt, KeyboardInterrupt)])
def test_told_to_end_while_python_imports_it_ends_a_moment_later(handler, raised: type[BaseException]) -> None:
    """What is raised in the machinery of imports may be forgotten, and leave its lock to nobody."""
    before = signal.getsignal(signal.SIGALRM)
    imports = compile("handler(15, frame())", "<frozen importlib._bootstrap>", "exec")
    try:
        exec(imports, {"handler": handler, "frame": lambda: sys._getframe(1)})
        with pytest.raises(raised):
            time.sleep(5)
        with pytest.raises(raised):
            handler(15, sys._getframe())
    finally:
        signal.signal(signal.SIGALRM, before)


def test_ended_as_soon_as_its_folder_is_there_it_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    about = simulate.about(holdfast.load("adblue-australia"))

    def end(_: Path) -> None:
        raise SystemExit(command.TERMINATED)

    monkeypatch.setattr(cli_run.shutil, "disk_usage", end)
    with pytest.raises(SystemExit), cli_run.kept_in(tmp_path, about, (), 0):
        pytest.fail("the work began")
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_leaves_no_half_result(tmp_path: Path) -> None:
    """Interrupted while it simulates: exit code 130, no traceback, nothing half written, earlier results whole."""
    old = tmp_path / "older-0000" / "result.nc"
    old.parent.mkdir()
    old.write_bytes(b"older")
    command = [sys.executable, "-m", "holdfast.cli", "run", "cartridge-plant", "--out", str(tmp_path)]
    process = subprocess.Popen([*command, "--replications", "3000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("cartridge-plant-*")) and time.monotonic() < deadline:
        time.sleep(0.05)  # until the work starts, which the folder shows
    time.sleep(1.5)
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert old.read_bytes() == b"older"
    assert list(tmp_path.glob("cartridge-plant-*")) == []


def test_the_room_asked_for_is_near_what_a_result_takes(tmp_path: Path) -> None:
    read = holdfast.load("adblue-australia")
    names, worlds = list(read.alternatives), list(read.what_ifs)
    holdfast.compare(read, replications=200).save(tmp_path / "result.nc")
    takes = (tmp_path / "result.nc").stat().st_size
    assert takes <= cli_run._bytes(read, names, worlds, 200) <= 2 * takes


def test_a_disk_without_room_is_told_before_the_work_and_one_with_room_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What fits is not refused: 20 futures of a small scenario take less than a megabyte."""
    free = 10**6
    monkeypatch.setattr(cli_run.shutil, "disk_usage", lambda _: SimpleNamespace(free=free + cli_run.SLACK))
    asked = ["run", "adblue-australia", "--what-if", "none", "--quiet", "--out", str(tmp_path)]
    code, _, err = call(capsys, *asked, "--replications", "20000")
    assert (code, "HF401" in err, list(tmp_path.iterdir())) == (2, True, [])
    code, _, _ = call(capsys, *asked, "--replications", "20")
    assert code == 0
