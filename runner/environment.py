"""The virtual environment: made once, brought up to date when the pins change."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from runner.places import PROJECT, PYTHON, VENV, Trouble, say

UV = "uv==0.13.9"


def prepare(*, tests: bool) -> None:
    """Have all pinned packages in .venv. Costs nothing when they are there already."""
    wanted = PROJECT / "requirements" / ("dev.txt" if tests else "base.txt")
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()
    mark = VENV / f"installed-{wanted.stem}"
    if mark.exists() and mark.read_text() == digest and PYTHON.exists():
        return
    _refuse_where_nothing_can_be_written()
    if not PYTHON.exists():
        _make()
    if not (VENV / "bin" / "uv").exists():
        _run([str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV])
    say(f"Installing the pinned packages of {wanted.relative_to(PROJECT)}.")
    _run(
        [
            str(VENV / "bin" / "uv"),
            "pip",
            "install",
            "--quiet",
            "--system-certs",  # a house with a proxy has a certificate authority of its own
            "--python",
            str(PYTHON),
            "--require-hashes",
            "-r",
            str(wanted),
        ]
    )
    mark.write_text(digest)


def _refuse_where_nothing_can_be_written() -> None:
    if not os.access(PROJECT, os.W_OK):
        raise Trouble(f"Nothing can be written in {PROJECT}. Please clone into a folder of yours.")


def _make() -> None:
    say(f"Making {VENV.name} with Python {sys.version.split()[0]}.")
    try:
        import venv  # noqa: PLC0415 - some systems keep it in a package of its own

        venv.create(VENV, with_pip=True, clear=VENV.is_dir() and any(VENV.iterdir()))
    except (ImportError, subprocess.CalledProcessError) as error:
        raise Trouble(
            f"This Python makes no virtual environments ({error}).\n"
            "  On Debian and Ubuntu: apt-get install python3-venv"
        ) from error


def _run(command: list[str]) -> None:
    if subprocess.run(command, cwd=PROJECT, check=False).returncode:
        raise Trouble(f"This did not work: {' '.join(map(str, command))}")


def site_packages() -> Path:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return VENV / "lib" / version / "site-packages"
