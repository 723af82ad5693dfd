"""Another day for a package that is not out yet."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.models import Package
from releases.models.package import OUT, Status
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, WrongState
from supportdesk.messaging import outbox


@transaction.atomic
def replan(package: Package, *, by: User, on: date | None) -> Package:
    """Plan it for another day, or (None) for no day that is known. Who waits for it is told.

    Raises WrongState for one that is out, Invalid for a day that has passed or is planned already.
    """
    access.require(by, "package.configure")
    rows = Package.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    row = rows.get(pk=package.pk)
    if row.status in OUT:
        raise WrongState(Status(row.status), Status.PLANNED)
    if on and on < timezone.localdate():
        raise Invalid(_("This day has passed."), "on")
    if on == row.planned_on:
        raise Invalid(_("It is planned for this day already."), "on")
    before, row.planned_on = row.planned_on, on
    row.save(update_fields=["planned_on"])
    audit.record("package.replanned", row, by=by, before=str(before or ""), now=str(on or ""))
    outbox.emit("package.replanned", package=row.pk)
    return row
