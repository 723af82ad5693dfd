"""A user meeting in the back office: prepared, its topics answered, minuted, published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.errors import Invalid, Refused
from supportdesk.web.forms import DeskForm, attempt
from supportdesk.web.office import DeskAdmin, colleague
from training import actions, meeting_portal
from training.meeting_forms import (
    AnswerForm,
    DecisionForm,
    MinutesForm,
    PickForm,
    PrepareForm,
    SlotForm,
)
from training.models import Course, Meeting, Session

STEPS = ["prepare", "slot", "drop_slot", "accept", "decline"]
STEPS += ["minutes", "decide", "settle", "publish"]
Verb = Callable[[Session, User, dict[str, Any]], Any]


def _picked(name: str, said: dict[str, Any]) -> Any:
    if said[name] is None:
        raise Invalid.blank(name)
    return said[name]


VERBS: dict[str, Verb] = {
    "prepare": lambda row, by, said: actions.prepare_meeting(row, by=by, **said),
    "slot": lambda row, by, said: actions.add_slot(row, by=by, **said),
    "drop_slot": lambda row, by, said: actions.drop_slot(_picked("slot", said), by=by) or row,
    "accept": lambda row, by, said: actions.accept_contribution(said["contribution"], by=by),
    "decline": lambda row, by, said: actions.decline_contribution(**said, by=by),
    "minutes": lambda row, by, said: actions.write_minutes(row, by=by, **said),
    "decide": lambda row, by, said: actions.record_decision(row, by=by, **said),
    "settle": lambda row, by, said: actions.settle_decision(_picked("decision", said), by=by),
    "publish": lambda row, by, said: actions.publish_minutes(row, by=by),
}


class MeetingPages:
    """The addresses of one meeting, below those of its session."""

    def __init__(self, room: DeskAdmin) -> None:
        self.room = room

    def urls(self) -> list[Any]:
        guarded = self.room.admin_site.admin_view
        page = path(
            "<int:pk>/meeting/",
            guarded(require_GET(self.meeting)),
            name="training_session_meeting",
        )
        return [page, *(self._step(step) for step in STEPS)]

    def _step(self, step: str) -> Any:
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            return self.answer(request, pk, step)

        guarded = self.room.admin_site.admin_view(require_POST(view))
        name = f"training_session_meeting_{step}"
        return path(f"<int:pk>/meeting/{step}/", guarded, name=name)

    def meeting(self, request: HttpRequest, pk: int) -> HttpResponse:
        access.require(colleague(request), "session.view")
        return self._page(request, self._row(request, pk))

    def answer(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        by, row = colleague(request), self._row(request, pk)
        access.require(by, "session.plan")
        form = _form(step, row, request)
        try:
            done = attempt(form, lambda: VERBS[step](row, by, form.cleaned_data))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self._page(request, row, form, status=refusal.status)
        if done is None:
            return self._page(request, row, form, status=422)
        messages.success(request, _("Done."))
        return HttpResponseRedirect(reverse("admin:training_session_meeting", args=[pk]))

    def _row(self, request: HttpRequest, pk: int) -> Session:
        rows = Session.objects.visible_to(colleague(request))
        rows = rows.filter(course__kind=Course.Kind.USER_MEETING).select_related("course")
        return get_object_or_404(rows, pk=pk)

    def _page(
        self, request: HttpRequest, row: Session, tried: DeskForm | None = None, status: int = 200
    ) -> HttpResponse:
        by, now = colleague(request), timezone.now()
        context = meeting_portal.of(row, by, now)
        found = context["meeting"]
        plans = access.may(by, "session.plan") and row.state != "cancelled"
        if plans:
            context["forms"] = {
                "prepare": _bound(tried, PrepareForm) or PrepareForm.of(found),
                "slot": _bound(tried, SlotForm)
                or SlotForm(initial={"starts_at": row.starts_at, "ends_at": row.ends_at}),
            }
        if plans and not (found and found.published_at):
            said = {"minutes": found.minutes if found else ""}
            context["forms"] |= {
                "minutes": _bound(tried, MinutesForm) or MinutesForm(initial=said),
                "decide": _bound(tried, DecisionForm) or DecisionForm(),
            }
        return self.room.page(
            request,
            "admin/training/meeting.html",
            status=status,
            title=str(row),
            errors=tried,
            plans=plans,
            publishes=plans and row.ends_at <= now and found and not found.published_at,
            **context,
        )


def _form(step: str, row: Session, request: HttpRequest) -> DeskForm:
    found, data = Meeting.objects.filter(session=row).first(), request.POST
    if step in ("accept", "decline"):
        return AnswerForm(found, data)
    kinds: dict[str, type[DeskForm]] = {
        "prepare": PrepareForm,
        "slot": SlotForm,
        "minutes": MinutesForm,
        "decide": DecisionForm,
    }
    return kinds[step](data) if step in kinds else PickForm(found, data)


def _bound(tried: DeskForm | None, kind: type[DeskForm]) -> Any:
    return tried if type(tried) is kind else None
