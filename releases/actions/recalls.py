"""Calling a withdrawn package back from exactly those who have it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from releases.models import (
    Download,
    Import,
    ImportState,
    Installed,
    Package,
    Recall,
    Status,
    System,
)
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import WrongState
from supportdesk.messaging import outbox

WAS_IN = [ImportState.CONFIRMED, ImportState.ROLLED_BACK]


@transaction.atomic
def recall(package: Package, *, by: User) -> list[Recall]:
    """Call a withdrawn package back from whoever fetched it, imported it or runs it.

    Safe to repeat: whoever was told already is not told again.
    """
    access.require(by, "package.recall")
    return [found for one in _holders(package) if (found := _raise(package, one, by))]


@transaction.atomic
def recall_from(system: System, *, by: User) -> Recall | None:
    """What a system is said to run now may be withdrawn: tell its owner, also those who confirmed.

    Whoever runs it on another system than before has not got rid of it.
    """
    access.require(by, "package.recall")
    runs = Installed.objects.filter(system=system).first()
    if runs is None or system.organisation_id is None:
        return None
    gone = Package.objects.filter(line=runs.line_id, level=runs.level, status=Status.WITHDRAWN)
    package = gone.first()
    return _raise(package, system.organisation_id, by, again=True) if package else None


@transaction.atomic
def confirm_recall(row: Recall, *, by: User) -> Recall:
    """Say for a customer that they know and act; the banner goes. Raises WrongState the second
    time.
    """
    access.require(by, "recall.confirm")
    rows = Recall.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    found = rows.get(pk=row.pk)
    if found.confirmed_at is not None:
        confirmed = Recall._meta.get_field("confirmed_at").verbose_name
        raise WrongState(confirmed, confirmed)
    _save(found, confirmed_at=timezone.now(), confirmed_by=by)
    audit.record("recall.confirmed", found, by=by, package=str(found.package))
    outbox.emit("recall.confirmed", recall=found.pk)
    return found


def _holders(package: Package) -> Iterable[int]:
    """Customers' keys, in order: two at once never wait for each other in a circle."""
    fetched = Download.objects.filter(file__package=package)
    had = Import.objects.filter(package=package, state__in=WAS_IN)
    runs = Installed.objects.filter(
        line=package.line_id, level=package.level, system__is_active=True
    )
    found = {
        *fetched.values_list("organisation", flat=True),
        *had.values_list("system__organisation", flat=True),
        *runs.values_list("system__organisation", flat=True),
    }
    return sorted(found - {None})  # None: our own lab


def _raise(package: Package, organisation: int, by: User, again: bool = False) -> Recall | None:
    rows = Recall.objects.select_for_update(of=("self",), no_key=True)
    row, new = rows.get_or_create(package=package, organisation_id=organisation)
    if not new:
        if row.confirmed_at is None or not again:
            return None
        _save(row, raised_at=timezone.now(), confirmed_at=None, confirmed_by=None)
    audit.record("package.recalled", row, by=by, package=str(package), again=not new)
    outbox.emit("package.recalled", recall=row.pk)
    return row


def _save(row: Recall, **facts: object) -> None:
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts))
