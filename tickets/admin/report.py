"""Figures about tickets: how well routing guesses, when tickets come. Per team, not per person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts import access
from supportdesk.accounts.models import Team
from supportdesk.web.office import colleague
from tickets import accuracy, arrivals
from tickets.figures import heat
from tickets.models import Ticket

if TYPE_CHECKING:
    from tickets.admin.ticket import TicketAdmin

WEEKS = [4, 13, 52]
BAR, FULL_BAR = 26, 400  # a month's row, and the length of 100 %


class PeriodForm(forms.Form):
    team = forms.ModelChoiceField(
        Team.objects, label=_("Team"), required=False, empty_label=_("all teams")
    )
    weeks = forms.TypedChoiceField(label=_("Period"), coerce=int, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weeks"].choices = [  # type: ignore[attr-defined]
            (n, gettext("last %(n)d weeks") % {"n": n}) for n in WEEKS
        ]
        for field in self.fields.values():
            field.widget.attrs["class"] = "sd-input sd-auto"


@dataclass(frozen=True)
class Bar:
    """A month's share that stayed with the first person, as a bar."""

    row: int
    month: accuracy.Accuracy

    @property
    def y(self) -> int:
        return self.row * BAR

    @property
    def baseline(self) -> int:
        return self.y + 16

    @property
    def width(self) -> int:
        return FULL_BAR * self.month.share // 100


def page(office: TicketAdmin, request: HttpRequest) -> HttpResponse:
    if not access.may(colleague(request), "report.view"):
        raise PermissionDenied
    form = PeriodForm(request.GET or {"weeks": WEEKS[0]})
    form.is_valid()
    weeks = form.cleaned_data.get("weeks") or WEEKS[0]
    team = form.cleaned_data.get("team")
    until = timezone.now()
    since = until - timedelta(weeks=weeks)
    return office.page(
        request,
        "admin/tickets/report.html",
        title=gettext("Routing and arrivals"),
        form=form,
        since=since,
        until=until,
        weeks=weeks,
        **_accuracy(since, until, team),
        **_arrivals(request, since, team),
    )


def _accuracy(since: datetime, until: datetime, team: Team | None) -> dict[str, Any]:
    overall = accuracy.of("all", since, until, team)
    months = accuracy.of("month", since, until, team)
    return {
        "overall": overall[0] if overall else None,
        "months": [Bar(row, month) for row, month in enumerate(months)],
        "chart_height": len(months) * BAR,
        "modules": accuracy.of("module", since, until, team),
    }


def _arrivals(request: HttpRequest, since: datetime, team: Team | None) -> dict[str, Any]:
    rows = Ticket.objects.visible_to(colleague(request)).filter(opened_at__gte=since)
    found = arrivals.of(rows.filter(team=team) if team else rows)
    return heat.shown(found)
