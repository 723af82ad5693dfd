"""The roster as a calendar, and each person's own duties."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from oncall import actions, board, check, coverage, critical
from oncall.admin import charts
from oncall.admin.statement import StatementPage
from oncall.models import Change, Duty, Feed, Schedule
from oncall.spans import Span
from supportdesk.accounts import access
from supportdesk.web.fields import day_asked
from supportdesk.web.office import DeskAdmin, MenuLine, Section, colleague

SHOWN, SHOWN_HOLES = 50, 8
BEHIND, AHEAD = timedelta(days=30), timedelta(days=60)  # of the plan check: a quarter
VERBS: dict[str, tuple[Callable[..., Any], Any]] = {
    "offer": (actions.offer_swap, _("Offered. Your colleagues hear of it.")),
    "confirm": (actions.confirm_reachable, _("Noted: you are reachable.")),
}


class DutyAdmin(StatementPage, DeskAdmin):
    """Nothing is edited here: rotations and changes make the duties."""

    section = Section.ON_CALL

    def menu(self, request: HttpRequest) -> list[MenuLine]:
        if not self.has_view_permission(request):
            return []
        lines = [MenuLine(_("Roster"), self.url(), self.section)]
        if access.may(colleague(request), "duty.confirm"):
            lines.append(MenuLine(_("My duties"), self.url("mine"), self.section))
            lines.append(MenuLine(_("Monthly statement"), self.url("statement"), self.section))
        if access.may(colleague(request), "roster.plan"):
            lines.append(MenuLine(_("Plan check"), self.url("check"), self.section))
        return lines

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own = [
            path(
                f"<int:pk>/{verb}/",
                view(require_POST(partial(self.act, verb=verb))),
                name=f"oncall_duty_{verb}",
            )
            for verb in VERBS
        ]
        return [
            path("check/", view(self.plan_check), name="oncall_duty_check"),
            path("mine/", view(self.mine), name="oncall_duty_mine"),
            path("statement/", view(self.statement), name="oncall_duty_statement"),
            path("mine/feed/", view(require_POST(self.feed)), name="oncall_duty_feed"),
            *own,
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        schedules = Schedule.objects.visible_to(colleague(request))
        asked = request.GET.get("schedule", "")
        rows = schedules.select_related("team__calendar")
        known = list(rows.prefetch_related("rotations__members"))
        shown = [one for one in known if str(one.pk) == asked] or known
        by_week = request.GET.get("view") == "week"
        first, last = _days(request.GET.get("day", ""), by_week=by_week)
        return self.page(
            request,
            "admin/oncall/roster.html",
            title=gettext("Roster"),
            weeks=board.read(shown, first, last, critical.by_day(_periods(first, last))),
            holes=coverage.holes(timezone.now()),
            weekdays=WEEKDAYS.values(),
            schedules=known,
            shown=shown,
            asked=asked,
            by_week=by_week,
            first=first,
            last=last,
            before=first - timedelta(days=1),
            after=last + timedelta(days=1),
            plans=access.may(colleague(request), "roster.plan"),
        )

    def panel(self, request: HttpRequest) -> str | None:
        if not access.may(colleague(request), "roster.plan"):
            return None
        found = coverage.holes(timezone.now())
        context = {"holes": found[:SHOWN_HOLES], "count": len(found), "url": self.url()}
        return render_to_string("admin/oncall/_holes.html", context, request) if found else None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        duty = self.get_object(request, object_id)
        if duty is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        day = timezone.localtime(duty.span.start).date()
        return HttpResponseRedirect(f"{self.url()}?view=week&day={day.isoformat()}")

    def plan_check(self, request: HttpRequest) -> HttpResponse:
        if not access.may(colleague(request), "roster.plan"):
            raise PermissionDenied
        start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        window = Span(start - BEHIND, start + AHEAD)
        found = check.check(window)
        return self.page(
            request,
            "admin/oncall/check.html",
            title=gettext("Plan check"),
            window=window,
            found=found,
            charts=[charts.chart(shared) for shared in found.shares],
            holes=coverage.holes(timezone.now()),
        )

    def mine(self, request: HttpRequest, secret: str = "") -> HttpResponse:
        user = colleague(request)
        if not access.may(user, "duty.confirm"):
            raise PermissionDenied
        now = timezone.now()
        duties = Duty.objects.filter(person=user).to_come(now).select_related("schedule")
        offers = Change.objects.on_offer(now).select_related("schedule", "person")
        mine = set(offers.filter(person=user).values_list("during", flat=True))
        return self.page(
            request,
            "admin/oncall/mine.html",
            title=gettext("My duties"),
            duties=[(duty, duty.during in mine) for duty in duties.order_by("during")[:SHOWN]],
            offers=offers.order_by("during")[:SHOWN],
            now=now,
            feed=Feed.objects.filter(person=user).first(),
            address=request.build_absolute_uri(reverse("duty_feed", args=[secret]))
            if secret
            else "",
        )

    def act(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        duty = get_object_or_404(self.get_queryset(request), pk=pk)
        call, done = VERBS[verb]
        facts = {"reason": request.POST.get("reason", "")[:200]} if verb == "offer" else {}
        call(duty, by=colleague(request), **facts)
        messages.success(request, done)
        return HttpResponseRedirect(self.url("mine"))

    def feed(self, request: HttpRequest) -> HttpResponse:
        """The new address is shown once, in the answer itself."""
        if "close" in request.POST:
            actions.close_feed(by=colleague(request))
            return HttpResponseRedirect(self.url("mine"))
        return self.mine(request, actions.open_feed(by=colleague(request)))


def _periods(first: date, last: date) -> list[critical.Critical]:
    monday = first - timedelta(days=first.weekday())
    edges = (datetime.combine(day, time(), UTC) for day in (monday, last + timedelta(days=7)))
    return critical.within(Span(*edges))


def _days(asked: str, *, by_week: bool) -> tuple[date, date]:
    """The month or week that holds the day asked for; today's for anything that is no day."""
    day = day_asked(asked)
    if by_week:
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
