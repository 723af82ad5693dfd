"""What is wrong with the Python at hand is said in words."""

from __future__ import annotations

import ast
import subprocess
import sys

from runner.places import PROJECT

PRETEND = "import runpy, sys; sys.version_info = (3, 9, 2, 'final', 0); sys.version = '3.9.2 (x)'; "


def test_an_old_python_is_told_which_one_is_needed():
    done = subprocess.run(
        [sys.executable, "-c", PRETEND + "runpy.run_module('runner', run_name='__main__')"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "Python 3.11 or newer is needed, and this is 3.9.2." in done.stderr
    assert "Traceback" not in done.stderr


def test_what_tells_it_can_be_read_by_old_pythons():
    ast.parse((PROJECT / "runner" / "__init__.py").read_text("utf-8"), feature_version=(3, 0))


def test_a_python_without_venv_is_told_what_to_install(clone):
    house = clone()
    for part in [".venv/bin/python", ".venv/installed-base"]:
        (house.folder / part).unlink()
    (house.folder / "venv.py").write_text("raise ModuleNotFoundError('No module named venv')\n")
    run = house.start("run")

    assert run.ends() == 1
    assert "apt-get install python3-venv" in run.text
    assert "Traceback" not in run.text


def test_a_python_whose_venv_gets_no_pip_is_told_what_to_install(clone):
    house = clone()
    for part in [".venv/bin/python", ".venv/installed-base"]:
        (house.folder / part).unlink()
    (house.folder / "venv.py").write_text(
        "import subprocess\n"
        "def create(*_, **__): raise subprocess.CalledProcessError(1, ['-m', 'ensurepip'])\n"
    )
    run = house.start("run")

    assert run.ends() == 1
    assert "apt-get install python3-venv" in run.text
