"""The commands of Dockerfile and compose.yaml, run with production settings, but without Docker.

One folder stands for the image and one for the volume.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from runner import servers
from runner.places import VENV
from tests.runner.conftest import PATIENCE, copied, free_port
from tests.runner.deployment import DOCKERFILE, SERVICES, command, example, image_environ

HOST = "desk.example"
LASTING = ["web", "worker", "urgent", "beat", "watchman", "intake"]


class Production:
    """An image and a volume as folders, and the processes that run from them."""

    def __init__(self, place: Path, database: str, broker: str) -> None:
        self.image, self.volume, self.port = place / "desk", place / "data", free_port()
        self.volume.mkdir()
        copied(self.image)
        self.environ = {
            "PATH": f"{VENV / 'bin'}:{os.defpath}",
            **{name: self._here(value) for name, value in image_environ().items()},
            **example(),
            "SECRET_KEY": "a-long-one-" + "x1Y2" * 16,
            "DATABASE_URL": database,
            "BROKER_URL": broker,
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def make_image(self) -> None:
        for line in re.findall(r"/venv/bin/python (manage\.py [^&\n]+)", DOCKERFILE):
            assert self.run([sys.executable, *shlex.split(line)]) == 0

    def run(self, words: list[str]) -> int:
        done = subprocess.run(
            [self._here(word) for word in words], cwd=self.image, env=self.environ, check=False
        )
        return done.returncode

    def start(self, service: str) -> None:
        words = [self._here(word) for word in command(service)]
        if words[0] == "gunicorn":
            words.append(f"--bind=127.0.0.1:{self.port}")
        self.running[service] = subprocess.Popen(words, cwd=self.image, env=self.environ)

    def is_healthy(self, service: str) -> bool:
        how, *words = SERVICES[service]["healthcheck"]["test"]
        if how == "CMD-SHELL":
            words = ["sh", "-c", words[0].replace("$$", "$")]
        return self.run(words) == 0

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, dict, str]:
        """As the reverse proxy does: over plain HTTP, with the reader's address in the headers."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        asked = {name.replace("_", "-"): value for name, value in headers.items()}
        link.request(method, path, body, {"Host": HOST, **asked})
        answer = link.getresponse()
        text = answer.read().decode(errors="replace")
        link.close()
        return answer.status, dict(answer.headers.items()), text

    def _here(self, word: str) -> str:
        word = re.sub(r"(?<![\w.])/desk\b", str(self.image), word)
        word = re.sub(r"(?<![\w.])/data\b", str(self.volume), word)
        word = re.sub(r"(?<![\w.])/tmp\b(?=/beat| -name)", str(self.volume), word)
        return word.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")


@pytest.fixture
def database() -> Iterator[str]:
    url = urlsplit(os.environ["DATABASE_URL"])
    name = f"production_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(url._replace(path=f"/{name}"))
        link.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def production(place: Path, database: str) -> Iterator[Production]:
    broker = servers.valkey(place / "valkey", log=place / "valkey.log")
    house = Production(place, database, broker.url)
    yield house
    for process in house.running.values():
        process.kill()
        process.wait()
    broker.stop()


def eventually(condition) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.2)
    return False


def test_the_commands_of_compose_bring_up_a_desk_that_is_healthy_and_strict(production):
    production.make_image()
    assert production.run(command("migrate")) == 0
    for service in LASTING:
        production.start(service)

    for service in LASTING:
        assert eventually(lambda service=service: production.is_healthy(service)), service
        assert production.running[service].poll() is None
    check_health(production)
    check_login_page(production)

    for process in production.running.values():
        process.send_signal(signal.SIGTERM)
    for service, process in production.running.items():
        assert process.wait(60) == 0, service


WELL = {"status": "ok", "database": True, "migrations": True, "broker": True}


def check_health(production: Production) -> None:
    status, _headers, body = production.ask("GET", "/health/ready", Host="127.0.0.1")

    assert (status, json.loads(body)) == (200, WELL)


def check_login_page(production: Production) -> None:
    assert production.ask("GET", "/account/login/")[0] == 301  # TLS is not optional
    safe = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "203.0.113.9"}
    status, headers, page = production.ask("GET", "/account/login/", **safe)
    assert status == 200
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]

    (style,) = set(re.findall(r'href="(/static/desk/vendor-portal[^"]+)"', page))
    assert re.search(r"\.[0-9a-f]{12}\.css$", style)
    status, headers, _text = production.ask("GET", style, **safe)
    assert status == 200
    assert "immutable" in headers["Cache-Control"]

    _status, headers, _page = production.ask("GET", "/account/login/", **safe)
    cookie = headers["Set-Cookie"]
    assert cookie.startswith("__Host-csrftoken=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
