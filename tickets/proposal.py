"""The proposed priority in words, and what a standstill still needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from releases.models import Module
from supportdesk.accounts.models import Organisation
from tickets import critical, impact
from tickets.impact import Answers, Reason
from tickets.models import Impact, Priority

WORDS = {
    Reason.PRODUCTION_STANDS: _("Production stands still: at least priority 2."),
    Reason.PAYMENTS_WRONG: _("Payments are wrong: at least priority 2, however few they are."),
    Reason.PAYMENTS_LATE: _("Payments are late: at least priority 2."),
    Reason.NO_WAY_AROUND: _("Nothing helps meanwhile: that makes it priority 1."),
    Reason.EFFORT: _("There is no workaround, or one with a lot of effort."),
    Reason.PARTLY: _("Production is disturbed in part."),
    Reason.MANY: _("Many cases are affected."),
    Reason.BEARABLE: _("A bearable workaround makes it priority 3."),
    Reason.UNDISTURBED: _("Work goes on undisturbed: that is priority 4."),
    Reason.DEADLINE: _("A deadline is near: up to one step higher, but not a standstill."),
    Reason.CRITICAL_DAY: _("This is a critical day: up to one step higher, but not a standstill."),
}
MISSING = {
    "workaround": _(
        "A standstill is a fault that nothing helps against. Please confirm that there is no "
        "workaround, or choose another priority."
    ),
    "contact_name": _("For a standstill we need somebody we can reach at once: please name them."),
    "contact_phone": _("For a standstill we need a phone number under which they can be reached."),
}


@dataclass(frozen=True)
class Told:
    """A proposal as a reader sees it."""

    priority: Priority
    reasons: list[Any]
    critical: list[str]


def of(
    answers: Answers, at: datetime, *, module: Module | None, organisation: Organisation | None
) -> impact.Proposal | None:
    """What these answers propose for this module and customer at this instant."""
    return impact.propose(answers, critical.names(at, module=module, organisation=organisation))


def told(found: impact.Proposal | None) -> Told | None:
    if found is None:
        return None
    return Told(
        Priority(found.priority), [WORDS[one] for one in found.reasons], list(found.critical)
    )


def stored(row: Impact | None) -> Told | None:
    """As it was when the ticket was opened."""
    if row is None or row.proposal is None:
        return None
    words = [WORDS[Reason(one)] for one in row.reasons]
    return Told(Priority(row.proposal), words, row.critical)
