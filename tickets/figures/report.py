"""All reports of one reader over one period: the office's and a coordinator's are the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import Team, User
from supportdesk.web import sheets
from supportdesk.web.fields import DayInput
from supportdesk.web.forms import DeskForm
from tickets import arrivals
from tickets.arrivals import Arrivals
from tickets.figures import age, causes, content, corrections, escalated, hours, kept, period
from tickets.figures.period import Period
from tickets.figures.tables import Table, as_csv
from tickets.models import Escalation, Prevented, Rating, Ticket
from tickets.models.ticket import TicketQuerySet

NAMES = {
    "month": _("this month"),
    "last_month": _("last month"),
    "quarter": _("this quarter"),
    "year": _("this year"),
    "custom": _("from – to"),
}


class PeriodForm(DeskForm):
    period = forms.ChoiceField(label=_("Period"), choices=[(k, NAMES[k]) for k in period.KINDS])
    first = forms.DateField(label=_("First day"), required=False, widget=DayInput())
    last = forms.DateField(label=_("Last day"), required=False, widget=DayInput())
    team = forms.ModelChoiceField(
        Team.objects, label=_("Team"), required=False, empty_label=_("all teams")
    )

    def __init__(self, reader: User, given: Mapping[str, Any]) -> None:
        super().__init__(given if "period" in given else {"period": "quarter", **given})
        if not reader.is_vendor:  # which team of ours it was is no customer's affair
            del self.fields["team"]
        for field in self.fields.values():
            field.widget.attrs["class"] = "sd-input sd-auto"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        days = given.get("first"), given.get("last")
        if given.get("period") == "custom" and not all(days) and not self.errors:
            self.add_error("first", _("Please give the first and the last day."))
        return given

    def chosen(self) -> Period:
        given: dict[str, Any] = self.cleaned_data if self.is_valid() else {"period": "quarter"}
        today, first = timezone.localdate(), given.get("first")
        return period.of(given["period"], today, first, given.get("last"))

    def chosen_team(self) -> Team | None:
        return self.cleaned_data.get("team") if self.is_valid() else None


def arrived(reader: User, over: Period, team: Team | None = None) -> Arrivals:
    """When the tickets of the period came: one query."""
    since, until = _moments(over)
    return arrivals.of(_seen(reader, team).filter(opened_at__gte=since, opened_at__lt=until))


def tables(reader: User, over: Period, came: Arrivals, team: Team | None = None) -> list[Table]:
    """Six queries, whatever the number of tickets, seven for the vendor; only of rows the reader
    sees. Of one team, those of its tickets, and of its modules what was spared.
    """
    since, until = _moments(over)
    seen = _seen(reader, team)
    rows = seen.filter(opened_at__gte=since, opened_at__lt=until)
    raised = Escalation.objects.visible_to(reader).filter(raised_at__gte=since, raised_at__lt=until)
    spared = Prevented.objects.visible_to(reader).filter(on__gte=over.since, on__lt=over.until)
    if team:
        raised = raised.filter(ticket__team=team)
        spared = spared.filter(correction__module__team=team)
    rated = Rating.objects.filter(ticket__in=seen, at__gte=since, at__lt=until)
    return [
        *kept.tables(kept.counted(rows), by_customer=reader.is_vendor),
        causes.table(causes.counted(rows)),
        hours.table(came),
        hours.by_weekday(came),
        age.table(age.counted(seen, timezone.now())),
        escalated.table(escalated.counted(raised)),
        content.table(content.counted(rated)),
        corrections.prevented_table(corrections.by_month(spared)),
        *(_of_the_vendor(rows) if reader.is_vendor else []),
    ]


def _seen(reader: User, team: Team | None) -> TicketQuerySet:
    rows = Ticket.objects.visible_to(reader)
    return rows.filter(team=team) if team else rows


def _moments(over: Period) -> tuple[datetime, datetime]:
    """From the first moment to before the second, local time."""
    since, until = (datetime.combine(day, time.min) for day in (over.since, over.until))
    return timezone.make_aware(since), timezone.make_aware(until)


def _of_the_vendor(rows: TicketQuerySet) -> list[Table]:
    """What customers do not read: symptoms of corrections that are not released may be in it."""
    return [corrections.missed_table(corrections.missed(rows))]


def download(found: list[Table], slug: str, over: Period) -> HttpResponse | None:
    """One table as a file; None where there is none of that name."""
    table = next((one for one in found if one.slug == slug), None)
    if table is None:
        return None
    return sheets.download(f"{table.slug}-{over.since}-{over.last}", as_csv(table))
