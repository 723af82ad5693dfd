"""The life of an import: planned for a day, confirmed or failed, dropped, or taken back.

Each verb locks the system first: whatever is said about it at the same moment waits.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.actions.systems import report
from releases.models import IMPORT_NEXT, Import, ImportState, Installed, Package, Status, System
from releases.models.package import PackageQuerySet
from releases.offers import why_not
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused, WrongState
from supportdesk.messaging import outbox

State = ImportState


@transaction.atomic
def plan_import(system: System, package: Package, *, by: User, planned_for: date) -> Import:
    """Say on which day a package goes into a system.

    Raises Invalid for a day that is over and for a package that was not delivered to the customer
    or cannot follow what runs; Refused for one that is not released (any more), and while another
    import of the system is planned.
    """
    access.require(by, "import.plan")
    place = _locked(system.pk, by)
    row = _held(package.pk, Package.objects.visible_to(by))
    if row.status != Status.RELEASED:
        raise Refused(_("%(package)s is not released: %(state)s.") % _named(row))
    if not row.deliveries.given().filter(organisation=place.organisation_id).exists():
        raise Invalid(_("It is not delivered to you."), "package")
    runs = _follows(place, row)
    if planned_for < timezone.localdate():
        raise Invalid(_("Please choose a day that is not over."), "planned_for")
    if place.imports.planned().exists():
        raise Refused(_("An import is planned already. Please confirm or drop it first."))
    plan = Import.objects.create(
        system=place,
        package=row,
        planned_for=planned_for,
        planned_by=by,
        before_line=runs.line,
        before_level=runs.level,
    )
    _tell("import.planned", plan, by, planned_for=str(planned_for))
    return plan


@transaction.atomic
def confirm_import(plan: Import, *, by: User) -> Import:
    """Say that the package runs now, which makes its level the system's.

    What has happened is not refused: a package that was withdrawn meanwhile is confirmed too, and
    we are told at once that it runs there. Raises Invalid where a later level runs already.
    """
    row = _claim(plan, "import.confirm", by, State.CONFIRMED)
    package = _held(row.package_id, Package.objects.all())
    _note_what_ran(row, package)
    report(row.system, by=by, line=package.line, level=package.level, source=System.Source.IMPORT)
    facts = {"before_line": row.before_line, "before_level": row.before_level}
    _move(row, State.CONFIRMED, ended_by=by, ended_at=timezone.now(), **facts)
    _tell("import.confirmed", row, by, before=row.before, package_is=package.status)
    return row


@transaction.atomic
def import_failed(plan: Import, *, by: User, text: str) -> Import:
    """Say that it did not work, and what went wrong. We are told; the level stays as it was."""
    row = _claim(plan, "import.confirm", by, State.FAILED)
    if not text.strip():
        raise Invalid.blank("text")
    _move(row, State.FAILED, ended_by=by, ended_at=timezone.now(), failure=text)
    _tell("import.failed", row, by, text=text)
    return row


@transaction.atomic
def drop_import(plan: Import, *, by: User) -> Import:
    """Give the plan up."""
    row = _claim(plan, "import.plan", by, State.DROPPED)
    _move(row, State.DROPPED, ended_by=by, ended_at=timezone.now())
    _tell("import.dropped", row, by)
    return row


@transaction.atomic
def roll_back(done: Import, *, by: User, why: str) -> Import:
    """Say that an import was taken back: what ran before runs again. We are told.

    Raises Refused while a later import stands on it, and where something else runs by now.
    """
    row = _claim(done, "import.confirm", by, State.ROLLED_BACK)
    if not why.strip():
        raise Invalid.blank("why")
    if later := row.system.imports.confirmed().filter(pk__gt=row.pk).first():
        words = _("%(package)s was imported on top of it. Please roll that back first.")
        raise Refused(words % {"package": later.package})
    runs = row.system.runs
    if runs is None or (runs.line_id, runs.level) != (row.package.line_id, row.package.level):
        raise Refused(_("Something else runs there by now: %(runs)s.") % {"runs": runs or "–"})
    assert row.before_line is not None  # the database says so
    assert row.before_level is not None
    report(
        row.system,
        by=by,
        line=row.before_line,
        level=row.before_level,
        source=System.Source.IMPORT,
    )
    facts = {"rolled_back_by": by, "rolled_back_at": timezone.now(), "rolled_back_because": why}
    _move(row, State.ROLLED_BACK, **facts)
    _tell("import.rolled_back", row, by, why=why, now=row.before)
    return row


def _locked(pk: int, by: User) -> System:
    rows = System.objects.kept_by(by).select_for_update(of=("self",), no_key=True)
    return rows.get(pk=pk)


def _held(pk: int, among: PackageQuerySet) -> Package:
    """The package as it is now; a withdrawal waits until we are through."""
    rows = among.select_for_update(of=("self",), no_key=True)
    return rows.select_related("line").get(pk=pk)


def _claim(plan: Import, right: str, by: User, to: ImportState) -> Import:
    access.require(by, right)
    seen = Import.objects.visible_to(by).get(pk=plan.pk)
    place = _locked(seen.system_id, by)
    row = Import.objects.select_related("package__line", "before_line").get(pk=seen.pk)
    row.system = place
    if to not in IMPORT_NEXT[ImportState(row.state)]:
        raise WrongState(ImportState(row.state), to)
    return row


def _follows(place: System, package: Package) -> Installed:
    """What runs now, if the package may follow it."""
    if place.runs is None:
        raise Invalid(_("We do not know what runs there. Please report it first."), "package")
    if words := why_not(place.runs, package):
        raise Invalid(words, "package")
    return place.runs


def _note_what_ran(row: Import, package: Package) -> None:
    """What a rollback brings back. Where the level was reported already, by hand or by a nightly
    inventory, it is what ran when the import was planned.
    """
    runs = row.system.runs
    if runs and (runs.line_id, runs.level) == (package.line_id, package.level) and row.before_line:
        return
    before = _follows(row.system, package)
    row.before_line, row.before_level = before.line, before.level


def _named(package: Package) -> dict[str, Any]:
    return {"package": package, "state": Status(package.status).label}


def _move(row: Import, to: ImportState, **facts: Any) -> None:
    facts["state"] = to
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts))


def _tell(verb: str, row: Import, by: User, **facts: Any) -> None:
    facts |= {"system": row.system.code, "package": str(row.package)}
    audit.record(verb, row, by=by, **facts)
    outbox.emit(verb, **{"import": row.pk, "system": row.system_id, "package": row.package_id})
