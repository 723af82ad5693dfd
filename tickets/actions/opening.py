"""How a ticket begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.models import Module, System
from supportdesk.accounts import access
from supportdesk.accounts.models import Organisation, Service, User
from supportdesk.errors import Invalid
from tickets import alarm, impact, proposal
from tickets.actions import steps
from tickets.actions.attachments import attach
from tickets.actions.clockwork import begin, store
from tickets.impact import Answers
from tickets.models import QUESTIONS, HistoryEntry, Impact, Priority, Ticket

IMPACT: Any = Ticket._meta.get_field("impact")


@dataclass(frozen=True)
class Report:
    """What somebody reports: the facts of the form, as every door hands them over."""

    organisation: Organisation
    module: Module
    subject: str
    text: str
    customer_priority: Priority | int
    system: System | None = None
    caller: User | None = None
    external_number: str = ""
    message_id: str = ""
    job: str = ""
    run_at: datetime | None = None
    steps: str = ""
    already_checked: str = ""
    confidential: bool = False
    files: Sequence[UploadedFile] = ()
    submission: UUID | None = None
    production: str = ""
    payments: str = ""
    workaround: str = ""
    affected: str = ""
    deadline: str = ""
    contact_name: str = ""
    contact_phone: str = ""

    @property
    def answers(self) -> Answers:
        return Answers(**{name: getattr(self, name) for name in QUESTIONS})


@transaction.atomic
def open_ticket(report: Report, *, by: User, channel: str) -> Ticket:
    """Open a ticket for an organisation `by` may act for; it is routed moments later. A standstill
    that nobody would see calls whoever is on duty, in the same transaction.

    Staff open it for a caller. Raises NotAllowed, Organisation.DoesNotExist for a customer that
    `by` cannot act for, Invalid where module, system or caller do not belong together, or where
    a standstill names nobody to reach or does not say that there is no workaround. A submission
    that has opened a ticket already meets the constraint `one_ticket_per_submission`.
    """
    access.require(by, "ticket.open")
    _check(report, by)
    now = timezone.now()
    ticket = Ticket(
        organisation=report.organisation,
        opened_by=by,
        caller=report.caller,
        module=report.module,
        team=report.module.team,
        system=report.system,
        subject=" ".join(report.subject.split()),
        external_number=report.external_number.strip(),
        message_id=report.message_id.strip(),
        job=report.job.strip(),
        run_at=report.run_at,
        steps=report.steps,
        already_checked=report.already_checked,
        customer_priority=report.customer_priority,
        priority=report.customer_priority,
        confidential=report.confidential,
        submission=report.submission,
        opened_at=now,
        # One entered for a caller waits for an answer just as one they typed themselves.
        unanswered_since=now,
        changed_at=now,
    )
    readings = begin(ticket)
    ticket.save(force_insert=True)
    store(ticket, readings)
    _keep_the_impact(ticket, report, now)
    message = steps.say(ticket, by=by, text=report.text, channel=channel, at=now)
    attach(message, report.files, by=by)
    steps.trace(ticket, HistoryEntry.Kind.OPENED, by=by, message=message.pk)
    alarm.on_priority(ticket)
    return ticket


def _check(report: Report, by: User) -> None:
    if not by.is_vendor and report.organisation.pk != by.organisation_id:
        Organisation.objects.within_reach(by, Service.TICKETS).get(pk=report.organisation.pk)
    if not report.subject.strip():
        raise Invalid.blank("subject")
    if report.customer_priority not in Priority.values:
        raise Invalid(_("Choose one of the four priorities."), "customer_priority")
    if not report.module.is_active:
        raise Invalid(_("No tickets are opened for this module any more."), "module")
    if report.system and report.system.organisation_id != report.organisation.pk:
        raise Invalid(_("This system belongs to somebody else."), "system")
    if report.caller and report.caller.organisation_id != report.organisation.pk:
        raise Invalid(_("The caller does not belong to this organisation."), "caller")
    for field in impact.missing(
        report.customer_priority, report.answers, report.contact_name, report.contact_phone
    ):
        raise Invalid(str(proposal.MISSING[field]), field)


def _keep_the_impact(ticket: Ticket, report: Report, now: datetime) -> None:
    """Answers and contact as given, and what they proposed at this moment."""
    answers = report.answers
    contact = {
        "contact_name": report.contact_name.strip(),
        "contact_phone": report.contact_phone.strip(),
    }
    if not answers.given and not any(contact.values()):
        IMPACT.set_cached_value(ticket, None)  # known, so that nobody asks the database
        return
    found = proposal.of(answers, now, module=report.module, organisation=report.organisation)
    facts: dict[str, Any] = {**asdict(answers), **contact}
    if found:
        facts |= {
            "proposal": found.priority,
            "reasons": [reason.value for reason in found.reasons],
            "critical": list(found.critical),
        }
    Impact.objects.create(ticket=ticket, **facts)
