"""The house's own processes: started together, one readable log, ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import FrameType

from runner import servers
from runner.places import PROJECT, PYTHON, say

COLOURS = ("36", "32", "33", "35", "34", "31", "37")


@dataclass
class Child:
    name: str
    process: subprocess.Popen[str]


class House:
    """Starts children, prints what they say under their names, and leaves none behind."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = dict(environ)
        self.children: list[Child] = []
        self.stopping = threading.Event()

    def start(self, name: str, *command: str) -> None:
        process = subprocess.Popen(
            [str(PYTHON), *command],
            cwd=PROJECT,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            preexec_fn=servers.die_with_parent,
            process_group=0,
        )
        colour = COLOURS[len(self.children) % len(COLOURS)]
        self.children.append(Child(name, process))
        threading.Thread(target=self._echo, args=(name, colour, process), daemon=True).start()

    def wait(self) -> int:
        """Until somebody ends us, or one of the house's processes ends by itself."""
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._asked_to_stop)
        while not self.stopping.wait(0.3):
            for child in self.children:
                code = child.process.poll()
                if code is not None and child.name != "demo":
                    say(f"{child.name} ended with {code}; ending the others.")
                    return 1
        return 0

    def stop(self) -> None:
        for child in self.children:
            _signal(child, signal.SIGTERM)
        end = time.monotonic() + 12
        for child in self.children:
            try:
                child.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.process.wait()

    def _asked_to_stop(self, signum: int, frame: FrameType | None) -> None:
        self.stopping.set()

    def _echo(self, name: str, colour: str, process: subprocess.Popen[str]) -> None:
        paint = sys.stdout.isatty()
        head = f"\033[{colour}m{name:>8}\033[0m" if paint else f"{name:>8}"
        for line in process.stdout or ():
            say(f"{head} | {line.rstrip()}")


def _signal(child: Child, signum: int) -> None:
    """To the whole group: a worker's pool belongs to it."""
    if child.process.poll() is None:
        os.killpg(child.process.pid, signum)
