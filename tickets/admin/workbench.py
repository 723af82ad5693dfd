"""The workbench: everything about one ticket, and what one can do with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone

from releases.models import System
from supportdesk.accounts import access
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Mandate, User
from supportdesk.errors import Refused
from supportdesk.web.office import colleague
from tickets import clock_face, explained, timeline, why
from tickets.admin import undelivered, verbs, worklist
from tickets.admin.verbs import Offer, VerbForm
from tickets.models import (
    AccessRequest,
    Draft,
    FaultTicket,
    HistoryEntry,
    MajorFault,
    Priority,
    ReplyTemplate,
    Ticket,
)
from training.models import Course, Proposal


@dataclass(frozen=True)
class Attempt:
    """A verb that did not happen: what was typed, and why not."""

    name: str
    form: VerbForm
    refusal: Refused | None = None
    last_step: HistoryEntry | None = None


def context(request: HttpRequest, ticket: Ticket, attempt: Attempt | None = None) -> dict[str, Any]:
    user, now = colleague(request), timezone.now()
    saying = verbs.offers(verbs.SAYING, ticket, by=user, at=now)
    draft = Draft.objects.filter(author=user, ticket=ticket).first()
    return {
        "title": f"{ticket.number} {ticket.subject}",
        "ticket": ticket,
        "hands": clock_face.hands(ticket, now),
        "steps": timeline.of(ticket, reader=user),
        "doing": _with(attempt, verbs.offers(verbs.DOING, ticket, by=user, at=now)),
        "accesses": AccessRequest.objects.visible_to(user).filter(ticket=ticket).for_lists(),
        "raised": list(ticket.escalations.open().by_urgency()),
        "faults": _faults(ticket, user),
        "ways": verbs.ways(ticket, by=user, at=now),
        "saying": saying,
        "mode": _mode(request, saying, draft, attempt),
        "box": _box(draft, attempt),
        "finding": _finding(saying, attempt),
        "courses": _courses(ticket),
        "proposes": access.may(user, "ticket.propose_course"),
        "draft": draft,
        "templates": _templates(saying),
        "attempt": attempt,
        "list": request.GET.get("list", ""),
        "neighbours": worklist.neighbours(ticket, user, request.GET.get("list")),
        "impact": getattr(ticket, "impact", None),
        "customer": customer_card(ticket, user),
        "why": why.of(ticket),
        "undelivered": undelivered.of(ticket, user),
        "explained": explained.of(ticket, reader=user),
    }


def _faults(ticket: Ticket, user: User) -> list[tuple[MajorFault, bool]]:
    """Open major faults it is linked to, and those of its module that it may report, too."""
    link = FaultTicket.objects.filter(fault=OuterRef("pk"), ticket=ticket)
    rows = MajorFault.objects.visible_to(user).open().annotate(linked=Exists(link))
    found = rows.filter(Q(linked=True) | Q(modules=ticket.module_id)).distinct()
    may = access.may(user, "majorfault.link")
    return [(row, may and not row.linked) for row in found]


def _with(attempt: Attempt | None, offers: list[Offer]) -> list[Offer]:
    """The bound form takes the place of the empty one, so that nothing has to be typed again."""
    if attempt is None:
        return offers
    return [
        Offer(offer.verb, offer.why_not, attempt.form) if offer.name == attempt.name else offer
        for offer in offers
    ]


def _mode(
    request: HttpRequest, saying: list[Offer], draft: Draft | None, attempt: Attempt | None
) -> str:
    """Which tab of the reply box is open: typed in, asked for or drafted, else the first."""
    open_ones = [offer.name for offer in saying if not offer.why_not]
    wanted = [
        attempt.name if attempt else "",
        request.GET.get("mode", ""),
        draft.content.get("mode", "") if draft else "",
    ]
    return next((name for name in [*wanted, *open_ones] if name in open_ones), "")


def _box(draft: Draft | None, attempt: Attempt | None) -> VerbForm:
    if attempt and isinstance(attempt.form, verbs.Say):
        return attempt.form
    return verbs.Say(initial={"text": draft.content.get("text", "") if draft else ""})


def _finding(saying: list[Offer], attempt: Attempt | None) -> VerbForm | None:
    """What the reply box asks for besides the text where it resolves."""
    if attempt and isinstance(attempt.form, verbs.Resolve):
        return attempt.form
    resolving = (o for o in saying if isinstance(o.form, verbs.Resolve) and not o.why_not)
    return next((offer.form for offer in resolving), None)


def _templates(saying: list[Offer]) -> list[ReplyTemplate]:
    """For whoever may write to the customer now."""
    may = any(offer.name != "note" and not offer.why_not for offer in saying)
    return list(ReplyTemplate.objects.offered()) if may else []


def customer_card(ticket: Ticket, user: User) -> dict[str, Any]:
    """Whom to call, what they run, what else they wait for."""
    organisation = ticket.organisation
    unresolved = Ticket.objects.visible_to(user).filter(organisation=organisation).unresolved()
    people = User.objects.visible_to(user).active().filter(organisation=organisation)
    return {
        "organisation": organisation,
        "coordinators": people.holding(Role.COORDINATOR),
        "open": unresolved.aggregate(
            all=Count("pk"), gravest=Count("pk", filter=Q(priority=Priority.STANDSTILL))
        ),
        "systems": System.objects.visible_to(user)
        .filter(organisation=organisation)
        .running()
        .with_level(),
        "mandates": Mandate.objects.valid().filter(insurer=organisation).select_related("provider"),
    }


def _courses(ticket: Ticket) -> list[Any]:
    """On the topic of a handling error, each with whether it is proposed already."""
    found = ticket.diagnosis
    if found is None or found.topic_id is None:
        return []
    made = Proposal.objects.filter(course=OuterRef("pk"), ticket=ticket.number)
    rows = Course.objects.filter(topics=found.topic_id, is_active=True)
    return list(rows.annotate(is_proposed=Exists(made))[:3])
