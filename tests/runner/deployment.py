"""What Dockerfile, compose.yaml and .env.example say, read for the tests that compare them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any

import yaml

from runner.places import PROJECT

DOCKERFILE = (PROJECT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one.get("image") == "supportdesk"}
THEIRS = {name: one for name, one in SERVICES.items() if name not in OURS}


@dataclass(frozen=True)
class Setting:
    name: str
    required: bool


def settings_read() -> list[Setting]:
    """Every env("NAME") of the settings and every environment variable of gunicorn's file."""
    tree = ast.parse((PROJECT / "supportdesk/settings.py").read_text("utf-8"))
    found = [setting for node in ast.walk(tree) if (setting := _setting(node))]
    served = (PROJECT / "supportdesk/gunicorn.py").read_text("utf-8")
    found += [Setting(name, False) for name in re.findall(r'environ\.get\("(\w+)"', served)]
    return found


def _setting(node: ast.AST) -> Setting | None:
    if not isinstance(node, ast.Call) or not re.fullmatch(r"env(\.\w+)?", ast.unparse(node.func)):
        return None
    name = node.args[0]
    assert isinstance(name, ast.Constant), ast.unparse(node)
    default = next((ast.unparse(word.value) for word in node.keywords if word.arg == "default"), "")
    return Setting(name.value, required=not default or "NOTSET" in default)


def example() -> dict[str, str]:
    """.env.example as compose would read it."""
    lines = (PROJECT / ".env.example").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def image_environ() -> dict[str, str]:
    """ENV of the image that runs, without what belongs to Python and the shell."""
    last = DOCKERFILE.rpartition("FROM ")[2]
    pairs = [pair for line in re.findall(r"^ENV (.+)$", last, re.M) for pair in line.split()]
    return {k: v for k, v in (p.split("=", 1) for p in pairs) if not re.match("PATH|PYTHON", k)}


def interpolated(text: str) -> list[str]:
    return re.findall(r"(?<!\$)\$\{(\w+)", text)


def command(service: str) -> list[str]:
    return [str(word) for word in SERVICES[service]["command"]]
