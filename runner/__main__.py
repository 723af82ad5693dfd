"""The commands behind the Makefile: run, test, manage, and what else the house needs."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runner import check as checks
from runner import environment, places, processes, servers
from runner.places import PROJECT, PYTHON, VAR, Trouble, say

FIRST_PORT = 8000
WORKER = ("-m", "celery", "-A", "supportdesk", "worker", "--without-gossip", "--without-mingle")


def run(*arguments: str) -> int:
    """Everything, with demo data on the first start."""
    environment.prepare(tests=False)
    with _servers() as environ:
        port = _port()
        environ["BASE_URL"] = f"http://localhost:{port}"
        _manage(environ, "migrate", "--verbosity", "0")
        _manage(environ, "catalogues", "compile")
        house = processes.House(environ)
        try:
            _start(house, port)
            _welcome(environ, port)
            return house.wait()
        finally:
            house.stop()


def fresh(*arguments: str) -> int:
    """Begin again: forget the database, the files and the broker's memory."""
    environment.prepare(tests=False)
    for name in ("postgres", "valkey", "files", "mail"):
        shutil.rmtree(VAR / name, ignore_errors=True)
        shutil.rmtree(places.runtime(f"house-{name}"), ignore_errors=True)
    return run()


def manage(*arguments: str) -> int:
    """manage.py against the house's database, started for the occasion if it does not run."""
    environment.prepare(tests=False)
    with _servers() as environ:
        return subprocess.run(
            [str(PYTHON), "manage.py", *arguments], cwd=PROJECT, env=environ, check=False
        ).returncode


def test(*arguments: str) -> int:
    """All tests, or those named."""
    environment.prepare(tests=True)
    command = [str(PYTHON), "-m", "pytest", *(arguments or ("-n", "2"))]
    return subprocess.run(command, cwd=PROJECT, check=False).returncode


def check(*arguments: str) -> int:
    """Every tool that guards the code. Tests are `test`."""
    environment.prepare(tests=True)
    return checks.run()


def fix(*arguments: str) -> int:
    """What the tools can mend themselves."""
    environment.prepare(tests=True)
    ruff = str(environment.VENV / "bin" / "ruff")
    for command in ([ruff, "check", "--fix", "."], [ruff, "format", "."]):
        subprocess.run(command, cwd=PROJECT, check=False)
    return 0


def _start(house: processes.House, port: int) -> None:
    house.start(
        "web",
        "-m",
        "gunicorn",
        "supportdesk.wsgi",
        f"--bind=127.0.0.1:{port}",
        "--workers=2",
        "--threads=4",
        "--log-level=warning",
    )
    house.start("worker", *WORKER, "-Q", "celery", "-c", "2", "-n", "worker@%h", "-l", "warning")
    house.start("urgent", *WORKER, "-Q", "urgent", "-c", "1", "-n", "urgent@%h", "-l", "warning")
    schedule = str(VAR / "beat")
    house.start(
        "beat", "-m", "celery", "-A", "supportdesk", "beat", "-l", "warning", "-s", schedule
    )
    house.start("watchman", "manage.py", "watchman")
    house.start("demo", "manage.py", "demo")


def _welcome(environ: dict[str, str], port: int) -> None:
    logins = subprocess.run(
        [str(PYTHON), "manage.py", "demo", "--logins"],
        cwd=PROJECT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    say(f"\n  The desk is open: http://localhost:{port}\n\n{logins}\n  Ctrl-C ends everything.\n")


@contextmanager
def _servers() -> Iterator[dict[str, str]]:
    """The environment with both servers in it; embedded ones end with the block."""
    VAR.mkdir(exist_ok=True)
    environ = {
        "DEBUG": "1",
        "SECRET_KEY": _secret(),
        "EMAIL_URL": f"filemail:///{VAR / 'mail'}",
        **os.environ,
        "PYTHONUNBUFFERED": "1",
    }
    started: list[servers.Server] = []
    try:
        if "DATABASE_URL" not in environ:
            started.append(
                servers.postgres(VAR / "postgres", name="house", log=VAR / "log" / "postgres.log")
            )
            environ["DATABASE_URL"] = started[-1].url
        if "BROKER_URL" not in environ:
            started.append(servers.valkey(VAR / "valkey", log=VAR / "log" / "valkey.log"))
            environ["BROKER_URL"] = started[-1].url
        yield environ
    finally:
        for server in reversed(started):
            server.stop()


def _secret() -> str:
    """One secret for as long as the data lives: sessions survive a restart."""
    path = VAR / "secret"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text()


def _port() -> int:
    wanted = int(os.environ.get("PORT", FIRST_PORT))
    for port in range(wanted, wanted + 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                if port != wanted:
                    say(f"Port {wanted} is taken; the next free one is {port}.")
                return port
    raise Trouble(f"No free port from {wanted} on. Set PORT to another one.")


def _manage(environ: dict[str, str], *arguments: str) -> None:
    command = [str(PYTHON), "manage.py", *arguments]
    if subprocess.run(command, cwd=PROJECT, env=environ, check=False).returncode:
        raise Trouble(f"manage.py {arguments[0]} did not work; see above.")


COMMANDS: dict[str, Callable[..., int]] = {
    "run": run,
    "fresh": fresh,
    "manage": manage,
    "test": test,
    "check": check,
    "fix": fix,
}


if __name__ == "__main__":
    name, *rest = sys.argv[1:] or ["run"]
    sys.exit(COMMANDS[name](*rest))
