"""A ticket that is not written, because a correction solves it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases import verdicts, wording
from releases.models import Correction, System
from supportdesk.accounts import access
from supportdesk.accounts.models import Organisation, Service, User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid
from tickets.hints import SOLVES
from tickets.models import Prevented


@transaction.atomic
def prevent_ticket(correction: Correction, *, by: User, system: System) -> Prevented:
    """Say that this correction solves on this system what a ticket was to be about.

    Counted once per person, correction and day; safe to repeat. Raises NotAllowed, DoesNotExist
    for what `by` cannot see or act for, Invalid where no package brings the correction.
    """
    access.require(by, "ticket.prevent")
    system = System.objects.visible_to(by).running().get(pk=system.pk)
    owner = Organisation.objects.within_reach(by, Service.TICKETS).get(systems=system)
    correction = Correction.objects.visible_to(by).get(pk=correction.pk)
    [standing] = verdicts.of([system.pk], [correction.pk], timezone.now())
    if standing.finding.verdict not in SOLVES:
        words = _("This does not solve it: %(sentence)s")
        raise Invalid(words % {"sentence": wording.sentence(standing)}, "correction")
    row, is_new = Prevented.objects.get_or_create(
        person=by,
        correction=correction,
        on=timezone.localdate(),
        defaults={
            "organisation": owner,
            "system": system,
            "verdict": standing.finding.verdict,
        },
    )
    if is_new:
        audit.record("ticket.prevented", row, by=by, correction=correction.pk, system=system.code)
    return row
