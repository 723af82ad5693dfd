"""What the demo's customers report and what the desk answers, read from texts.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from tickets.models import Priority

_TOLD = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


@dataclass(frozen=True)
class Subject:
    """One kind of report of a module: how it is told, how urgent, what solved it."""

    subject: str
    text: str
    priority: Priority
    transaction: str
    job: str
    answer: str


@dataclass(frozen=True)
class ModuleText:
    code: str
    name: str
    team: int  # 0 contributions, 1 benefits and payments
    criticality: int
    share: float  # of all tickets
    subjects: tuple[Subject, ...]


def _module(told: dict) -> ModuleText:
    subjects = tuple(
        Subject(**{**subject, "priority": Priority(subject["priority"])})
        for subject in told["subjects"]
    )
    return ModuleText(**{**told, "subjects": subjects})


MODULES = tuple(_module(told) for told in _TOLD["modules"])
CHECKED: list[str] = _TOLD["checked"]  # what levels 1 and 2 say they did
QUESTIONS: list[str] = _TOLD["questions"]  # each with the customer's answer at the same place
CHECK_POINTS: list[str] = _TOLD["check_points"]
ANSWERS: list[str] = _TOLD["answers"]
PROGRESS: list[str] = _TOLD["progress"]
NOTES: list[str] = _TOLD["notes"]
REOPENED: list[str] = _TOLD["reopened"]
REGRADED: list[str] = _TOLD["regraded"]  # why a priority changed
HANDED_ON: list[str] = _TOLD["handed_on"]
