"""A package from the plan to its withdrawal, and who is given it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.actions.gates import open_gates, reopen_one
from releases.actions.validity import unassessed_lines
from releases.models import NEXT, Correction, Delivery, Line, Package, Status, WaveWaiver
from releases.offers import customers_of
from releases.pilots import why_not_everybody
from supportdesk.accounts import access
from supportdesk.accounts.models import Organisation, User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused, WrongState
from supportdesk.messaging import outbox


@transaction.atomic
def plan(line: Line, level: int, *, by: User, on: date | None) -> Package:
    access.require(by, "package.configure")
    if Package.objects.filter(line=line, level=level).exists():
        raise Invalid(_("This package is planned already."), "level")
    row = Package.objects.create(line=line, level=level, planned_on=on)
    audit.record("package.planned", row, by=by, on=str(on or ""))
    outbox.emit("package.planned", package=row.pk)
    return row


@transaction.atomic
def move(package: Package, to: Status, *, by: User) -> Package:
    """Take a package to another state of its way; releasing releases what is in it.

    Raises WrongState where the way does not lead there, Refused with what is missing.
    """
    if to == Status.RELEASED:
        _hold_content(package)
    row = _claim(package, by)
    if to == Status.WITHDRAWN or to not in NEXT[Status(row.status)]:
        raise WrongState(Status(row.status), to)
    facts: dict[str, Any] = {"status": to}
    if to == Status.RELEASED:
        if missing := why_no_release(row):
            raise Refused(" ".join(missing))
        facts["released_at"] = timezone.now()
        Correction.objects.filter(pk__in=row.content(), released_at=None).update(
            released_at=facts["released_at"]
        )
    _save(row, **facts)
    audit.record(f"package.{to.value}", row, by=by)
    outbox.emit(f"package.{to.value}", package=row.pk)
    return row


def why_no_release(package: Package) -> list[str]:
    """What is missing, in words: open gates, lines that corrections in it are not assessed on."""
    found = [_("“%(gate)s” is open.") % {"gate": kind} for kind in open_gates(package)]
    for correction in package.content():
        if lines := ", ".join(line.name for line in unassessed_lines(correction)):
            facts = {"correction": correction, "lines": lines}
            found.append(_("%(correction)s is not assessed on %(lines)s.") % facts)
    return found


@transaction.atomic
def withdraw(package: Package, *, by: User, why: str, successor: Package | None) -> Package:
    """Take a released package back. It stays on record; verdicts pass over it from now on.

    The successor brings what it brought, and what it had taken over itself: its gates open again
    unless it is out. Whoever has the package is told by `recall`.
    """
    held = {one.pk: one for one in _both(package, successor, by)}
    row = held[package.pk]
    if row.status != Status.RELEASED:
        raise WrongState(Status(row.status), Status.WITHDRAWN)
    if not why.strip():
        raise Invalid.blank("why")
    successor = successor and held[successor.pk]
    if successor and not _follows(successor, row):
        raise Invalid(_("The successor is a later package of the same line."), "successor")
    _save(
        row,
        status=Status.WITHDRAWN,
        withdrawn_at=timezone.now(),
        withdrawn_because=why,
        successor=successor,
    )
    if successor:
        Package.objects.filter(successor=row).update(successor=successor)
        reopen_one(successor, by=by)
    audit.record("package.withdrawn", row, by=by, why=why, successor=successor and successor.pk)
    outbox.emit("package.withdrawn", package=row.pk)
    return row


@transaction.atomic
def deliver(
    package: Package, organisations: Iterable[Organisation], *, by: User, wave: str
) -> Package:
    """Give a released package to these customers. Whoever has it already keeps their date.

    Raises Refused for everybody (the general wave) while the pilots are not through, Invalid for
    customers who do not run the line.
    """
    row = _claim(package, by)
    if row.status != Status.RELEASED:
        raise WrongState(Status(row.status), Status.RELEASED)
    now = timezone.now()
    if wave == Delivery.Wave.GENERAL and (words := why_not_everybody(row, now)):
        raise Refused(words)
    new = _new_ones(row, organisations)
    Delivery.objects.bulk_create(
        [Delivery(package=row, organisation=one, wave=wave, delivered_at=now) for one in new],
        update_conflicts=True,
        unique_fields=["package", "organisation"],
        update_fields=["wave", "delivered_at"],
    )
    audit.record("package.delivered", row, by=by, wave=wave, to=[one.code for one in new])
    outbox.emit("package.delivered", package=row.pk, organisations=[one.pk for one in new])
    return row


@transaction.atomic
def waive_pilots(package: Package, *, by: User, why: str) -> WaveWaiver:
    """Let a package go to everybody before its pilots are through: a lead's decision, with reason.

    Raises Refused where nothing is left to waive.
    """
    access.require(by, "wave.waive")
    row = _locked(package, by)
    if row.status != Status.RELEASED:
        raise WrongState(Status(row.status), Status.RELEASED)
    if not why.strip():
        raise Invalid.blank("why")
    if why_not_everybody(row, timezone.now()) is None:
        raise Refused(_("It may go to everybody already."))
    waiver = WaveWaiver.objects.create(package=row, why=why.strip(), by=by)
    audit.record("package.pilots_waived", row, by=by, why=waiver.why)
    outbox.emit("package.pilots_waived", package=row.pk)
    return waiver


def _new_ones(row: Package, organisations: Iterable[Organisation]) -> list[Organisation]:
    had = set(row.deliveries.given().values_list("organisation", flat=True))
    run_it = set(customers_of(row).values_list("pk", flat=True))
    new = [one for one in organisations if one.pk not in had]
    if not new:
        raise Invalid(_("Please choose somebody who does not have it yet."), "organisations")
    if strangers := ", ".join(one.name for one in new if one.pk not in run_it):
        words = _("This line runs nowhere there: %(names)s.")
        raise Invalid(words % {"names": strangers}, "organisations")
    return new


def _both(package: Package, successor: Package | None, by: User) -> list[Package]:
    """Both are held in one order, whoever follows whom."""
    access.require(by, "package.configure")
    rows = Package.objects.visible_to(by).select_related("line").order_by("pk")
    wanted = [package.pk, *([successor.pk] if successor else [])]
    return list(rows.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted))


def _follows(successor: Package, package: Package) -> bool:
    later = successor.line_id == package.line_id and successor.level > package.level
    return later and successor.status != Status.WITHDRAWN


def _hold_content(package: Package) -> None:
    """Whoever assesses holds the correction, then the package: in that order here, too."""
    rows = Correction.objects.filter(pk__in=package.content().values("pk")).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def _claim(package: Package, by: User) -> Package:
    access.require(by, "package.configure")
    return _locked(package, by)


def _locked(package: Package, by: User) -> Package:
    rows = Package.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    return rows.select_related("line").get(pk=package.pk)


def _save(row: Package, **facts: Any) -> None:
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts))
