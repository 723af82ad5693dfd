"""What a fault does to the customer, and which priority that proposes: a rule over five answers.

Pure. The published meanings of the priorities are behind it: money or a standing production makes
at least 2, and 1 only where nothing helps; a deadline or a critical day makes it one step graver,
but never a standstill of what is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from enum import StrEnum

STANDSTILL, SEVERE, NORMAL, QUESTION = 1, 2, 3, 4
DIGITS = 5  # a shorter number reaches nobody


class Production(StrEnum):
    RUNS = "runs"
    PARTLY = "partly"
    STANDS = "stands"


class Payments(StrEnum):
    RIGHT = "right"
    LATE = "late"
    WRONG = "wrong"


class Workaround(StrEnum):
    NEEDLESS = "needless"
    BEARABLE = "bearable"
    COSTLY = "costly"
    NONE = "none"


class Affected(StrEnum):
    FEW = "few"
    MANY = "many"
    ALL = "all"


class Deadline(StrEnum):
    FAR = "far"
    NEAR = "near"


class Reason(StrEnum):
    """Why a proposal is what it is; pages have the words."""

    PRODUCTION_STANDS = "production_stands"
    PAYMENTS_WRONG = "payments_wrong"
    PAYMENTS_LATE = "payments_late"
    NO_WAY_AROUND = "no_way_around"
    EFFORT = "effort"
    PARTLY = "partly"
    MANY = "many"
    BEARABLE = "bearable"
    UNDISTURBED = "undisturbed"
    DEADLINE = "deadline"
    CRITICAL_DAY = "critical_day"


@dataclass(frozen=True)
class Answers:
    """What the customer said; an empty answer was not given."""

    production: str = ""
    payments: str = ""
    workaround: str = ""
    affected: str = ""
    deadline: str = ""

    @property
    def given(self) -> bool:
        return any(astuple(self))


@dataclass(frozen=True)
class Proposal:
    priority: int
    reasons: tuple[Reason, ...]
    critical: tuple[str, ...] = ()  # the critical days that raised it, by name


def propose(answers: Answers, critical: Sequence[str] = ()) -> Proposal | None:
    """The priority these answers speak for, and why; None where nothing was answered.

    `critical` names the critical days that hold for the module and the customer right now.
    """
    if not answers.given:
        return None
    priority, reasons = _by_effect(answers)
    if answers.deadline == Deadline.NEAR:
        priority, reasons = _raised(priority), [*reasons, Reason.DEADLINE]
    if critical:
        priority, reasons = _raised(priority), [*reasons, Reason.CRITICAL_DAY]
    return Proposal(priority, tuple(reasons), tuple(critical))


def missing(priority: int, answers: Answers, contact_name: str, contact_phone: str) -> list[str]:
    """What a standstill still needs, by field: no workaround, and somebody to reach at once."""
    if priority != STANDSTILL:
        return []
    needs = {
        "workaround": answers.workaround == Workaround.NONE,
        "contact_name": bool(contact_name.strip()),
        "contact_phone": sum(sign.isdigit() for sign in contact_phone) >= DIGITS,
    }
    return [field for field, there in needs.items() if not there]


def _by_effect(answers: Answers) -> tuple[int, list[Reason]]:
    grave = _grave(answers)
    if grave and answers.workaround == Workaround.NONE:
        return STANDSTILL, [*grave, Reason.NO_WAY_AROUND]
    if grave:
        return SEVERE, grave
    effort = answers.workaround in (Workaround.COSTLY, Workaround.NONE)
    wide = _wide(answers)
    if effort and wide:
        return SEVERE, [Reason.EFFORT, *wide]
    if effort or wide:
        return NORMAL, [Reason.EFFORT] * effort + wide
    if answers.workaround == Workaround.BEARABLE:
        return NORMAL, [Reason.BEARABLE]
    return QUESTION, [Reason.UNDISTURBED]


def _grave(answers: Answers) -> list[Reason]:
    found = {
        Reason.PRODUCTION_STANDS: answers.production == Production.STANDS,
        Reason.PAYMENTS_WRONG: answers.payments == Payments.WRONG,
        Reason.PAYMENTS_LATE: answers.payments == Payments.LATE,
    }
    return [reason for reason, holds in found.items() if holds]


def _wide(answers: Answers) -> list[Reason]:
    found = {
        Reason.PARTLY: answers.production == Production.PARTLY,
        Reason.MANY: answers.affected in (Affected.MANY, Affected.ALL),
    }
    return [reason for reason, holds in found.items() if holds]


def _raised(priority: int) -> int:
    """One step graver; 1 is for what its meaning says, not for what is merely pressing."""
    return priority if priority <= SEVERE else priority - 1
