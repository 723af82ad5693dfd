"""Clones of the project in all sorts of places, run by the real runner in real processes."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from runner.environment import site_packages
from runner.places import NOBODY, PROJECT, VENV, kept, open_temporary, others_may_enter

ROOT = os.getuid() == 0
SOMEBODY = NOBODY if ROOT else None  # only root can try somebody else
PATIENCE = 300  # seconds; a test that passes never waits that long, also on a busy machine
OPEN = "The desk is open: "


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.runner)


@dataclass(frozen=True)
class Lender:
    """A Python and the packages installed here, where everybody can reach them."""

    python: Path
    packages: Path

    def equip(self, clone: Path) -> Path:
        """A virtual environment made of links, as if the packages had been installed in it."""
        packages = clone / site_packages().relative_to(PROJECT)
        packages.mkdir(parents=True)
        for package in self.packages.iterdir():
            (packages / package.name).symlink_to(package)
        venv = clone / VENV.relative_to(PROJECT)
        (venv / "bin").mkdir()
        (venv / "bin" / "python").symlink_to(self.python)
        (venv / "pyvenv.cfg").write_text(f"home = {self.python.parent}\n")
        pins = (clone / "requirements" / "base.txt").read_bytes()
        (venv / "installed-base").write_text(hashlib.sha256(pins).hexdigest())
        return clone


@pytest.fixture(scope="session")
def lender() -> Iterator[Lender]:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for folder in open_folder():
        base, packages = Path(sys.base_prefix).resolve(), site_packages().resolve()
        if not others_may_enter(base):
            for source in [base / "bin" / version, *base.glob("lib/lib*"), *base.glob("lib/*/*")]:
                if source.name not in {"site-packages", "test"}:
                    linked(source, folder / source.relative_to(base))
            base = folder
        if not others_may_enter(packages):
            packages = linked(packages, folder / "packages")
        yield Lender(base / "bin" / version, packages)


def linked(source: Path, target: Path) -> Path:
    """A second way to the same files; a copy where they are on another disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if subprocess.run(["cp", "-al", source, target], check=False).returncode:
        subprocess.run(["cp", "-a", source, target.parent], check=True)
    return target


@dataclass
class Run:
    """One started command: what it has said so far, and what became of it."""

    clone: Clone
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    heard: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()

    def hears(self, text: str) -> str:
        """The first line with this text; fails when the command ends or is silent for too long."""
        with self.heard:
            self.heard.wait_for(lambda: self._line(text) or self._ended, PATIENCE)
        line = self._line(text)
        assert line is not None, f"{text!r} was not said, but:\n{self.text}"
        return line

    def opens(self) -> str:
        """The address of the desk, as soon as it is open."""
        return self.hears(OPEN).partition(OPEN)[2].strip()

    def ends(self) -> int:
        """The exit code; nothing that it started may live on."""
        code = self.process.wait(PATIENCE)
        with self.heard:
            assert self.heard.wait_for(lambda: self._ended, PATIENCE), "somebody holds its output"
        return code

    def stop(self, signum: int = signal.SIGTERM) -> int:
        self.process.send_signal(signum)
        return self.ends()

    @property
    def text(self) -> str:
        return "".join(self.said)

    _ended = False

    def _line(self, text: str) -> str | None:
        return next((line for line in self.said if text in line), None)

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            with self.heard:
                self.said.append(line)
                self.heard.notify_all()
        with self.heard:
            self._ended = True
            self.heard.notify_all()


@dataclass
class Clone:
    """A copy of the project that belongs to somebody, with the packages at hand."""

    folder: Path
    python: Path
    user: int | None = None  # whom it belongs to and who runs it, when that is not us
    runs: list[Run] = field(default_factory=list)

    def start(self, *command: str, **environ: str) -> Run:
        """`python -m runner` with these words, in an environment with nothing of ours in it."""
        return self.call(str(self.python), "-m", "runner", *command, **environ)

    def call(self, *command: str, **environ: str) -> Run:
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env={
                "PATH": os.defpath + ":/usr/local/bin",
                "HOME": "/nonexistent",
                "PYTHON": str(self.python),
                "LD_LIBRARY_PATH": str(self.python.parent.parent / "lib"),  # of a borrowed Python
                "DEMO": "0",
                "PORT": str(free_port()),
                **environ,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
        )
        self.runs.append(Run(self, process))
        return self.runs[-1]

    def processes(self) -> list[str]:
        """Whoever works inside this clone: the servers in their data, all others in the folder."""
        found = []
        for process in psutil.process_iter():
            try:
                if Path(process.cwd()).is_relative_to(self.folder):
                    found.append(f"{process.pid} {' '.join(process.cmdline())}")
            except (psutil.Error, OSError):
                continue
        return found


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own are closed."""
    yield from open_folder()


@pytest.fixture
def clone(place: Path, lender: Lender) -> Iterator[Callable[..., Clone]]:
    """Make clones; at the end whatever they still run is ended."""
    made: list[Clone] = []

    def make(name: str = "clone", user: int | None = None) -> Clone:
        one = Clone(lender.equip(copied(place / name)), lender.python, user)
        made.append(one)
        if one.user is not None:
            subprocess.run(["chown", "-Rh", f"{one.user}:{one.user}", one.folder], check=True)
        return one

    yield make
    for run in (run for one in made for run in one.runs):
        if run.process.poll() is None:
            run.stop()
    for one in made:
        for line in one.processes():
            os.kill(int(line.split()[0]), signal.SIGKILL)
        shutil.rmtree(kept("", one.folder), ignore_errors=True)


@pytest.fixture(scope="session")
def warm(lender: Lender) -> Iterator[Path]:
    """The `var` of a house that was opened once and closed in order: migrated, and empty."""
    for folder in open_folder():
        first = Clone(lender.equip(copied(folder / "clone")), lender.python)
        run = first.start("run")
        try:
            run.opens()
        finally:
            run.stop()
        yield first.folder / "var"


def open_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="desk-", dir=open_temporary()))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def copied(folder: Path) -> Path:
    """What git would clone, with the changes that are not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, folder / name)
    return folder


def warmed(clone: Clone, var: Path) -> Clone:
    """The clone, with a house in it that was opened before."""
    subprocess.run(["cp", "-a", var, clone.folder / "var"], check=True)
    return clone


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> int:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.status


__all__ = ["NOBODY", "Clone", "Run", "answers", "free_port", "warmed"]
