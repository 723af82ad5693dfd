"""What may help whoever works on a ticket: corrections that tell of the same, and the nearest lab.

For staff only: it knows of corrections nobody has released, and of the vendor's own systems.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from releases import lab, likeness, verdicts, wording
from releases.models import Correction, System
from supportdesk.accounts.models import User
from tickets import explained
from tickets.models import Ticket
from tickets.search import similar

SHOWN = 5


@dataclass(frozen=True)
class Likeness:
    correction: Correction
    said: wording.Said | None  # of the ticket's system; None where it names none


@dataclass(frozen=True)
class Reproduction:
    """Where to try it. `near` is None where no lab system runs the line."""

    system: System
    near: lab.Near | None

    @property
    def is_gap(self) -> bool:
        return self.near is None or self.near.distance > 0


def corrections(ticket: Ticket, reader: User) -> list[Likeness]:
    """Those that share the ticket's telling words, whatever the system has of them. What names its
    message ids stands beside the ticket already.
    """
    told = similar.telling_in(ticket, reader)
    numbers = likeness.corrections(
        likeness.Asked(dict(zip(told.stems, told.weights, strict=True)), told.rare),
        module=ticket.module_id,
        system=None,
        released=False,
        most=2 * SHOWN,
    )
    named = explained.keys(ticket.message_id)
    rows = Correction.objects.visible_to(reader).filter(pk__in=numbers).select_related("module")
    found = {row.pk: row for row in rows if not set(named) & set(row.object_keys)}
    shown = [number for number in numbers if number in found][:SHOWN]
    said = _said(ticket, shown)
    return [Likeness(found[number], said.get(number)) for number in shown]


def _said(ticket: Ticket, numbers: list[int]) -> Mapping[int, wording.Said]:
    if ticket.system_id is None or not numbers:
        return {}
    found = verdicts.of([ticket.system_id], numbers, timezone.now())
    return {one.correction: wording.say(one) for one in found}


def reproduction(ticket: Ticket) -> Reproduction | None:
    """None where nobody knows what the customer's system runs."""
    system = ticket.system
    if system is None or system.runs is None:
        return None
    labs = System.objects.lab().running().filter(installed__line=system.runs.line_id)
    rows = labs.values_list("code", "installed__line", "installed__level")
    places = [lab.Place(*row) for row in rows]
    return Reproduction(system, lab.nearest(system.runs.line_id, system.runs.level, places))
