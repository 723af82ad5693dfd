"""The tickets' part of the start page: what waits, in figures that lead to their tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.web.office import colleague
from tickets.admin import worklist
from tickets.admin.worklist import WorkList
from tickets.models import Ticket, Turn

SHOWN = 12
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Figure:
    label: str
    count: int
    beside: str  # what the number is held against
    query: str = ""  # the list that shows these tickets
    hot: bool = False


def panel(request: HttpRequest, address: str) -> str:
    user = colleague(request)
    work_list = worklist.chosen(user, None)
    rows = work_list.of(user).for_lists().filter(turn__lte=Turn.OURS)
    return render_to_string(
        "admin/tickets/_start.html",
        {
            "work_list": work_list,
            "tickets": rows[:SHOWN],
            "figures": [*_turns(work_list, user), *_desk(user)],
            "url": address,
        },
        request,
    )


def _turns(work_list: WorkList, user: User) -> list[Figure]:
    """How the reader's own list divides by whose move it is."""
    if work_list.name == "unrouted":
        return []
    by_turn: dict[str, Any] = {
        turn.name: Count("pk", filter=Q(turn=turn)) for turn in Turn if turn != Turn.NOBODY
    }
    counts = work_list.of(user).order_by().aggregate(**by_turn)
    return [
        Figure(
            label=str(Turn[name].label),
            count=count,
            beside=str(work_list.label),
            query=f"list={work_list.name}&turn={Turn[name].value}",
        )
        for name, count in counts.items()
    ]


def _desk(user: User) -> list[Figure]:
    unrouted = worklist.LISTS["unrouted"].of(user).count()
    figures = [
        Figure(_("Nobody found"), unrouted, _("all teams"), "list=unrouted", hot=bool(unrouted))
    ]
    if access.may(user, "report.view"):
        figures.append(_arrived(user))
    return figures


def _arrived(user: User) -> Figure:
    now = timezone.now()
    rows = Ticket.objects.visible_to(user).filter(opened_at__gte=now - 2 * WEEK)
    found = rows.aggregate(
        now=Count("pk", filter=Q(opened_at__gte=now - WEEK)),
        before=Count("pk", filter=Q(opened_at__lt=now - WEEK)),
    )
    beside = _("in 7 days; %(n)d in the 7 before") % {"n": found["before"]}
    return Figure(_("Arrived"), found["now"], beside)
