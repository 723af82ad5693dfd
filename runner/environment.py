"""The virtual environment: made once, brought up to date when the pins change."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
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
        say(f"Making {VENV.name} with Python {sys.version.split()[0]}.")
        venv.create(VENV, with_pip=True, clear=VENV.is_dir() and any(VENV.iterdir()))
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
    if sys.version_info < (3, 11):  # noqa: UP036 - somebody may start us with an older one
        raise Trouble("Python 3.11 or newer is needed.")
    if not os.access(PROJECT, os.W_OK):
        raise Trouble(f"Nothing can be written in {PROJECT}. Please clone into a folder of yours.")


def _run(command: list[str]) -> None:
    if subprocess.run(command, cwd=PROJECT, check=False).returncode:
        raise Trouble(f"This did not work: {' '.join(map(str, command))}")


def site_packages() -> Path:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return VENV / "lib" / version / "site-packages"
