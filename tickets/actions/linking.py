"""Which correction mends a ticket: said by a specialist, and taken back when it was another."""

from __future__ import annotations

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from releases.models import Correction, Package, System
from supportdesk.accounts.models import User
from supportdesk.errors import Invalid, Refused, WrongState
from tickets import outlook
from tickets.actions import steps
from tickets.actions.assignment import put_in_charge
from tickets.actions.clockwork import wind
from tickets.actions.diagnosis import Finding, conclude, settle
from tickets.actions.waiting import await_package
from tickets.models import DONE, HistoryEntry, Status, Ticket, Verdict
from tickets.outlook import Outlook
from tickets.remedy import Way

Kind = HistoryEntry.Kind


@transaction.atomic
def link_correction(
    ticket: Ticket,
    *,
    by: User,
    channel: str,
    correction: Correction,
    system: System | None = None,
    text: str = "",
) -> Ticket:
    """Say that this correction is missing on the system, which is the ticket's own unless another
    is named: the ticket waits for the package that brings it, or for its import.

    The customer reads `text`, or in our words what it is, what brings it, and when. Raises Invalid
    without a system, and where it has or does not need the correction; Refused while the ticket
    waits for it already; WrongState once it is resolved.
    """
    ticket = steps.claim(ticket, "ticket.link_correction", by=by)
    if ticket.status in DONE:
        raise WrongState(Status(ticket.status), Status.WAITING_DELIVERY)
    place = system or ticket.system
    finding = Finding(Verdict.MISSING_CORRECTION, correction=correction, system=place)
    is_new = conclude(ticket, finding, by=by)
    if not is_new and ticket.is_awaiting:
        raise Refused(_("The ticket waits for this correction already."))
    found = outlook.of(ticket, correction)
    if found.way in (Way.SOLVED, Way.NEEDLESS):
        raise Invalid(found.sentence, "correction")
    if ticket.status == Status.NEW:
        put_in_charge(ticket, by)
        steps.trace(ticket, Kind.TAKEN, by=by)
    message = steps.say(ticket, by=by, text=text.strip() or _words(ticket, found), channel=channel)
    steps.change(ticket, unanswered_since=None)
    await_package(ticket, correction, by=by, message=message.pk)
    return ticket


def _words(ticket: Ticket, found: Outlook) -> str:
    """In the language of whom it is for; of what is not released yet, customers hear no details."""
    correction, package = ticket.remedy, found.package
    with translation.override((ticket.caller or ticket.opened_by).language):
        known = _("The cause is a fault of the product that is known.")
        if correction and correction.released_at:
            facts = {"correction": correction, "symptom": correction.symptom}
            known = _("The cause is known: correction %(correction)s, “%(symptom)s”.") % facts
        return f"{known} {_what_brings_it(found.way, package)}"


def _what_brings_it(way: Way, package: Package | None) -> str:
    if way is Way.IMPORT:
        words = _("%(package)s contains it. You have been given it; please import it.")
        return words % {"package": package}
    if package and package.planned_on and not package.released_at:
        day = date_format(package.planned_on, "SHORT_DATE_FORMAT")
        words = _("You get the correction with %(package)s, planned for %(day)s.")
        return words % {"package": package, "day": day}
    if package and package.released_at:
        words = _("%(package)s contains it. It is released, and you are given it next.")
        return words % {"package": package}
    return _("You get the correction with one of the next support packages.")


@transaction.atomic
def unlink_correction(ticket: Ticket, *, by: User, reason: str) -> Ticket:
    """It was another correction, or another cause: back into work. The customer reads the reason.

    Raises Refused where none is linked, WrongState once it is resolved.
    """
    ticket = steps.claim(ticket, "ticket.link_correction", by=by)
    if ticket.status in DONE:
        raise WrongState(Status(ticket.status), Status.OPEN)
    if not reason.strip():
        raise Invalid.blank("reason")
    former = ticket.diagnosis
    if former is None or former.correction is None:
        raise Refused(_("No correction is linked."))
    settle(former, ticket, -1, by=by)
    if ticket.is_awaiting:
        steps.move(ticket, Status.OPEN, diagnosis=None)
    else:
        steps.change(ticket, diagnosis=None)
    steps.trace(ticket, Kind.UNLINKED, by=by, reason=reason.strip())
    wind(ticket)
    return ticket
