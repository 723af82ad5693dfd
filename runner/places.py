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


def others_may_enter(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def open_temporary() -> Path:
    """A folder for temporary files that the account of PostgreSQL can reach."""
    for folder in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        if os.getuid() or others_may_enter(folder):
            return folder
    raise Trouble("Neither TMPDIR nor /tmp is a folder that everybody may enter.")


def kept(name: str, project: Path = PROJECT) -> Path:
    """A lasting folder outside the clone, for what PostgreSQL cannot reach in it.

    Only root needs it, whose clone may lie below a closed folder. It is named by the clone's
    place, so that a second start finds it again.
    """
    lasting = Path("/var/lib")
    digest = hashlib.sha256(os.fsencode(project)).hexdigest()[:12]
    parent = lasting if os.access(lasting, os.W_OK) else open_temporary()
    folder = parent / f"supportdesk-{digest}"
    folder.mkdir(mode=0o755, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise Trouble(f"{folder} belongs to somebody else. Please remove it.")
    folder.chmod(0o755)
    return folder / name
