"""What `make check` asks: every tool in turn, all complaints at the end of each, one verdict."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from runner.places import PROJECT, VENV, say

CODE = ("supportdesk", "tickets", "training", "oncall", "releases", "demo", "runner")
LINES, FUNCTION_LINES = 400, 60
# Hosts and places that belong to a machine, not to the project. Split so as not to find itself.
FOREIGN = re.compile(
    r"https?://[\w.-]*(py" + r"pi|pythonho" + r"sted|npm" + r"js|deb" + r"ian)[\w.-]*"
    r"|(^|[^\w.])/(ro" + r"ot|ho" + r"me/\w+)/"
)
# Doors start from rows the reader may see: visible_to(), never the bare manager.
BARE = re.compile(r"\.objects\.(all|get)\(|get_object_or_404\([A-Z]\w+,")


def run() -> int:
    """Run all checks; returns how many complained."""
    failed = [name for name, check in CHECKS.items() if not _passes(name, check)]
    say(f"\n{len(failed)} of {len(CHECKS)} checks complain: {', '.join(failed) or 'none'}.")
    return len(failed)


def _passes(name: str, check: Callable[[], Iterator[str]]) -> bool:
    begun = time.monotonic()
    complaints = list(check())
    say(f"{'ok ' if not complaints else 'NO '} {name} ({time.monotonic() - begun:.1f} s)")
    for line in complaints:
        say(f"      {line}")
    return not complaints


def _tool(*command: str) -> Callable[[], Iterator[str]]:
    """A tool of the environment; what it says counts only when it fails."""

    def check() -> Iterator[str]:
        environ = {
            "SECRET_KEY": "only-for-checks-" + "x" * 50,
            "DATABASE_URL": "postgres://desk@127.0.0.1:1/none",
            "BASE_URL": "https://desk.example",
            **os.environ,
            "PYTHONWARNINGS": "ignore",
        }
        done = subprocess.run(
            [str(VENV / "bin" / command[0]), *command[1:]],
            cwd=PROJECT,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            yield from (done.stdout + done.stderr).strip().splitlines()

    return check


def _tracked(*suffixes: str) -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        path = PROJECT / name
        if path.is_file() and (not suffixes or path.suffix in suffixes):
            yield path


def _long() -> Iterator[str]:
    """Files and functions that have grown beyond one look; migrations and data are no code."""
    for path in _tracked(".py"):
        if "migrations" in path.parts:
            continue
        source = path.read_text("utf-8")
        name = path.relative_to(PROJECT)
        if (count := len(source.splitlines())) > LINES:
            yield f"{name} has {count} lines; split it by noun."
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno
                if length > FUNCTION_LINES:
                    yield f"{name}:{node.lineno} {node.name} has {length} lines."


def _foreign() -> Iterator[str]:
    for path in _tracked():
        try:
            lines = path.read_text("utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            if found := FOREIGN.search(line):
                yield f"{path.relative_to(PROJECT)}:{number} names {found.group().strip()!r}"


def _bare() -> Iterator[str]:
    for path in _tracked(".py"):
        if path.name == "portal.py" or "portal" in path.parts:
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if found := BARE.search(line):
                    yield f"{path.relative_to(PROJECT)}:{number} {found.group()} sees too much."


CHECKS: dict[str, Callable[[], Iterator[str]]] = {
    "ruff": _tool("ruff", "check", "--quiet", "."),
    "format": _tool("ruff", "format", "--quiet", "--check", "."),
    "length of files": _long,
    "foreign names": _foreign,
    "visible rows": _bare,
    "imports": _tool("lint-imports", "--no-cache"),
    "spelling": _tool("typos"),
    "templates": _tool("djlint", "--lint", "--quiet", "templates"),
    "types": _tool("mypy", *CODE),
    "deployment": _tool("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
    "API description": _tool(
        *["python", "manage.py", "spectacular", "--validate", "--fail-on-warn"],
        *["--file", os.devnull],
    ),
    "catalogues": _tool("python", "manage.py", "catalogues", "check"),
    "migrations": _tool("python", "manage.py", "makemigrations", "--check", "--dry-run"),
}
