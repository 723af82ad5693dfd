"""Parsing where it can do no harm: a process of its own, limited in memory, CPU and time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from supportdesk.intake import parsed

MEMORY = 512 * 2**20  # bytes of address space
CPU_SECONDS = 8
WALL_SECONDS = 10.0
CHILD = Path(__file__).with_name("child.py")


class ParserDied(Exception):
    """It ran into a limit, or broke. The mail is kept and tried again, three times at most."""


def parse(raw: bytes) -> parsed.ParsedMail:
    """Read a mail in a child process that knows no secret: it gets no environment."""
    command = [sys.executable, "-I", str(CHILD), str(MEMORY), str(CPU_SECONDS)]
    try:
        done = subprocess.run(  # noqa: S603 - our own script, nothing of the mail in its arguments
            command, input=raw, capture_output=True, timeout=WALL_SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ParserDied(f"It took more than {WALL_SECONDS:g} seconds.") from error
    if done.returncode != 0:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise ParserDied(f"It ended with {done.returncode}: {' '.join(last)[:300]}")
    return parsed.loads(done.stdout)
