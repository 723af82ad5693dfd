"""A client of the desk's own API that repeats a call until it has an answer."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

API = "/api/v1"
PATIENCE = 120.0  # seconds for one call with all its repeats
LONGEST_PAUSE = 5.0
TIMEOUT = 30.0
KEPT = 1.0  # seconds an idle line is trusted; servers close theirs after two or more


class Unanswered(Exception):
    """No answer within PATIENCE; nobody knows whether it happened."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    tries: int


class Caller:
    """One connection with one token; every thread needs its own."""

    def __init__(self, url: str, token: str) -> None:
        self.last_used = 0.0
        parts = urlsplit(url)
        kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        self.base = parts.path.rstrip("/")
        self.line = kinds[parts.scheme](parts.netloc, timeout=TIMEOUT)
        self.headers = {"Authorization": f"Token {token}", "Accept-Language": "en"}

    def get(self, path: str) -> Answer:
        return self._until_answered("GET", path, None, {})

    def rows(self, path: str) -> list[dict[str, Any]]:
        """All pages of a list."""
        found: list[dict[str, Any]] = []
        while path:
            answer = self.get(path)
            if answer.status != 200:
                raise Unanswered(f"{path}: {answer.status} {answer.body}")
            found += answer.body["results"]
            path = (answer.body["next"] or "").partition(API)[2]
        return found

    def post(self, path: str, body: dict[str, Any], *, key: str) -> Answer:
        """Happens once, however often the line is cut: every repeat carries the same key."""
        return self._until_answered("POST", path, body, {"Idempotency-Key": key})

    def _until_answered(
        self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> Answer:
        end, tries, error = time.monotonic() + PATIENCE, 0, ""
        while time.monotonic() < end:
            tries += 1
            try:
                status, told, pause = self._once(method, path, body, headers)
            except (OSError, http.client.HTTPException) as trouble:
                self.line.close()
                error, pause = f"{type(trouble).__name__}: {trouble}", _pause(tries)
            else:
                if not (status == 429 or status >= 500 or _in_progress(status, told)):
                    return Answer(status, told, tries)
                error, pause = f"{status} {told}", pause or _pause(tries)
            time.sleep(pause)
        raise Unanswered(error)

    def _once(
        self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> tuple[int, Any, float]:
        if time.monotonic() - self.last_used > KEPT:
            self.line.close()
        content = None if body is None else orjson.dumps(body)
        kind = {"Content-Type": "application/json"} if body is not None else {}
        self.line.request(
            method, f"{self.base}{API}{path}", content, {**self.headers, **kind, **headers}
        )
        answer = self.line.getresponse()
        told = answer.read()
        self.last_used = time.monotonic()
        is_json = "json" in answer.headers.get("Content-Type", "")
        wait = answer.headers.get("Retry-After", "0")
        pause = min(LONGEST_PAUSE, float(wait)) if wait.isdigit() else 0.0
        return answer.status, orjson.loads(told) if is_json and told else told.decode(), pause


def _pause(tries: int) -> float:
    return min(LONGEST_PAUSE, 0.1 * 2 ** (tries - 1))


def _in_progress(status: int, told: Any) -> bool:
    """Another connection of ours still holds the key: its answer comes with the next try."""
    return status == 409 and isinstance(told, dict) and told.get("code") == "in_progress"
