"""`make bench`: the desk and its limit, both behind gunicorn, on a PostgreSQL that keeps its word.

The data folder stays in var/bench-N: loading a million tickets takes minutes, and is done once.
"""

from __future__ import annotations

import os
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from runner import processes, servers
from runner.places import PROJECT, PYTHON, VAR, Trouble, say

GUNICORN = ("-m", "gunicorn", "-c", "python:supportdesk.gunicorn", "--log-level=warning")
ROOMY = "1000000"  # calls a minute: the throttle is not what is measured


def run(tickets: int, *arguments: str) -> int:
    folder = VAR / f"bench-{tickets}"
    folder.mkdir(parents=True, exist_ok=True)
    started: list[servers.Server] = []
    try:
        log = folder / "postgres.log"
        started.append(servers.postgres(folder / "postgres", name=folder.name, log=log))
        started.append(servers.valkey(folder / "valkey", log=folder / "valkey.log", keep=False))
        environ = _environ(folder, *(server.url for server in started))
        for command in (["migrate", "-v", "0"], ["bench", "load", str(tickets)]):
            if _manage(environ, *command):
                raise Trouble(f"manage.py {command[0]} did not work; see above.")
        return _measure(environ, folder, *arguments)
    finally:
        for server in reversed(started):
            server.stop()


def _environ(folder: Path, database: str, broker: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database,
        "BROKER_URL": broker,
        "DATA_DIR": str(folder),
        "DEBUG": "0",
        "SECRET_KEY": "only-for-measuring-" + "x" * 50,
        "EMAIL_URL": "dummymail://",
        "API_READS_PER_MINUTE": ROOMY,
        "API_WRITES_PER_MINUTE": ROOMY,
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }


def _measure(environ: dict[str, str], folder: Path, *arguments: str) -> int:
    house = processes.House(environ)
    desk, limit = (f"127.0.0.1:{servers.free_port()}" for _ in range(2))
    try:
        for name, address, application in [
            ("desk", desk, "supportdesk.wsgi"),
            ("limit", limit, "demo.bench.limit:application"),
        ]:
            written = ["--capture-output", f"--log-file={folder / name}.log"]
            house.start(name, *GUNICORN, *written, f"--bind={address}", application)
        _wait(house, f"http://{desk}/health/ready")
        _wait(house, f"http://{limit}/api?organisation=0")
        asked = ["--desk", f"http://{desk}", "--limit", f"http://{limit}", "--keep", str(folder)]
        return _manage(environ, "bench", "measure", *asked, *arguments)
    finally:
        house.stop()


def _wait(house: processes.House, url: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and not house.ended():
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    say(f"{url} does not answer.")
    raise Trouble("The servers to be measured did not start; see above.")


def _manage(environ: dict[str, str], *arguments: str) -> int:
    command = [str(PYTHON), "manage.py", *arguments]
    return subprocess.run(command, cwd=PROJECT, env=environ, check=False).returncode
