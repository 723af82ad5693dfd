"""Who should take a ticket: a pure rule over what is known at this moment, and its reasons.

A candidate's score is the sum of its parts, in points; the highest wins. Equal scores go to whoever
waited longest, then to the lower number, so the same situation always has the same answer.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

RULE_VERSION = 1

# One level of competence outweighs five normal tickets on the desk, no more: an expert is
# preferred, and is not buried. All weights are ours; replay_routing shows what others would change.
POINTS_PER_LEVEL = 10
POINTS_FOR_STANDING_IN = 5  # the deputy of somebody competent, without a level of their own
POINTS_OF_AN_EMPTY_DESK = 20
POINTS_PER_OPEN = 2  # lost for each open ticket's worth; the part falls below zero when overloaded
WORTH = {1: 4.0, 2: 2.0, 3: 1.0, 4: 0.5}  # of an open ticket, by priority
POINTS_FOR_THE_CASE = 10  # solved this module's tickets for this customer lately
POINTS_FOR_THE_CUSTOMER = 5
POINTS_FOR_WAITING = 5  # in full after a working day without a new ticket
A_LONG_WAIT = timedelta(hours=10)
SILENT = "silent"


@dataclass(frozen=True)
class Candidate:
    """A specialist as the rule sees one. `absent` is why they are not there, SILENT where this
    ticket was taken away from them, or empty.
    """

    person: int
    level: int  # 1 to 3; 0 only for somebody who stands in
    load: float = 0.0  # open tickets, each by its WORTH
    absent: str = ""
    deputy: int | None = None
    knows_case: bool = False
    knows_customer: bool = False
    last_assigned_at: datetime | None = None


@dataclass(frozen=True)
class Situation:
    """All a decision rests on. `in_hours`: whether anybody works at `at`."""

    at: datetime
    priority: int
    in_hours: bool
    candidates: tuple[Candidate, ...]
    deputies: tuple[Candidate, ...] = ()  # of those above, in case they are needed

    def as_json(self) -> dict[str, Any]:
        told = asdict(self)
        told["at"] = self.at.isoformat()
        for person in (*told["candidates"], *told["deputies"]):
            if person["last_assigned_at"]:
                person["last_assigned_at"] = person["last_assigned_at"].isoformat()
        return told

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Situation:
        people = {
            group: tuple(_candidate(person) for person in told[group])
            for group in ("candidates", "deputies")
        }
        return cls(**{**told, "at": datetime.fromisoformat(told["at"]), **people})


@dataclass(frozen=True)
class Score:
    """The parts of one candidate's sum, as "why me" shows them."""

    person: int
    competence: float
    load: float
    continuity: float
    waited: float
    stands_in_for: int | None = None

    @property
    def total(self) -> float:
        return self.competence + self.load + self.continuity + self.waited


@dataclass(frozen=True)
class Decision:
    """Who takes it, or the reason why nobody can; with everybody's score or exclusion."""

    chosen: int | None
    reason: str  # a code of REASONS when nobody was chosen, else empty
    scores: tuple[Score, ...]  # best first
    excluded: tuple[tuple[int, str], ...]  # person and why

    def as_json(self) -> dict[str, Any]:
        told = asdict(self)
        for score, row in zip(self.scores, told["scores"], strict=True):
            row["total"] = round(score.total, 2)
        return told


NOBODY_COMPETENT = "nobody_competent"
EVERYBODY_ABSENT = "everybody_absent"
NOBODY_ELSE = "nobody_else"
OUT_OF_HOURS = "out_of_hours"
REASONS = (NOBODY_COMPETENT, EVERYBODY_ABSENT, NOBODY_ELSE, OUT_OF_HOURS)


def decide(situation: Situation) -> Decision:
    """Choose among those who know the module and are there, or among the deputies of the absent.

    A standstill outside working hours goes to nobody in their sleep: it is the lead's at once.
    """
    suitable = _suitable(situation)
    scores = sorted(
        (_score(candidate, principal, situation.at) for candidate, principal in suitable),
        key=lambda score: _order(score, situation),
    )
    excluded = tuple(
        (candidate.person, candidate.absent)
        for candidate in sorted(situation.candidates, key=lambda one: one.person)
        if candidate.absent
    )
    reason = _why_nobody(situation, bool(scores))
    chosen = None if reason else scores[0].person
    return Decision(chosen, reason, tuple(scores), excluded)


def worth(priority: int) -> float:
    """How much an open ticket weighs on a desk."""
    return WORTH[priority]


def _suitable(situation: Situation) -> list[tuple[Candidate, int | None]]:
    """Who may take it, each with the absent colleague they stand in for, if any."""
    present = [(one, None) for one in situation.candidates if not one.absent]
    there = {one.person for one, _principal in present}
    standing_in: dict[int, tuple[Candidate, int | None]] = {}
    for absent in sorted(situation.candidates, key=lambda one: one.person):
        for deputy in situation.deputies:
            free = deputy.person == absent.deputy and not deputy.absent
            if absent.absent and free and deputy.person not in there:
                standing_in.setdefault(deputy.person, (deputy, absent.person))
    return [*present, *standing_in.values()]


def _score(candidate: Candidate, principal: int | None, at: datetime) -> Score:
    known = POINTS_FOR_THE_CASE if candidate.knows_case else 0
    known = known or (POINTS_FOR_THE_CUSTOMER if candidate.knows_customer else 0)
    standing_in = principal is not None
    return Score(
        person=candidate.person,
        competence=POINTS_FOR_STANDING_IN if standing_in else candidate.level * POINTS_PER_LEVEL,
        load=POINTS_OF_AN_EMPTY_DESK - POINTS_PER_OPEN * candidate.load,
        continuity=known,
        waited=round(POINTS_FOR_WAITING * _waited(candidate, at), 2),
        stands_in_for=principal,
    )


def _waited(candidate: Candidate, at: datetime) -> float:
    """From 0, just assigned, to 1, a working day ago or never."""
    if candidate.last_assigned_at is None:
        return 1.0
    return min(1.0, max(0.0, (at - candidate.last_assigned_at) / A_LONG_WAIT))


def _order(score: Score, situation: Situation) -> tuple[float, datetime, int]:
    everybody = (*situation.candidates, *situation.deputies)
    last = next(one.last_assigned_at for one in everybody if one.person == score.person)
    return -score.total, last or datetime.min.replace(tzinfo=situation.at.tzinfo), score.person


def _why_nobody(situation: Situation, anybody: bool) -> str:
    if not situation.candidates:
        return NOBODY_COMPETENT
    if not anybody:
        silent = any(one.absent == SILENT for one in situation.candidates)
        return NOBODY_ELSE if silent else EVERYBODY_ABSENT
    if situation.priority == 1 and not situation.in_hours:
        return OUT_OF_HOURS
    return ""


def _candidate(told: dict[str, Any]) -> Candidate:
    last = told["last_assigned_at"]
    return Candidate(**{**told, "last_assigned_at": last and datetime.fromisoformat(last)})
