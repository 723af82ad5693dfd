"""A pytest plugin: PostgreSQL and Valkey for the tests, unless the environment names some.

Named in `addopts`, because pytest-django reads the settings before any conftest.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from runner import servers
from runner.places import PROJECT, open_temporary

SERVERS: list[servers.Server] = []
FOLDERS: list[Path] = []
NO_CHROMIUM = "Chromium is missing"
INSTALL = "apt-get install --no-install-recommends chromium fonts-dejavu-core"
LEFT_OUT: list[str] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Once in the controller: the workers of xdist inherit addresses, and find all compiled."""
    os.environ.setdefault("SECRET_KEY", "only-for-tests")
    os.environ.setdefault("DEBUG", "0")
    _servers()
    _catalogues()


def _catalogues() -> None:
    """Compiled before Django reads them: it reads them once, and takes none for an empty one."""
    texts = (PROJECT / "locale").glob("*/LC_MESSAGES/django.po")
    if any(_is_older(text.with_suffix(".mo"), text) for text in texts):
        compile_them = [sys.executable, "manage.py", "catalogues", "compile"]
        subprocess.run(compile_them, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)


def _is_older(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def _servers() -> None:
    if "DATABASE_URL" in os.environ and "BROKER_URL" in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="supportdesk-tests-", dir=open_temporary()))
    folder.chmod(0o755)
    FOLDERS.append(folder)
    os.environ.setdefault("DATA_DIR", str(folder / "data"))
    if "DATABASE_URL" not in os.environ:
        server = servers.postgres(
            folder / "postgres", name="tests", quick=True, log=folder / "postgres.log"
        )
        SERVERS.append(server)
        os.environ["DATABASE_URL"] = server.url
    if "BROKER_URL" not in os.environ:
        server = servers.valkey(folder / "valkey", log=folder / "valkey.log", keep=False)
        SERVERS.append(server)
        os.environ["BROKER_URL"] = server.url


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and NO_CHROMIUM in str(report.longrepr):
        LEFT_OUT.append(report.nodeid)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line says what was not tested, so that nobody takes it for tested."""
    if LEFT_OUT and not hasattr(config, "workerinput"):
        line = f"{NO_CHROMIUM}: {len(LEFT_OUT)} browser tests were left out. Install: {INSTALL}"
        config.get_terminal_writer().line(line)
    LEFT_OUT.clear()
    for server in reversed(SERVERS):
        server.stop()
    for folder in FOLDERS:
        shutil.rmtree(folder, ignore_errors=True)
    SERVERS.clear()
    FOLDERS.clear()
