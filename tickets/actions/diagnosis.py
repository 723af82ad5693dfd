"""What the cause was: given with its follow-up, given anew when it proves wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supportdesk.accounts.models import User
from supportdesk.errors import Invalid, Refused, WrongState
from tickets.actions import steps
from tickets.actions.defect import Fault, hand_over, report_defect, take_back
from tickets.models import Defect, Diagnosis, HistoryEntry, Status, Ticket, Verdict
from tickets.models.diagnosis import DEMANDS
from training.actions import count_cause
from training.models import Topic

ASKED = {
    "defect": gettext_lazy("Please choose a defect, or report a new one."),
    "topic": gettext_lazy("Please choose the topic people should be trained on."),
    "difference": gettext_lazy("Please say which setting differs, and from what."),
    "differs_since": gettext_lazy("Please say since when it differs."),
}


@dataclass(frozen=True)
class Finding:
    """A verdict and its follow-up, as every door hands it over."""

    verdict: str
    note: str = ""
    defect: Defect | Fault | None = None  # one that is known, or one to be reported
    topic: Topic | None = None
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


def conclude(ticket: Ticket, finding: Finding, *, by: User) -> bool:
    """Give the verdict, inside a verb that holds the ticket; False where it holds already."""
    facts = {"verdict": finding.verdict, "note": finding.note.strip(), **finding.asked_for()}
    if isinstance(finding.defect, Fault) and "defect" in facts:
        facts["defect"] = report_defect(ticket.module, by=by, fault=finding.defect)
    former = ticket.diagnosis
    if former and all(getattr(former, name) == value for name, value in facts.items()):
        return False
    row = ticket.diagnoses.create(by=by, **facts)
    steps.change(ticket, diagnosis=row)
    _count(former, ticket, -1)
    _count(row, ticket, +1)
    label = str(Verdict(row.verdict).value)
    steps.trace(ticket, HistoryEntry.Kind.DIAGNOSED, by=by, public=False, verdict=label)
    return True


def _count(diagnosis: Diagnosis | None, ticket: Ticket, change: int) -> None:
    """Training counts by topic; verdicts without one teach nobody anything."""
    if diagnosis and diagnosis.topic:
        on = timezone.localdate(diagnosis.at)
        cause = diagnosis.verdict
        count_cause(diagnosis.topic, ticket.organisation, cause=cause, on=on, change=change)
