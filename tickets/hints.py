"""What is known already of what a customer is about to report: corrections their system lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from releases import likeness, verdicts, wording
from releases.models import Correction, Module, System, Validity
from releases.validity import Verdict
from releases.verdicts import Standing
from supportdesk.accounts.models import User
from tickets.explained import BESIDE_THE_POINT, keys
from tickets.search import similar

SHOWN = 5
LOOKED_AT = 20  # of those that share words; the verdicts choose among them
# A package brings it: had already, to be had, or on its way.
SOLVES = {
    Verdict.DELIVERED_NOT_IMPORTED,
    Verdict.RELEASED_NOT_DELIVERED,
    Verdict.FIX_PLANNED,
}


@dataclass(frozen=True)
class Sketch:
    """What has been written of a ticket so far."""

    system: System | None = None
    module: Module | None = None
    subject: str = ""
    text: str = ""
    message_id: str = ""


@dataclass(frozen=True)
class Hint:
    correction: Correction
    said: wording.Said

    @property
    def solves(self) -> bool:
        return self.said.verdict in SOLVES


def of(sketch: Sketch, *, reader: User) -> list[Hint]:
    """The best five: first what names a message id or program, then what tells of the same.

    For a system the reader sees. Customers hear of released corrections only, and of none that
    was made for lines the system does not run.
    """
    if sketch.system is None or sketch.system.runs is None:
        return []
    named = _named(sketch, sketch.system, reader)
    told = _telling_of_the_same(sketch, sketch.system, reader)
    found = [*named, *(one for one in told if one.correction not in _numbers(named))][:SHOWN]
    rows = Correction.objects.select_related("module").in_bulk(_numbers(found))
    return [Hint(rows[one.correction], wording.say(one)) for one in found]


def _named(sketch: Sketch, system: System, reader: User) -> list[Standing]:
    wanted = keys(sketch.message_id)
    if not wanted:
        return []
    found = verdicts.touching(system.pk, wanted, timezone.now(), released=not reader.is_vendor)
    found = [one for one in found if one.finding.verdict not in BESIDE_THE_POINT]
    assessed = Validity.objects.filter(line=system.installed.line_id)
    here = set(assessed.filter(correction__in=_numbers(found)).values_list("correction", flat=True))
    fit = [one for one in found if one.correction in here]
    return sorted(fit, key=lambda one: (wording.RANK[one.finding.verdict], -one.correction))


def _telling_of_the_same(sketch: Sketch, system: System, reader: User) -> list[Standing]:
    """Only what the system lacks: of what it has, shared words alone say nothing."""
    told = similar.telling_of(sketch.subject, sketch.text, reader)
    numbers = likeness.corrections(
        likeness.Asked(dict(zip(told.stems, told.weights, strict=True)), told.rare),
        module=sketch.module.pk if sketch.module else None,
        system=system.pk,
        released=not reader.is_vendor,
        most=LOOKED_AT,
    )
    if not numbers:
        return []
    found = verdicts.of([system.pk], numbers, timezone.now())
    lacks = [one for one in found if one.finding.verdict in verdicts.MISSING]
    return sorted(lacks, key=lambda one: numbers.index(one.correction))


def _numbers(found: Iterable[Standing]) -> list[int]:
    return [one.correction for one in found]
