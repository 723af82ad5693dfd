"""How far the correction of a ticket has come, on the systems the ticket is about."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from releases import verdicts, wording
from releases.models import Correction, Package, System
from releases.verdicts import Standing
from tickets import remedy
from tickets.models import Ticket
from tickets.remedy import Way


@dataclass(frozen=True)
class Outlook:
    way: Way
    package: Package | None = None  # to wait for, to import, or what brought it
    system: System | None = None
    standing: Standing | None = None

    @property
    def sentence(self) -> str:
        return wording.sentence(self.standing) if self.standing else ""


def of(ticket: Ticket, correction: Correction) -> Outlook:
    """By the system that is farthest from the solution. Three queries."""
    systems = _systems(ticket)
    # What was last reported counts, however long ago: a promise does not end by silence.
    at = min((one.inventory_at for one in systems if one.inventory_at), default=timezone.now())
    found = verdicts.of([one.pk for one in systems], [correction.pk], at)
    place = remedy.farthest(one.finding.verdict for one in found)
    if place is None:
        return Outlook(Way.UNKNOWN)
    one = found[place]
    system = next(row for row in systems if row.pk == one.system)
    return Outlook(remedy.WAYS[one.finding.verdict], _package(one), system, one)


def _systems(ticket: Ticket) -> list[System]:
    """The one the cause was found on, else the one reported, else all that run in production."""
    named = (ticket.diagnosis and ticket.diagnosis.system) or ticket.system
    if named is not None:
        return [named]
    rows = System.objects.running().filter(organisation=ticket.organisation_id)
    return list(rows.filter(purpose=System.Purpose.PRODUCTION))


def _package(one: Standing) -> Package | None:
    level = one.finding.import_level or one.finding.fixed_in
    if level is None:
        return None
    return Package.objects.filter(line__name=one.line, level=level).select_related("line").first()
