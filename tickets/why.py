"""Why routing gave a ticket to somebody, or found nobody: the stored decision in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supportdesk.accounts.models import User
from tickets import routing
from tickets.models import RoutingDecision, Ticket

SHOWN = 3  # the best and those they were measured against
PARTS = {
    "competence": gettext_lazy("Knows the module"),
    "load": gettext_lazy("Open tickets, weighed"),
    "continuity": gettext_lazy("Knows customer or case"),
    "waited": gettext_lazy("Waited longest"),
}
REASONS = {
    routing.NOBODY_COMPETENT: gettext_lazy("Nobody has a competence for this module."),
    routing.EVERYBODY_ABSENT: gettext_lazy(
        "Everybody who knows this module is away, and so are their deputies."
    ),
    routing.NOBODY_ELSE: gettext_lazy(
        "Those who know this module are away, or let this customer wait in silence."
    ),
    routing.OUT_OF_HOURS: gettext_lazy(
        "A standstill outside working hours is for the lead, not for a morning's list."
    ),
}


@dataclass(frozen=True)
class Why:
    at: datetime
    rule_version: int
    reason: str  # in words, when nobody was found
    people: list[str]  # the best first
    parts: list[tuple[str, list[float]]]  # what the points are for, and each person's
    totals: list[float]
    away: list[str]
    silent: list[str]  # they had it, and it was taken away from them
    standing_in: list[tuple[str, str]]  # deputy and absent colleague
    further: int  # candidates behind those shown


def of(ticket: Ticket) -> Why | None:
    """The latest decision, in two queries; None before the first. Why somebody is away stays
    between them and their lead: colleagues read that they are.
    """
    decision = ticket.routing_decisions.first()
    return _told(decision) if decision else None


def _told(decision: RoutingDecision) -> Why:
    scores, excluded = decision.decision["scores"], decision.decision["excluded"]
    names = _names(scores, excluded)
    shown = scores[:SHOWN]
    return Why(
        at=decision.at,
        rule_version=decision.rule_version,
        reason=str(REASONS[decision.reason]) if decision.reason else "",
        people=[names[score["person"]] for score in shown],
        parts=[(str(label), [score[part] for score in shown]) for part, label in PARTS.items()],
        totals=[score["total"] for score in shown],
        away=[names[person] for person, code in excluded if code != routing.SILENT],
        silent=[names[person] for person, code in excluded if code == routing.SILENT],
        standing_in=[
            (names[score["person"]], names[score["stands_in_for"]])
            for score in shown
            if score["stands_in_for"]
        ],
        further=len(scores) - len(shown),
    )


def _names(scores: list[dict[str, Any]], excluded: list[list[Any]]) -> dict[int, str]:
    """Everybody the decision names; an account that is gone is still somebody."""
    people = {score["person"] for score in scores} | {person for person, _code in excluded}
    people |= {score["stands_in_for"] for score in scores if score["stands_in_for"]}
    known = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
    return {person: known.get(person, _("somebody who left")) for person in people}
