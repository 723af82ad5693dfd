"""Real tickets again, through the API of a running desk: what was accepted, routed, lost, how fast.

Nothing is read from the database: the desk may run anywhere.
"""

from __future__ import annotations

import json
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from demo.caller import Caller, Unanswered

CALLS_AT_ONCE = 16
# What a report of priority 1 has to say.
STANDSTILL = {
    "workaround": "none",
    "contact_name": "Nora Lenz",
    "contact_phone": "+49 30 5557 81",
}
PRIORITIES = [1] * 3 + [2] * 17 + [3] * 60 + [4] * 20  # as often as in the demo's year, about
SUBJECT, TEXT = 200, 100_000  # what the API takes
SETTLED_AFTER = 60.0  # seconds without a new assignment: those left have nobody
A_LINE_EVERY = 2.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Report:
    """One line of the file: who reported what, when."""

    name: str
    subject: str
    text: str
    topic: str
    at: datetime


def read(path: Path, count: int) -> list[Report]:
    """The first `count` reports of a file of JSON lines, in the order of their arrival."""
    with path.open(encoding="utf-8") as lines:
        told = [json.loads(line) for line in islice(lines, count)]
    return [
        Report(
            name=row["ticket_id"],
            subject=row["subject"][:SUBJECT],
            text=row["body"][:TEXT],
            topic=row["queue"],
            at=datetime.fromisoformat(row["created_at"]),
        )
        for row in told
    ]


def evenly(reports: Sequence[Report], rate: float) -> list[float]:
    """Seconds from the start at which each is sent: so many per second."""
    return [n / rate for n in range(len(reports))]


def sped_up(reports: Sequence[Report], factor: float) -> list[float]:
    """The same with the real gaps between them, so many times faster."""
    return [(report.at - reports[0].at).total_seconds() / factor for report in reports]


@dataclass
class Outcome:
    sent: int = 0
    accepted: dict[int, str] = field(default_factory=dict)  # number: name of the report
    refused: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    repeated: int = 0  # calls that needed more than one try
    seconds: float = 0.0  # from the first call to the last answer
    latest: float = 0.0  # behind plan, at worst: the desk was slower than the rate
    answers: list[float] = field(default_factory=list)
    found: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def lost(self) -> set[int]:
        """Accepted, and not there afterwards."""
        return set(self.accepted) - set(self.found)

    @property
    def twice(self) -> int:
        """How many tickets more than reports."""
        mine = set(self.accepted.values())
        names = [row["external_number"] for row in self.found.values()]
        return sum(count - 1 for name, count in Counter(names).items() if name in mine)

    @property
    def waits(self) -> list[float]:
        """Seconds from opening to the assignment, by the desk's own clock; those assigned."""
        rows = [self.found[number] for number in self.accepted if number in self.found]
        return sorted(
            (_at(row["assigned_at"]) - _at(row["opened_at"])).total_seconds()
            for row in rows
            if row["assigned_at"]
        )


class Replay:
    def __init__(self, url: str, tokens: Sequence[str], say: Say, *, run: str) -> None:
        self.url, self.tokens, self.say, self.run_name = url, tokens, say, run
        self.outcome = Outcome()
        self.lock = threading.Lock()
        self.mine = threading.local()
        first = Caller(url, tokens[0])
        modules = first.rows("/modules/?limit=100")
        self.modules = sorted(module["code"] for module in modules if module["is_active"])
        self.systems = [_production(Caller(url, token)) for token in tokens]
        self.spoken = 0.0

    def run(self, reports: Sequence[Report], plan: Sequence[float]) -> Outcome:
        """Send each at its time, whatever became of those before; then look for them all."""
        start = time.monotonic()
        futures: list[Future[None]] = []
        with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
            for n, (report, due) in enumerate(zip(reports, plan, strict=True)):
                time.sleep(max(0.0, start + due - time.monotonic()))
                futures.append(pool.submit(self._send, n, report, start + due))
                self._tell(len(reports))
        for future in futures:
            future.result()  # raises what we did not foresee
        self.outcome.seconds = time.monotonic() - start
        self.say(f"All {len(reports)} are sent. Looking for their assignments.")
        self._look()
        return self.outcome

    def _send(self, n: int, report: Report, due: float) -> None:
        began = time.monotonic()
        name, outcome = f"{self.run_name}:{report.name}", self.outcome
        try:
            answer = self._caller(n).post("/tickets/", self._body(n, report), key=name)
        except Unanswered as trouble:
            with self.lock:
                outcome.sent += 1
                outcome.unanswered[str(trouble)] += 1
            return
        with self.lock:
            outcome.sent += 1
            outcome.repeated += answer.tries > 1
            outcome.latest = max(outcome.latest, began - due)
            outcome.answers.append(time.monotonic() - began)
            if answer.status == 201:
                outcome.accepted[answer.body["number"]] = report.name
                outcome.found[answer.body["number"]] = answer.body
            else:
                outcome.refused[f"{answer.status} {answer.body}"] += 1

    def _body(self, n: int, report: Report) -> dict[str, Any]:
        """The same report is always the same call: a repeat must not differ."""
        priority = PRIORITIES[_dice(report.name) % len(PRIORITIES)]
        return {
            **self.systems[n % len(self.systems)],
            **(STANDSTILL if priority == 1 else {}),
            "module": self.modules[_dice(report.topic) % len(self.modules)],
            "subject": report.subject,
            "text": report.text,
            "customer_priority": priority,
            "external_number": report.name,
        }

    def _caller(self, n: int) -> Caller:
        """A connection per thread and token."""
        if not hasattr(self.mine, "callers"):
            self.mine.callers = [Caller(self.url, token) for token in self.tokens]
        caller: Caller = self.mine.callers[n % len(self.tokens)]
        return caller

    def _look(self) -> None:
        """Ask the desk again until nobody is without somebody, or nothing moves any more."""
        outcome = self.outcome
        opened = [row["opened_at"] for row in outcome.found.values()]
        if not opened:
            return
        since, fewest, moved = min(opened), len(opened) + 1, time.monotonic()
        while left := len(self._rows(since, "&status=new")):
            if left < fewest:
                fewest, moved = left, time.monotonic()
            elif time.monotonic() - moved > SETTLED_AFTER:
                break
            self.say(f"{left} of {len(opened)} have nobody yet.")
            time.sleep(A_LINE_EVERY)
        outcome.found = {row["number"]: row for row in self._rows(since)}

    def _rows(self, since: str, more: str = "") -> list[dict[str, Any]]:
        """Tickets opened since, as each of our people sees them."""
        path = f"/tickets/?opened_after={since}&limit=100{more}"
        return [row for token in self.tokens for row in Caller(self.url, token).rows(path)]

    def _tell(self, of: int) -> None:
        if time.monotonic() - self.spoken < A_LINE_EVERY:
            return
        self.spoken = time.monotonic()
        with self.lock:
            accepted, sent = len(self.outcome.accepted), self.outcome.sent
        self.say(f"{sent} of {of} answered, {accepted} accepted.")


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them do not exceed; of sorted values."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def _production(caller: Caller) -> dict[str, Any]:
    """A system the caller may report for, with its organisation; nothing where there is none."""
    systems = caller.rows("/systems/?limit=100")
    for system in systems:
        if system["purpose"] == "production" and system["is_active"] and system["organisation"]:
            return {"system": system["code"], "organisation": system["organisation"]}
    return {}


def _dice(name: str) -> int:
    """A number that a name always has: Python's own hash changes with every process."""
    return zlib.crc32(name.encode())


def _at(told: str) -> datetime:
    return datetime.fromisoformat(told)
