"""What the cause was: given with its follow-up, given anew when it proves wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from releases.actions import back_wish, drop_backing, note_interest, put_wish
from releases.models import Correction, System, Wish
from supportdesk.accounts.models import User
from supportdesk.errors import Invalid, Refused, WrongState
from tickets.actions import steps
from tickets.actions.clockwork import wind
from tickets.actions.defect import Fault, hand_over, report_defect, take_back
from tickets.models import DONE, Defect, Diagnosis, HistoryEntry, Status, Ticket, Verdict
from tickets.models.diagnosis import DEMANDS
from training.actions import count_cause
from training.models import Topic

ASKED = {
    "defect": gettext_lazy("Please choose a defect, or report a new one."),
    "topic": gettext_lazy("Please choose the topic people should be trained on."),
    "correction": gettext_lazy("Please name the correction that is missing."),
    "system": gettext_lazy("Please choose the system it is missing on."),
    "wish": gettext_lazy("Please choose a wish, or put a new one."),
    "difference": gettext_lazy("Please say which setting differs, and from what."),
    "differs_since": gettext_lazy("Please say since when it differs."),
}


@dataclass(frozen=True)
class NewWish:
    """One that nobody has put yet."""

    title: str
    text: str


@dataclass(frozen=True)
class Finding:
    """A verdict and its follow-up, as every door hands it over."""

    verdict: str
    note: str = ""
    defect: Defect | Fault | None = None  # one that is known, or one to be reported
    topic: Topic | None = None
    correction: Correction | None = None
    system: System | None = None
    wish: Wish | NewWish | None = None
    difference: str = ""
    differs_since: date | None = None

    def asked_for(self) -> dict[str, Any]:
        """The follow-up this verdict demands. Raises Invalid for what is missing."""
        if self.verdict not in Verdict.values:
            raise Invalid(_("Please say what the cause was."), "verdict")
        facts = {name: getattr(self, name) for name in DEMANDS[Verdict(self.verdict)]}
        for name, value in facts.items():
            if not (value.strip() if isinstance(value, str) else value):
                raise Invalid(str(ASKED[name]), name)
        if self.differs_since and self.differs_since > timezone.localdate():
            raise Invalid(_("This day is still to come."), "differs_since")
        return facts


@transaction.atomic
def diagnose(ticket: Ticket, *, by: User, finding: Finding) -> Ticket:
    """Say what the cause was.

    A software defect hands the ticket over to development, any other verdict takes it back from
    there. Said anew, the former verdict is history and counts no more.

    Raises Invalid where the follow-up is missing, WrongState for a closed ticket, Refused for the
    verdict that holds already.
    """
    if isinstance(finding.defect, Defect):  # before the ticket, as the verbs of defects lock
        rows = Defect.objects.visible_to(by).select_for_update(no_key=True)
        finding = replace(finding, defect=rows.get(pk=finding.defect.pk))
    ticket = steps.claim(ticket, "ticket.diagnose", by=by)
    if ticket.status == Status.CLOSED:
        raise WrongState(Status.CLOSED, Status.OPEN)
    if not conclude(ticket, finding, by=by):
        raise Refused(_("This verdict holds already."))
    assert ticket.diagnosis
    if ticket.status == Status.RESOLVED:
        return ticket
    if ticket.diagnosis.defect:
        hand_over(ticket, ticket.diagnosis.defect, by=by)
    else:
        take_back(ticket, by=by)
    return ticket


@transaction.atomic
def withdraw_verdict(ticket: Ticket, *, by: User, reason: str) -> Ticket:
    """Take the verdict back without another one: nobody knows the cause after all.

    What counted by it counts no more (the topic's figures, the interest in a correction, the voice
    for a wish), and development is not waited for. What was reported, put or informed stays.
    Raises WrongState once it is resolved, which demands a verdict; Refused where none holds.
    """
    ticket = steps.claim(ticket, "ticket.diagnose", by=by)
    if ticket.status in DONE:
        raise WrongState(Status(ticket.status), Status.OPEN)
    former = ticket.diagnosis
    if former is None:
        raise Refused(_("No cause is given that could be withdrawn."))
    if not reason.strip():
        raise Invalid.blank("reason")
    steps.change(ticket, diagnosis=None)
    settle(former, ticket, -1, by=by)
    facts = {"verdict": former.verdict, "diagnosis": former.pk}
    steps.trace(ticket, HistoryEntry.Kind.RETRACTED, by=by, public=False, reason=reason, **facts)
    take_back(ticket, by=by)
    wind(ticket)  # it may be old enough by now to come before a lead
    return ticket


def conclude(ticket: Ticket, finding: Finding, *, by: User) -> bool:
    """Give the verdict, inside a verb that holds the ticket; False where it holds already."""
    facts = {"verdict": finding.verdict, "note": finding.note.strip(), **finding.asked_for()}
    _bring_about(ticket, facts, by=by)
    former = ticket.diagnosis
    if former and all(getattr(former, name) == value for name, value in facts.items()):
        return False
    row = ticket.diagnoses.create(by=by, **facts)
    steps.change(ticket, diagnosis=row)
    settle(former, ticket, -1, by=by)
    settle(row, ticket, +1, by=by)
    label = str(Verdict(row.verdict).value)
    steps.trace(ticket, HistoryEntry.Kind.DIAGNOSED, by=by, public=False, verdict=label)
    return True


def _bring_about(ticket: Ticket, facts: dict[str, Any], *, by: User) -> None:
    """What is new is reported or put first, for the module of the ticket."""
    fault, wish, system = facts.get("defect"), facts.get("wish"), facts.get("system")
    if isinstance(fault, Fault):
        facts["defect"] = report_defect(ticket.module, by=by, fault=fault)
    if isinstance(wish, NewWish):
        facts["wish"] = put_wish(ticket.module, by=by, title=wish.title, text=wish.text)
    if system and system.organisation_id != ticket.organisation_id:
        raise Invalid(_("This system belongs to somebody else."), "system")


def settle(diagnosis: Diagnosis | None, ticket: Ticket, change: int, *, by: User) -> None:
    """Tell the rooms below what a verdict means for them, or (-1) means no more. Inside a verb."""
    if diagnosis is None:
        return
    owner, number = ticket.organisation, ticket.number
    if diagnosis.topic:
        on, cause = timezone.localdate(diagnosis.at), diagnosis.verdict
        count_cause(diagnosis.topic, owner, cause=cause, on=on, change=change)
    if diagnosis.remedy:
        note_interest(diagnosis.remedy, owner, number, open=change > 0)
    if diagnosis.wish and change > 0:
        back_wish(diagnosis.wish, owner, by=by, number=number)
    elif diagnosis.wish:
        drop_backing(diagnosis.wish, by=by, number=number)
