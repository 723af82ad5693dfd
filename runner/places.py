"""Where things lie, and how this program speaks."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = PROJECT / "var"
NOBODY = 65534  # whom PostgreSQL runs as when we are root: it refuses to run as root


class Trouble(SystemExit):
    """Something a person has to mend, said in words instead of a traceback."""

    def __init__(self, message: str) -> None:
        super().__init__(f"\n  {message}\n")


def say(message: str) -> None:
    sys.stdout.write(f"{message}\n")
    sys.stdout.flush()


def runtime(name: str) -> Path:
    """A short folder of our own for sockets and for files that others must reach.

    It is named by the project's place, so a second start finds it again; a socket's path may not
    be longer than 107 bytes, and a clone below a closed folder hides its files from PostgreSQL.
    """
    digest = hashlib.sha256(str(PROJECT).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"supportdesk-{os.getuid()}-{digest}" / name
    folder.mkdir(parents=True, exist_ok=True)
    folder.parent.chmod(0o755)
    if folder.parent.stat().st_uid != os.getuid():
        raise Trouble(f"{folder.parent} belongs to somebody else. Please remove it.")
    return folder
