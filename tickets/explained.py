"""Is a ticket explained by a correction that its system lacks? Asked by the keys it names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils import timezone

from releases import verdicts, wording
from releases.models import Correction, System
from releases.validity import Finding, Return, Verdict, came_back
from supportdesk.accounts.models import User
from tickets.models import Ticket

SHOWN = 5
KEYS = 20  # of one ticket; more is pasted text
BESIDE_THE_POINT = {Verdict.NOT_RELEVANT, Verdict.NOT_AFFECTED}


@dataclass(frozen=True)
class Explanation:
    correction: Correction
    said: wording.Said
    finding: Finding
    level: int | None = None

    @property
    def is_return(self) -> bool:
        """The level that is installed has the fix, and here it is again."""
        return came_back(self.finding.fixed_in, self.level) == Return.REGRESSION


@dataclass(frozen=True)
class Explained:
    """The corrections that fit, best first. Where the installed package has every one of them,
    it is a regression or another fault.
    """

    found: list[Explanation]

    @property
    def is_regression(self) -> bool:
        return bool(self.found) and all(one.is_return for one in self.found)


def keys(text: str) -> list[str]:
    """Message ids and transactions as they are written into one field."""
    return sorted({word.upper() for word in re.split(r"[\s,;]+", text) if word})[:KEYS]


def of(ticket: Ticket, *, reader: User) -> Explained:
    return by_keys(ticket.system, ticket.message_id, reader=reader)


def by_keys(system: System | None, text: str, *, reader: User) -> Explained:
    """For a system the reader may see. Customers hear of released corrections only."""
    wanted = keys(text)
    if system is None or not wanted:
        return Explained([])
    released = not reader.is_vendor
    found = verdicts.touching(system.pk, wanted, timezone.now(), released=released)
    found = [one for one in found if one.finding.verdict not in BESIDE_THE_POINT]
    found.sort(key=lambda one: (wording.RANK[one.finding.verdict], -one.correction))
    shown = found[:SHOWN]
    rows = Correction.objects.select_related("module").in_bulk([one.correction for one in shown])
    return Explained(
        [
            Explanation(rows[one.correction], wording.say(one), one.finding, one.level)
            for one in shown
        ]
    )
