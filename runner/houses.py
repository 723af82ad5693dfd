"""The house's servers and its one lock: who runs it, and how others join it."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

from runner import servers
from runner.places import VAR, Trouble

ADDRESSES = VAR / "addresses.json"


@contextmanager
def opened() -> Iterator[dict[str, str]]:
    """The environment with both servers in it, ours alone; embedded ones end with the block."""
    with alone():
        environ = _environ()
        started: list[servers.Server] = []
        try:
            if "DATABASE_URL" not in environ:
                log = VAR / "log" / "postgres.log"
                started.append(servers.postgres(VAR / "postgres", name="house", log=log))
                environ["DATABASE_URL"] = started[-1].url
            if "BROKER_URL" not in environ:
                started.append(servers.valkey(VAR / "valkey", log=VAR / "log" / "valkey.log"))
                environ["BROKER_URL"] = started[-1].url
            ADDRESSES.write_text(
                json.dumps({name: environ[name] for name in ("DATABASE_URL", "BROKER_URL")})
            )
            ADDRESSES.chmod(0o600)  # a real server's address may hold its password
            yield environ
        finally:
            for server in reversed(started):
                server.stop()


@contextmanager
def joined() -> Iterator[dict[str, str]]:
    """The servers of the house that runs, or else servers of our own."""
    VAR.mkdir(exist_ok=True)
    with _lock_file() as lock:
        running = not _taken(lock)
    if running:
        yield {**json.loads(ADDRESSES.read_text()), **_environ()}
    else:
        with opened() as environ:
            yield environ


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else runs this house meanwhile. The kernel frees the lock however we end."""
    VAR.mkdir(exist_ok=True)
    with _lock_file() as lock:
        if not _taken(lock):
            raise Trouble("The desk runs already from this folder. End it there first (Ctrl-C).")
        yield


def _lock_file() -> IO[str]:
    return (VAR / "lock").open("a")


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _environ() -> dict[str, str]:
    return {
        "DEBUG": "1",
        "SECRET_KEY": _secret(VAR / "secret"),
        "EMAIL_URL": f"filemail:///{quote(str(VAR / 'mail'))}",
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",  # whatever the machine's locale is: our texts are German
    }


def _secret(path: Path) -> str:
    """One secret for as long as the folder lives: sessions survive a restart."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()
