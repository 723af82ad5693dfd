"""The house's servers and its one lock: who runs it, and how others join it."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

from runner import servers
from runner.places import VAR, Trouble, say

ADDRESSES = VAR / "addresses.json"


@contextmanager
def opened(*, polite: bool = False) -> Iterator[dict[str, str]]:
    """The environment with both servers in it; embedded ones end with the block.

    A polite host lets those who joined finish first.
    """
    with alone():
        environ = _environ()
        started: list[servers.Server] = []
        ADDRESSES.unlink(missing_ok=True)  # a killed run left its own
        try:
            if "DATABASE_URL" not in environ:
                log = VAR / "log" / "postgres.log"
                started.append(servers.postgres(VAR / "postgres", name="house", log=log))
                environ["DATABASE_URL"] = started[-1].url
            if "BROKER_URL" not in environ:
                started.append(servers.valkey(VAR / "valkey", log=VAR / "log" / "valkey.log"))
                environ["BROKER_URL"] = started[-1].url
            _tell({name: environ[name] for name in ("DATABASE_URL", "BROKER_URL")})
            yield environ
        finally:
            ADDRESSES.unlink(missing_ok=True)  # first: nobody shall join what is going away
            if polite:
                with _file("guests") as guests:
                    fcntl.flock(guests, fcntl.LOCK_EX)
            for server in reversed(started):
                server.stop()


def put_away() -> None:
    """Make the house empty. What was in it lies beside it until the next time."""
    data = servers.where(VAR / "postgres", "house")
    servers.end_leftover(data / "postmaster.pid", "PostgreSQL")
    for path in (data, VAR / "valkey", VAR / "files", VAR / "mail"):
        before = path.with_name(f"{path.name}.before")
        if path.exists():
            shutil.rmtree(before, ignore_errors=True)
            path.rename(before)
    if (data.with_name(f"{data.name}.before")).exists():
        say(f"What was here lies in {data}.before until you begin again once more.")


@contextmanager
def joined() -> Iterator[dict[str, str]]:
    """The servers of the house that runs, or else servers of our own."""
    VAR.mkdir(exist_ok=True)
    while _somebody_is_in():
        with _file("guests") as guests:
            fcntl.flock(guests, fcntl.LOCK_SH)
            if ADDRESSES.exists():
                yield {**json.loads(ADDRESSES.read_text()), **_environ()}
                return
        time.sleep(0.1)  # they are just coming or going
    with opened(polite=True) as environ:
        yield environ


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else runs this house meanwhile. The kernel frees the lock however we end."""
    VAR.mkdir(exist_ok=True)
    with _file("lock") as lock:
        if not _taken(lock):
            raise Trouble("The desk runs already from this folder. End it there first (Ctrl-C).")
        yield


def _file(name: str) -> IO[str]:
    return (VAR / name).open("a")


def _somebody_is_in() -> bool:
    with _file("lock") as lock:
        return not _taken(lock)


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


def _tell(addresses: dict[str, str]) -> None:
    """All of it or nothing, and to nobody else: a real server's address may hold its password."""
    new = ADDRESSES.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(addresses))
    new.replace(ADDRESSES)


def _secret(path: Path) -> str:
    """One secret for as long as the folder lives: sessions survive a restart."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()
