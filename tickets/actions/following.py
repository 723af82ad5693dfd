"""A ticket that waits for a correction follows it: planned, delivered, imported, withdrawn."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from releases.models import Status as PackageStatus
from supportdesk.accounts.models import User
from tickets import outlook, remedy
from tickets.actions import steps
from tickets.actions.clockwork import wind
from tickets.actions.closing import resolve
from tickets.actions.waiting import back_to_us, end_of, hand_to_customer
from tickets.models import HistoryEntry, Message, Status, Ticket
from tickets.outlook import Outlook
from tickets.remedy import Step

Kind = HistoryEntry.Kind


@transaction.atomic
def follow_correction(ticket: Ticket, *, by: User) -> Ticket:
    """Bring a waiting ticket to where its correction has come.

    Safe to repeat: it looks at what is now, and tells of nothing but a change.
    """
    ticket = steps.claim(ticket, "ticket.follow_correction", by=by)
    correction = ticket.remedy
    if ticket.status == Status.RESOLVED:
        _tell_of_withdrawal(ticket, by=by)
    elif correction and ticket.is_awaiting:
        found = outlook.of(ticket, correction)
        step = remedy.step(found.way, had_package=ticket.package_id is not None)
        FOLLOW[step](ticket, found, by)
    return ticket


def _await(ticket: Ticket, found: Outlook, by: User) -> None:
    """Another package or another day is told; which package brings it on that day is only kept."""
    package = found.package
    assert package
    before = ticket.promised_at and timezone.localtime(ticket.promised_at).date()
    planned = package.planned_on or _by_defect(ticket)
    on = remedy.promised(planned, before, timezone.localdate())
    same_day, waits = on == before, ticket.status == Status.WAITING_DELIVERY
    if waits and same_day and ticket.package_id == package.pk:
        return
    tells = not (waits and same_day and ticket.package_id is None)
    if not waits:
        back_to_us(ticket, by=by)
        steps.move(ticket, Status.WAITING_DELIVERY)
    steps.change(ticket, package=package, promised_at=end_of(on))
    if tells:
        steps.trace(ticket, Kind.PROMISED, by=by)
    wind(ticket)


def _import(ticket: Ticket, found: Outlook, by: User) -> None:
    package = found.package
    assert package
    if ticket.status == Status.WAITING_DELIVERY or ticket.package_id != package.pk:
        hand_to_customer(ticket, package, by=by)


def _resolve(ticket: Ticket, found: Outlook, by: User) -> None:
    steps.change(ticket, package=ticket.package or found.package)
    resolve(ticket, by=by, answer=_solution(ticket, found), channel=Message.Channel.DESK)


def _give_back(ticket: Ticket, _found: Outlook, by: User) -> None:
    steps.move(ticket, Status.OPEN)
    steps.trace(ticket, Kind.RECALLED, by=by)
    wind(ticket)


FOLLOW = {
    Step.STAY: lambda _ticket, _found, _by: None,
    Step.AWAIT: _await,
    Step.IMPORT: _import,
    Step.RESOLVE: _resolve,
    Step.GIVE_BACK: _give_back,
}


def _tell_of_withdrawal(ticket: Ticket, *, by: User) -> None:
    """What it was solved with is taken back: said once, and left to the customer to judge."""
    if ticket.package is None or ticket.package.status != PackageStatus.WITHDRAWN:
        return
    said = ticket.history.filter(kind=Kind.RECALLED, at__gte=ticket.resolved_at)
    if not said.exists():
        steps.trace(ticket, Kind.RECALLED, by=by)


def _solution(ticket: Ticket, found: Outlook) -> str:
    """In the language of whom it is for."""
    with translation.override((ticket.caller or ticket.opened_by).language):
        facts = {"system": found.system, "sentence": found.sentence}
        words = _("The correction runs on %(system)s. %(sentence)s Please confirm the solution.")
        return words % facts


def _by_defect(ticket: Ticket) -> date | None:
    """Where the package has no day, the one that development has named."""
    defect = ticket.diagnosis and ticket.diagnosis.defect
    return defect.promised_on if defect else None
