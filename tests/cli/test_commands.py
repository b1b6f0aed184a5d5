"""The commands as a person calls them: text, exit codes, no tracebacks."""

from __future__ import annotations

import subprocess
import sys

import pytest

from holdfast import cli
from holdfast.codes import CODES
from holdfast.spec import reference


def call(capsys, *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    code = 0
    try:
        cli.main(list(arguments))
    except SystemExit as stop:
        code = int(stop.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_help_lists_every_command_without_loading_heavy_modules() -> None:
    script = (
        "import sys; from holdfast import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'xarray', 'numba', 'rich', 'scipy', 'ruamel.yaml', 'h5py'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    for name in cli.COMMANDS:
        assert f"\n  {name} " in done.stdout


def test_check_reads_a_scenario_without_libraries_for_computing() -> None:
    script = (
        "import sys; from holdfast import cli\n"
        "cli.main(['check', 'cartridge-plant'])\n"
        "heavy = {'numpy', 'xarray', 'numba', 'rich', 'scipy', 'ruamel.yaml', 'h5py', 'importlib.metadata'}\n"
        "heavy &= set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)


def test_version(capsys) -> None:
    code, out, _ = call(capsys, "--version")
    assert code == 0
    assert out.startswith("holdfast 0.")


def test_check_of_the_shipped_cases_is_fine(capsys) -> None:
    for name in ("cartridge-plant", "adblue-australia"):
        code, out, _ = call(capsys, "check", name)
        assert code == 0
        assert f"{name}.yaml is fine" in out
        assert "stated by sources" in out


def test_check_tells_all_problems_with_exit_code_2(capsys, tmp_path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("holdfast: 1\nstores: {depot: {title: Sand, gravel}}\nalternatives: {a: {storse.depot.title: x}}\n")
    code, out, err = call(capsys, "check", str(path))
    assert (code, out) == (2, "")
    assert f"HF013 {path}:2:31   stores.depot.gravel" in err
    assert f"HF301 {path}:3:20   alternatives.a" in err
    assert "did you mean stores.depot.title?" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("arguments", [("chek", "x"), ("check",), ("check", "--wrong", "x"), ("explain", "HF999")])
def test_wrong_calls_end_with_exit_code_2(capsys, arguments: tuple[str, ...]) -> None:
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err
    assert "Traceback" not in err


def test_a_misspelt_command_names_the_nearest(capsys) -> None:
    assert "did you mean check?" in call(capsys, "chek")[2]


def test_explain_tells_wrong_and_right(capsys) -> None:
    code, out, _ = call(capsys, "explain", "hf203")
    assert code == 0
    assert "wrong" in out
    assert "{partner: 60 %, world: 40 %}" in out
    listed = call(capsys, "explain")[1]
    assert all(name in listed for name in CODES)


def test_examples_are_listed_and_printed(capsys) -> None:
    assert "A cartridge plant under sanctions" in call(capsys, "examples")[1]
    assert call(capsys, "examples", "cartridge-plant")[1].startswith("# ")
    code, _, err = call(capsys, "examples", "cartridge")
    assert code == 2
    assert "cartridge-plant" in err


def test_new_writes_a_scenario_that_is_fine_and_overwrites_nothing(capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(capsys, "new", "my-medicine")[0] == 0
    path = tmp_path / "my-medicine.yaml"
    before = path.read_text()
    assert "name: my-medicine\n" in before
    assert call(capsys, "check", "my-medicine.yaml")[0] == 0
    code, _, err = call(capsys, "new", "my-medicine")
    assert (code, path.read_text()) == (2, before)
    assert "HF402" in err
    assert [each.name for each in tmp_path.iterdir()] == ["my-medicine.yaml"]


@pytest.mark.parametrize("name", ["My Plant", "../up", "", "a" * 100, "cartridge-plant", "a\nb"])
def test_new_refuses_what_is_not_a_free_name(capsys, tmp_path, monkeypatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = call(capsys, "new", name)
    assert code == 2
    assert "HF014" in err or "HF402" in err
    assert list(tmp_path.iterdir()) == []


def test_the_page_of_errors_holds_every_code() -> None:
    page = reference.errors_page()
    assert all(f"### {name}: {code.title}" in page for name, code in CODES.items())
    assert all(code.explanation and name[:3] in reference.GROUPS for name, code in CODES.items())
