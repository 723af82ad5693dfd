"""The house's own processes: started together, one readable log, ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from runner import servers
from runner.places import PROJECT, PYTHON, say

PATIENCE = 12.0  # seconds to finish one's work in
COLOURS = ("36", "32", "33", "35", "34", "31", "37")


@dataclass
class Child:
    name: str
    process: subprocess.Popen[str]
    once: bool  # may end by itself


class House:
    """Starts children, prints what they say under their names, and leaves none behind."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = dict(environ)
        self.children: list[Child] = []

    def start(self, name: str, *command: str, once: bool = False) -> None:
        process = subprocess.Popen(
            [str(PYTHON), *command],
            cwd=PROJECT,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            # No farewell: a worker whose broker dies in the same moment may wait for it for ever.
            preexec_fn=partial(servers.die_with_parent, signal.SIGKILL),
            process_group=0,
        )
        colour = COLOURS[len(self.children) % len(COLOURS)]
        self.children.append(Child(name, process, once))
        threading.Thread(target=self._echo, args=(name, colour, process), daemon=True).start()

    def wait(self) -> int:
        """Until somebody ends us, or one of the house's processes ends by itself."""
        while not (ended := self.ended()):
            time.sleep(0.3)
        say(f"{ended.name} ended with {ended.process.returncode}; ending the others.")
        return 1

    def ended(self) -> Child | None:
        """The first of those that should not end, but did."""
        gone = (child for child in self.children if child.process.poll() is not None)
        return next((child for child in gone if not child.once), None)

    def stop(self) -> None:
        """Ask the first of each; who does not finish in time goes, and its pool with it.

        Only the first: a pool that hears the signal too dies in the middle of its task, while its
        worker waits for the result.
        """
        for child in self.children:
            child.process.terminate()
        end = time.monotonic() + PATIENCE
        for child in self.children:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, end - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()

    def _echo(self, name: str, colour: str, process: subprocess.Popen[str]) -> None:
        paint = sys.stdout.isatty()
        head = f"\033[{colour}m{name:>8}\033[0m" if paint else f"{name:>8}"
        for line in process.stdout or ():
            say(f"{head} | {line.rstrip()}")
