"""What has to be learnt, and by whom: handling errors by topic and customer, who imports."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from releases.models import Import
from supportdesk.accounts import access
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.web.office import DeskAdmin, MenuLine, Section, colleague
from training import need, readiness
from training.models import CauseCount, Course, Session, Topic

HANDLING = "handling_error"  # as tickets count it
MONTHS = [3, 6, 12]
SHOWN = 40  # topics, imports


@admin.register(CauseCount)
class CauseCountAdmin(DeskAdmin):
    section = Section.TRAINING
    list_display = ["month", "topic", "organisation", "cause", "count"]
    list_filter = ["month", "topic"]
    list_select_related = ["topic", "organisation"]

    def menu(self, request: HttpRequest) -> list[MenuLine]:
        if not self.has_view_permission(request):
            return []
        need = MenuLine(gettext_lazy("What has to be learnt"), self.url("need"), self.section)
        return [need, *super().menu(request)]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.need)
        own = path("need/", view, name="training_causecount_need")
        return [own, *super().get_urls()]

    def need(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        months = _months(request.GET.get("months", ""))
        rows = CauseCount.objects.visible_to(colleague(request))
        rows = rows.filter(cause=HANDLING, month__gte=_since(timezone.localdate(), months))
        found = rows.values("topic__name", "organisation__name").annotate(n=Sum("count"))
        heat = need.heat(
            (row["topic__name"], row["organisation__name"], row["n"]) for row in found.order_by()
        )
        return self.page(
            request,
            "admin/training/need.html",
            title=_("What has to be learnt"),
            heat=heat,
            lines=_lines(heat),
            months=months,
            choices=MONTHS,
            imports=_imports(),
            plans=access.may(colleague(request), "session.plan"),
        )


def _months(asked: str) -> int:
    return int(asked) if asked in map(str, MONTHS) else MONTHS[1]


def _since(today: date, months: int) -> date:
    """The first day of so many months, this one included."""
    whole = today.year * 12 + today.month - months
    return date(whole // 12, whole % 12 + 1, 1)


def _lines(heat: need.Heat) -> list[tuple[need.Row, Course | None, Session | None]]:
    """Each topic with a course on it, and with when that is held next."""
    rows = heat.rows[:SHOWN]
    names = [row.topic for row in rows]
    courses: dict[str, Course] = {}
    topics = Topic.objects.filter(name__in=names).prefetch_related("courses")
    for topic in topics:
        active = [one for one in topic.courses.all() if one.is_active]
        if active:
            courses[topic.name] = min(active, key=lambda one: one.pk)
    coming = Session.objects.bookable(timezone.now()).filter(course__in=courses.values())
    first: dict[int, Session] = {}
    for session in coming.select_related("course").order_by("during"):
        first.setdefault(session.course_id, session)
    found = ((row, courses.get(row.topic)) for row in rows)
    return [(row, course, first.get(course.pk) if course else None) for row, course in found]


def _imports() -> list[dict[str, Any]]:
    """Big releases that customers plan to import, the nearest first; whom to invite before."""
    rows = Import.objects.planned().filter(package__level=0).exclude(system__organisation=None)
    rows = rows.for_lists().order_by("planned_for")
    imports = list(rows[:SHOWN])
    offices = {one.system.organisation_id or 0 for one in imports}
    ready = {
        line: readiness.of(line, list(offices)) for line in {one.package.line for one in imports}
    }
    invited: dict[int, list[str]] = defaultdict(list)
    coordinators = User.objects.active().holding(Role.COORDINATOR).filter(organisation__in=offices)
    for person in coordinators.order_by("name"):
        invited[person.organisation_id or 0].append(person.name)
    return [
        {
            "row": one,
            "ready": ready[one.package.line].get(
                one.system.organisation_id or 0, readiness.Ready()
            ),
            "invite": invited[one.system.organisation_id or 0],
        }
        for one in imports
    ]
