"""Setting up a machine: refused in one plain line where something is missing, skipped where nothing has changed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from brokerage import set_up

ROOT = Path(set_up.ROOT)


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (2, 7)])
def test_another_python_is_refused(version):
    with pytest.raises(set_up.SetUpError, match=r"Python 3\.11, 3\.12 or 3\.13 is needed, and this is \d\.\d+"):
        set_up.check_python(version)


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_the_supported_pythons_are_welcome(version):
    assert set_up.check_python(version) is None


def test_a_step_is_done_until_its_inputs_change(tmp_path, monkeypatch):
    monkeypatch.setattr(set_up, "STAMPS", tmp_path / "stamps")
    lock = tmp_path / "some.lock"
    lock.write_text("one")
    assert set_up._is_done("packages", lock) is False
    set_up._done("packages", lock)
    assert set_up._is_done("packages", lock) is True
    lock.write_text("two")
    assert set_up._is_done("packages", lock) is False


def test_the_pin_of_one_package_is_cut_out_of_a_lock_file():
    six = "six==1 \\\n    --hash=sha256:aa\n"
    uv = "uv==0.9 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
    lock = six + uv + "vine==5 \\\n    --hash=sha256:dd\n"
    assert set_up.locked("uv", lock) == uv
    assert set_up.locked("six", lock) == six


def test_a_machine_without_the_venv_module_says_what_to_install(tmp_path):
    """Run as a Python that has no ensurepip, without root's rights to bring it."""
    program = (
        "import sys, importlib.util; sys.path.insert(0, sys.argv[1]); import set_up;"
        "found = importlib.util.find_spec;"
        "importlib.util.find_spec = lambda name: None if name == 'ensurepip' else found(name);"
        "set_up.os.geteuid = lambda: 1000;"
        "set_up.PYTHON = set_up.Path(sys.argv[2]);"
        "sys.exit(set_up.main())"
    )
    arguments = [sys.executable, "-c", program, str(ROOT / "brokerage"), str(tmp_path / "python")]
    answer = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert answer.returncode == 1
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    assert answer.stderr == (
        f"set-up: Python's venv module is missing: install {version} (Debian, Ubuntu) and run make again\n"
    )


def test_set_up_needs_nothing_but_the_standard_library():
    """The machine's Python runs it before anything is installed."""
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path.insert(0, {str(ROOT / 'brokerage')!r}); import set_up",
    ]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stderr == ""


def test_make_help_names_every_command_with_one_line():
    answer = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    commands = re.findall(r"^  make ([a-z-]+) +\S", answer.stdout, re.MULTILINE)
    assert commands[:7] == ["help", "set-up", "demo", "test", "check", "prove", "bench"]


def test_make_keeps_compiled_code_where_the_environment_forbids_it():
    """Hundreds of processes that the tests start would each compile what they import: 4 s of work instead of none."""
    shown = 'shown: ; @echo "[$$PYTHONDONTWRITEBYTECODE] $$PYTHONPYCACHEPREFIX"'
    command = ["make", "--silent", "--eval", shown, "shown"]
    variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=variables)
    assert answer.stdout == f"[] {ROOT / 'var' / 'bytecode'}\n"
