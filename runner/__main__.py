"""The commands behind the Makefile: run, test, check, and what else the house needs."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from runner import bench as benching
from runner import check as checks
from runner import environment, houses, processes
from runner.places import PROJECT, PYTHON, VAR, Trouble, say

FIRST_PORT = 8000
# A worker per core; whoever is done takes over from those who wait behind a long test.
PARALLEL = ("-n", str(max(2, min(8, os.cpu_count() or 2))), "--dist", "worksteal")
CELERY = ("-m", "celery", "-A", "supportdesk", "--quiet")
WORKER = (*CELERY, "worker", "--without-gossip", "--without-mingle", "-l", "warning")


def run(*arguments: str) -> int:
    """Everything, with demo data on the first start."""
    environment.prepare(tests=False)
    with houses.opened() as environ:
        port = free_port_from(int(environ.get("PORT", FIRST_PORT)))
        environ["BASE_URL"] = f"http://localhost:{port}"
        _manage(environ, "migrate", "--verbosity", "0")
        _manage(environ, "catalogues", "compile")
        house = processes.House(environ)
        try:
            _start(house, port)
            _welcome(house, environ)
            return house.wait()
        finally:
            house.stop()


def fresh(*arguments: str) -> int:
    """Begin again with an empty house; the old one is put away, not lost."""
    environment.prepare(tests=False)
    if given := [name for name in ("DATABASE_URL", "BROKER_URL") if name in os.environ]:
        raise Trouble(f"{given[0]} names a server of yours. That is for you to empty.")
    with houses.alone():
        houses.put_away()
    return run()


def manage(*arguments: str) -> int:
    """manage.py against the house's database, started for the occasion if it does not run."""
    environment.prepare(tests=False)
    with houses.joined() as environ:
        return _call(environ, "manage.py", *arguments)


def test(*arguments: str) -> int:
    """All tests, or those named. Those that kill whole houses have the machine to themselves."""
    environment.prepare(tests=True)
    if arguments:
        return _call(None, "-m", "pytest", *arguments)
    together = _call(None, "-m", "pytest", *PARALLEL, "-m", "not fault")
    return _call(None, "-m", "pytest", "-m", "fault") or together


def check(*arguments: str) -> int:
    """Everything that can be said about the code without running it."""
    environment.prepare(tests=True)
    return checks.run()


def fix(*arguments: str) -> int:
    """What a machine can put right by itself."""
    environment.prepare(tests=True)
    ruff = str(environment.VENV / "bin" / "ruff")
    for command in ([ruff, "check", "--fix", "."], [ruff, "format", "."]):
        subprocess.run(command, cwd=PROJECT, check=False)
    return 0


def _start(house: processes.House, port: int) -> None:
    web = ["-m", "gunicorn", "-c", "python:supportdesk.gunicorn", "supportdesk.wsgi"]
    house.start("web", *web, f"--bind=127.0.0.1:{port}", "--log-level=warning")
    house.start("worker", *WORKER, "-Q", "celery", "-c", "2", "-n", "worker@%h")
    house.start("urgent", *WORKER, "-Q", "urgent", "-c", "1", "-n", "urgent@%h")
    house.start("beat", *CELERY, "beat", "-l", "warning", "-s", str(VAR / "beat"))
    house.start("watchman", "manage.py", "watchman")
    house.start("intake", "manage.py", "intake")
    if house.environ.get("DEMO") != "0":
        house.start("demo", "manage.py", "demo", once=True)


def _welcome(house: processes.House, environ: dict[str, str]) -> None:
    """The address as soon as it answers, and who can sign in there."""
    logins = subprocess.run(
        [str(PYTHON), "manage.py", "demo", "--logins"],
        cwd=PROJECT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    url = environ["BASE_URL"]
    while not _answers(f"{url}/health/live"):
        if house.ended():
            return
        time.sleep(0.1)
    say(f"\n  The desk is open: {url}\n  Mail lies in {VAR / 'mail'}\n")
    say("".join(f"  {line}\n" for line in logins.splitlines()))
    say("  Ctrl-C ends everything.\n")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def free_port_from(wanted: int) -> int:
    for port in range(wanted, wanted + 100):
        with socket.socket() as probe:
            # Like gunicorn itself: a port whose last connections are still timing out is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port != wanted:
            say(f"Port {wanted} is taken; the next free one is {port}.")
        return port
    raise Trouble(f"No free port from {wanted} on. Set PORT to another one.")


def _manage(environ: dict[str, str], *arguments: str) -> None:
    if _call(environ, "manage.py", *arguments):
        raise Trouble(f"manage.py {arguments[0]} did not work; see above.")


def _call(environ: dict[str, str] | None, *arguments: str) -> int:
    command = [str(PYTHON), *arguments]
    return subprocess.run(command, cwd=PROJECT, env=environ, check=False).returncode


def _end(signum: int, frame: FrameType | None) -> NoReturn:
    """Once is enough: while the house is being closed, a second signal changes nothing."""
    for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(again, signal.SIG_IGN)
    sys.exit(128 + signum)


def bench(*arguments: str) -> int:
    """The desk against its limit, with so many tickets."""
    environment.prepare(tests=False)
    return benching.run(int(arguments[0] if arguments else 10_000), *arguments[1:])


COMMANDS: dict[str, Callable[..., int]] = {
    "run": run,
    "fresh": fresh,
    "manage": manage,
    "test": test,
    "bench": bench,
    "check": check,
    "fix": fix,
}


def main(name: str = "run", *arguments: str) -> int:
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _end)
    for stream in (sys.stdout, sys.stderr):  # a terminal that knows no umlauts shows "?" instead
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        return COMMANDS[name](*arguments)
    except PermissionError as error:
        raise Trouble(
            f"{error.filename} belongs to somebody else, or to root. "
            "Clone into a folder of your own, or give it to you (chown)."
        ) from error


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
