"""What else happens when something happened to a ticket: routing, letters, scanning."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from oncall import actions as oncall
from oncall.models import Page
from releases import notes
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Organisation, User
from supportdesk.errors import Refused, WrongState
from supportdesk.messaging import about, hints, notices
from supportdesk.messaging.outbox import reacts_to
from supportdesk.worktime.models import Calendar
from tickets import (
    access_letters,  # noqa: F401 - reacts, too
    actions,
    alarm,
    fault_letters,  # noqa: F401 - reacts, too
    mail,
    package_news,  # noqa: F401 - reacts, too
    webhooks,
)
from tickets.mail import Letter
from tickets.models import (
    Attachment,
    Defect,
    Escalation,
    HistoryEntry,
    MajorFault,
    Message,
    Priority,
    Status,
    Ticket,
)

about.VISIBLE["tickets.ticket"] = Ticket.objects.visible_to


def _named_in_notes(reader: User, numbers: Collection[int]) -> set[int]:
    """Release notes are handed on: confidential tickets stand in none, whoever reads them."""
    rows = Ticket.objects.visible_to(reader).filter(confidential=False, number__in=numbers)
    return set(rows.values_list("number", flat=True))


notes.SHOWN.append(_named_in_notes)
about.HEARD["tickets.ticket"] = webhooks.heard_by
about.VISIBLE["tickets.defect"] = Defect.objects.visible_to
about.HEARD["tickets.defect"] = webhooks.defects_heard_by
about.HEARD["tickets.majorfault"] = webhooks.faults_heard_by
notices.EVENTS.update(
    {
        "ticket.opened": _("A ticket is opened for me"),
        "ticket.assigned": _("Somebody takes charge of my ticket, or I am put in charge"),
        "ticket.replied": _("An answer or a question on a ticket of mine"),
        "ticket.noted": _("An internal note on a ticket of mine"),
        "ticket.developed": _("A ticket of mine goes to development, or its correction comes on"),
        "ticket.resolved": _("A ticket of mine is resolved or confirmed"),
        "ticket.reopened": _("A ticket of mine is reopened"),
        "ticket.closed": _("A ticket of mine closes soon, or has closed"),
        "ticket.regraded": _("The priority of a ticket of mine changes, or somebody objects"),
        "ticket.unrouted": _("Nobody was found for a ticket of my team"),
        "ticket.escalated": _("A ticket of mine is escalated, or a lead decides on it"),
        "attachment.blocked": _("Malware was found in a file of mine"),
    }
)
about.PRESSING["tickets.ticket"] = lambda ticket: ticket.priority == Priority.STANDSTILL
about.PRESSING["tickets.accessrequest"] = lambda row: row.ticket.priority == Priority.STANDSTILL
notices.PRESSING.update({"ticket.escalated", "ticket.unrouted"})
notices.STAFF_ONLY.update({"ticket.noted", "ticket.unrouted"})


@reacts_to("ticket.taken_away", urgent=True)
def tell_all_sides_that_somebody_lost_it(ticket: int, by: int, step: int, **_more: Any) -> None:
    row, entry = _ticket(ticket), HistoryEntry.objects.get(pk=step)
    letter = Letter("taken_away", "ticket.assigned", row, _actor(by), step, step=entry)
    letter.to({*filter(None, [entry.assignee]), *mail.leads(row), *mail.customers(row)})


@reacts_to("ticket.opened", "ticket.handed_on", "ticket.taken_away", urgent=True)
def find_somebody(ticket: int, **_more: Any) -> None:
    """Unless somebody took it meanwhile, or it was handed on to a person."""
    row = Ticket.objects.to_route().filter(pk=ticket).first()
    if row is not None:
        with suppress(WrongState):
            actions.route(row, by=User.objects.desk())


@reacts_to("calendar.changed")
def read_the_clocks_of_a_calendar_again(calendar: int, **_more: Any) -> None:
    row = Calendar.objects.filter(pk=calendar).first()
    if row is not None:  # deleted: nobody worked by it
        actions.begin_recomputation(by=User.objects.desk(), calendar=row)


@reacts_to("critical.changed")
def read_the_clocks_on_critical_days_again(**_more: Any) -> None:
    actions.begin_recomputation(by=User.objects.desk())


@reacts_to("agreement.changed")
def read_the_clocks_of_a_customer_again(organisation: int, **_more: Any) -> None:
    row = Organisation.objects.get(pk=organisation)
    actions.begin_recomputation(by=User.objects.desk(), organisation=row)


@reacts_to("user.disabled", "user.granted")
def hand_on_what_they_had(person: int, **_more: Any) -> None:
    """Whoever is no specialist any more leaves no ticket behind: each is routed again."""
    left = User.objects.get(pk=person)
    if not left.is_vendor or (left.is_active and left.is_any(Role.AGENT, Role.LEAD)):
        return
    reason = gettext("%(name)s is not in charge of tickets any more.") % {"name": left}
    for ticket in Ticket.objects.unresolved().filter(assignee=left).select_related("team"):
        actions.hand_on(ticket, by=User.objects.desk(), team=ticket.team, reason=reason)


@reacts_to("ticket.opened")
def tell_whom_it_was_opened_for(ticket: int, by: int, message: int, **_more: Any) -> None:
    row, said = _ticket(ticket), Message.objects.get(pk=message)
    Letter("opened", "ticket.opened", row, _actor(by), "once", said).to(mail.owners(row))


@reacts_to("mail.answered")
def tell_the_writer_that_it_arrived(ticket: int, person: int, message: int) -> None:
    """Once per ticket, and not without end per address: another machine may be answering."""
    row, desk = _ticket(ticket), User.objects.desk()
    if not mail.was_answered_often(_actor(person)):
        letter = Letter(
            "received", "ticket.opened", row, desk, "once", Message.objects.get(pk=message)
        )
        letter.to([_actor(person)])


@reacts_to("ticket.routed", "ticket.assigned", "ticket.taken", "ticket.handed_on")
def tell_who_works_on_it(ticket: int, by: int, **_more: Any) -> None:
    """The specialist each time; the customer once, when work begins."""
    row, actor = _ticket(ticket), _actor(by)
    if row.assignee is None or row.status == Status.CLOSED:
        return  # nobody yet, or over before anybody was told
    Letter("assigned", "ticket.assigned", row, actor, row.assigned_at).to([row.assignee])
    Letter("in_work", "ticket.assigned", row, actor, "once").to(mail.owners(row))


@reacts_to("ticket.unrouted")
def tell_the_leads(ticket: int, by: int, **_more: Any) -> None:
    row = _ticket(ticket)
    if row.assignee is None:
        letter = Letter("unrouted", "ticket.unrouted", row, _actor(by), row.routed_at)
        letter.to(mail.leads(row))


@reacts_to("ticket.replied")
def tell_both_sides_of_an_answer(ticket: int, by: int, message: int, **_more: Any) -> None:
    row, said = _ticket(ticket), Message.objects.get(pk=message)
    letter = Letter("replied", "ticket.replied", row, _actor(by), message, said)
    letter.to([*mail.customers(row), *mail.in_charge(row)])


@reacts_to("ticket.waiting")
def tell_the_customer_of_a_question(ticket: int, by: int, message: int, **_more: Any) -> None:
    row, said = _ticket(ticket), Message.objects.get(pk=message)
    letter = Letter("waiting", "ticket.replied", row, _actor(by), message, said)
    letter.to(mail.customers(row))


@reacts_to(
    *("ticket.to_dev", "ticket.fixed", "ticket.returned"),
    *("ticket.delivered", "ticket.promised", "ticket.recalled", "ticket.unlinked"),
)
def tell_both_sides_where_it_is(ticket: int, by: int, step: int, **_more: Any) -> None:
    row, entry = _ticket(ticket), HistoryEntry.objects.get(pk=step)
    letter = Letter(entry.kind, "ticket.developed", row, _actor(by), step, step=entry)
    letter.to([*mail.customers(row), *mail.in_charge(row)])


@reacts_to("ticket.resolved")
def tell_the_customer_of_the_solution(ticket: int, by: int, message: int, **_more: Any) -> None:
    row, said = _ticket(ticket), Message.objects.get(pk=message)
    if row.status == Status.RESOLVED:  # moved on meanwhile: other letters say so
        letter = Letter("resolved", "ticket.resolved", row, _actor(by), message, said)
        letter.to(mail.customers(row))


@reacts_to("ticket.reopened")
def tell_both_sides_of_the_return(ticket: int, by: int, message: int, **_more: Any) -> None:
    row, said = _ticket(ticket), Message.objects.get(pk=message)
    letter = Letter("reopened", "ticket.reopened", row, _actor(by), message, said)
    letter.to([*mail.customers(row), *mail.in_charge(row)])


@reacts_to("ticket.noted")
def tell_the_specialist_of_a_note(ticket: int, by: int, message: int, **_more: Any) -> None:
    row = _ticket(ticket)
    Letter("noted", "ticket.noted", row, _actor(by), message).to(mail.in_charge(row))


@reacts_to("ticket.confirmed")
def tell_the_specialist_of_the_thanks(ticket: int, by: int, **_more: Any) -> None:
    row = _ticket(ticket)
    if row.status == Status.CLOSED:
        letter = Letter("confirmed", "ticket.resolved", row, _actor(by), row.closed_at)
        letter.to(mail.in_charge(row))


@reacts_to("ticket.confirmed")
def ask_how_content_they_are(ticket: int, **_more: Any) -> None:
    """Once per ticket, also where it was closed, reopened and closed again."""
    row, desk = _ticket(ticket), User.objects.desk()
    if row.status == Status.CLOSED:
        Letter("rate", "ticket.closed", row, desk, "once", asks=True).to(mail.owners(row))


@reacts_to("ticket.closing_announced")
def tell_the_customer_that_it_closes(ticket: int, by: int, **_more: Any) -> None:
    row = _ticket(ticket)
    if row.status == Status.RESOLVED:
        announced = row.closing_announced_at
        letter = Letter("closing_announced", "ticket.closed", row, _actor(by), announced)
        letter.to(mail.customers(row))


@reacts_to("ticket.closed")
def tell_the_customer_that_it_closed(ticket: int, by: int, **_more: Any) -> None:
    row = _ticket(ticket)
    if row.status == Status.CLOSED:
        letter = Letter("closed", "ticket.closed", row, _actor(by), row.closed_at, asks=True)
        letter.to(mail.customers(row))


@reacts_to("ticket.regraded")
def tell_both_sides_of_the_priority(ticket: int, by: int, step: int, **_more: Any) -> None:
    row, entry = _ticket(ticket), HistoryEntry.objects.get(pk=step)
    letter = Letter("regraded", "ticket.regraded", row, _actor(by), step, step=entry)
    letter.to([*mail.customers(row), *mail.in_charge(row)])


@reacts_to("ticket.objected")
def tell_the_leads_of_an_objection(ticket: int, by: int, step: int, **_more: Any) -> None:
    row, entry = _ticket(ticket), HistoryEntry.objects.get(pk=step)
    letter = Letter("objected", "ticket.regraded", row, _actor(by), step, step=entry)
    letter.to({*mail.leads(row), *mail.in_charge(row)})


@reacts_to("ticket.ruled")
def tell_everybody_of_the_decision(ticket: int, by: int, step: int, **_more: Any) -> None:
    row, entry = _ticket(ticket), HistoryEntry.objects.get(pk=step)
    letter = Letter("ruled", "ticket.regraded", row, _actor(by), step, step=entry)
    letter.to({row.objection.by, *mail.customers(row), *mail.in_charge(row)})


@reacts_to("ticket.escalated", urgent=True)
def tell_the_leads_of_an_escalation(ticket: int, by: int, step: int, **_more: Any) -> None:
    row, entry = _ticket(ticket), HistoryEntry.objects.get(pk=step)
    letter = Letter("escalated", "ticket.escalated", row, _actor(by), step, step=entry)
    letter.to({*mail.leads(row), *mail.in_charge(row), *mail.watchers(row)})


@reacts_to("ticket.decided")
def tell_all_sides_of_the_decision(
    ticket: int, by: int, step: int, escalation: int, **_more: Any
) -> None:
    """Whom it was told is kept with the escalation."""
    row, entry = _ticket(ticket), HistoryEntry.objects.get(pk=step)
    raised = Escalation.objects.get(pk=escalation)
    told = {*mail.in_charge(row), *raised.watchers.all()}
    if entry.public:
        told |= {raised.raised_by, *mail.customers(row)}
    letter = Letter("decided", "ticket.escalated", row, _actor(by), step, step=entry)
    letter.to(told)
    raised.told.set(told)


@reacts_to("ticket.withdrawn")
def tell_the_leads_that_it_is_taken_back(ticket: int, by: int, step: int, **_more: Any) -> None:
    row, entry = _ticket(ticket), HistoryEntry.objects.get(pk=step)
    letter = Letter("withdrawn", "ticket.escalated", row, _actor(by), step, step=entry)
    letter.to({*mail.leads(row), *mail.in_charge(row)})


@reacts_to("attachment.added")
def send_it_past_the_scanner(attachment: int, **_more: Any) -> None:
    hints.after_commit("tickets.tasks.scan_files")


@reacts_to("attachment.blocked")
def tell_the_uploader(attachment: int, **_more: Any) -> None:
    file = Attachment.objects.select_related("uploaded_by").get(pk=attachment)
    row, desk = _ticket(file.ticket_id), User.objects.desk()
    letter = Letter("blocked", "attachment.blocked", row, desk, file.pk, attachment=file)
    letter.to([file.uploaded_by])


@reacts_to("page.taken", urgent=True)
def put_whoever_took_the_page_in_charge(page: int, by: int) -> None:
    """Who may not, or already is, stays as they are: the page is theirs all the same."""
    row = _paged(page)
    if row is not None:
        with suppress(Refused, Ticket.DoesNotExist):
            actions.take(row, by=_actor(by))


@reacts_to("ticket.resolved", "ticket.closed")
def end_the_page_with_the_ticket(ticket: int, **_more: Any) -> None:
    row = Ticket.objects.get(pk=ticket)
    for page in Page.objects.open().filter(alarm.of(row)):
        with suppress(Refused):
            oncall.resolve(page, by=User.objects.desk())


def _paged(page: int) -> Ticket | None:
    """The ticket that called, if it was one."""
    row = Page.objects.filter(pk=page, about_type=Ticket._meta.label_lower).first()
    return Ticket.objects.filter(pk=row.about_id or 0).first() if row else None


def _telling(event: str) -> None:
    @reacts_to(event)
    def tell_their_systems(ticket: int, step: int = 0, message: int = 0, **_more: Any) -> None:
        if event in webhooks.THEIR_OWN and not HistoryEntry.objects.get(pk=step).public:
            return
        webhooks.tell(_ticket(ticket), event, step or message)


for _event in webhooks.TOLD:
    _telling(_event)


def _telling_of_faults(event: str) -> None:
    @reacts_to(event)
    def tell_the_systems_concerned(fault: int, update: int = 0, **_more: Any) -> None:
        webhooks.tell_of_fault(MajorFault.objects.get(pk=fault), event, update)


for _event in webhooks.OF_FAULTS:
    _telling_of_faults(_event)


def _telling_of_defects(event: str) -> None:
    @reacts_to(event)
    def tell_the_tracker(defect: int, comment: int = 0, **_more: Any) -> None:
        row, said = Defect.objects.get(pk=defect), {"comment": comment} if comment else {}
        webhooks.tell_of_defect(row, event, comment, **said)


for _event in webhooks.OF_DEFECTS:
    _telling_of_defects(_event)


def _ticket(number: int) -> Ticket:
    rows = Ticket.objects.select_related("assignee", "opened_by", "caller", "team", "organisation")
    return rows.get(pk=number)


def _actor(pk: int) -> User:
    return User.objects.get(pk=pk)
