"""The levels a promise passes: configured in a list, with what would be told when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import Organisation, Team
from supportdesk.web.forms import DeskForm
from supportdesk.web.office import AuditedAdmin, Section, colleague
from supportdesk.worktime import calendars
from tickets import actions, clocks, levels, promises
from tickets.clocks import Kind, Moment, Terms
from tickets.levels import Passing
from tickets.models import AgeLimit, Agreement, ClockReading, EscalationLevel, Priority

EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=UTC) for year in (2000, 2100))
NOT_SAID = {"required": _("Please choose one.")}


class SampleForm(DeskForm):
    """A ticket that nobody has opened: its customer writes once, and we are silent."""

    priority = forms.TypedChoiceField(label=_("Priority"), coerce=int, choices=Priority.choices)
    team = forms.ModelChoiceField(
        Team.objects, label=_("Team"), empty_label=None, error_messages=NOT_SAID
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects,
        label=_("Customer"),
        required=False,
        empty_label=_("one without a service agreement"),
    )
    opened_at = forms.DateTimeField(
        label=_("Opened"),
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
    )


@admin.register(EscalationLevel)
class EscalationLevelAdmin(AuditedAdmin):
    section = Section.TEAMS
    list_display = ["priority", "clock", "share", "level", "takes_away"]
    list_display_links = ["share"]
    list_filter = ["priority", "clock", "takes_away"]

    def get_urls(self) -> list[Any]:
        sample = path(
            "sample/",
            self.admin_site.admin_view(self.sample),
            name="tickets_escalationlevel_sample",
        )
        return [sample, *super().get_urls()]

    def sample(self, request: HttpRequest) -> HttpResponse:
        """What would be told when, by the rule that tells it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.localtime().replace(second=0, microsecond=0, tzinfo=None)
        first = {"priority": Priority.SEVERE, "team": Team.objects.first(), "opened_at": now}
        form = SampleForm(request.GET) if request.GET else SampleForm(initial=first)
        given = form.cleaned_data if form.is_bound and form.is_valid() else {}
        return self.page(
            request,
            "admin/tickets/levels_sample.html",
            title=_("What would be told when"),
            form=form,
            rows=_sample(**given) if given else None,
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        actions.look_again(by=colleague(request))


@admin.register(AgeLimit)
class AgeLimitAdmin(AuditedAdmin):
    section = Section.TEAMS
    list_display = ["priority", "days", "level"]
    list_display_links = ["days"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        actions.look_again(by=colleague(request))


@dataclass(frozen=True)
class Told:
    """One line of the sample."""

    at: datetime
    why: Any
    of_its_time: str
    level: int
    takes_away: bool = False


def _sample(
    priority: int, team: Team, organisation: Organisation | None, opened_at: datetime
) -> list[Told]:
    """The notices of all clocks and of the ticket's age, the earliest first."""
    terms = _terms(priority, team, organisation, timezone.localdate(opened_at))
    rows = [_told(passing) for passing in _passings(priority, terms, opened_at)]
    for limit in AgeLimit.objects.filter(priority=priority):
        at, age = limit.reached_at(opened_at), _("%(n)d days") % {"n": limit.days}
        rows.append(Told(at, _("Its age, without a verdict"), age, limit.level))
    return sorted(rows, key=lambda row: row.at)


def _terms(priority: int, team: Team, organisation: Organisation | None, day: date) -> Terms:
    """By the customer's agreement of that day, if one holds then."""
    agreements = Agreement.objects.filter(organisation=organisation).on(day)
    agreement = agreements.select_related("calendar").prefetch_related("lines").first()
    pledges = agreement.pledges() if agreement else {}
    hours = (agreement and agreement.calendar) or team.calendar
    return promises.terms(priority, calendars.of(hours), pledges.get(priority))


def _passings(priority: int, terms: Terms, opened_at: datetime) -> list[Passing]:
    moments = [Moment(opened_at, Kind.OPENED_BY_CUSTOMER)]
    rows = EscalationLevel.objects.filter(priority=priority)
    return levels.passings(clocks.read(moments, terms), [row.threshold for row in rows])


def _told(passing: Passing) -> Told:
    threshold = passing.threshold
    label = ClockReading.Clock(threshold.clock.value).label
    share = f"{threshold.share} %"
    return Told(passing.at, label, share, threshold.level, threshold.takes_away)
