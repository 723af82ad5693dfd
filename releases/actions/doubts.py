"""A verdict is wrong: said by whoever reads it, answered by whoever assessed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases import verdicts
from releases.models import Correction, Doubt, System
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused, WrongState
from supportdesk.messaging import outbox


@transaction.atomic
def doubt(correction: Correction, system: System, *, by: User, text: str) -> Doubt:
    """Say that the verdict for this system is wrong, and why. The author of the validity is told.

    Raises Refused while an earlier doubt about the same is open.
    """
    access.require(by, "validity.doubt")
    if not text.strip():
        raise Invalid.blank("text")
    place = System.objects.visible_to(by).select_for_update(of=("self",)).get(pk=system.pk)
    about = Correction.objects.visible_to(by).get(pk=correction.pk)
    if Doubt.objects.open().filter(correction=about, system=place).exists():
        raise Refused(_("We have been told already, and are looking at it."))
    [now] = verdicts.of([place.pk], [about.pk], timezone.now())
    row = Doubt.objects.create(
        correction=about, system=place, verdict=now.finding.verdict, text=text, raised_by=by
    )
    audit.record("validity.doubted", about, by=by, system=place.code, doubt=row.pk)
    outbox.emit("validity.doubted", doubt=row.pk)
    return row


@transaction.atomic
def settle(doubt: Doubt, *, by: User, answer: str) -> Doubt:
    """Answer a doubt, after changing the validity or without. Whoever raised it is told."""
    access.require(by, "validity.assess")
    if not answer.strip():
        raise Invalid.blank("answer")
    rows = Doubt.objects.visible_to(by).select_for_update(of=("self",))
    row = rows.select_related("correction").get(pk=doubt.pk)
    if row.settled_at is not None:
        raise WrongState(_("settled"), _("settled"))
    row.answer, row.settled_by, row.settled_at = answer, by, timezone.now()
    row.save(update_fields=["answer", "settled_by", "settled_at"])
    audit.record("doubt.settled", row.correction, by=by, doubt=row.pk)
    outbox.emit("doubt.settled", doubt=row.pk)
    return row
