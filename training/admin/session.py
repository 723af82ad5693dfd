"""Sessions in the back office: planned, opened, moved, cancelled; who comes, who waits, who was
there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.errors import Refused
from supportdesk.web.fields import day_asked
from supportdesk.web.forms import DeskForm, attempt
from supportdesk.web.office import DeskAdmin, MenuLine, Section, colleague
from training import actions, board, feedback, places, wording
from training.actions.attending import SEATED
from training.admin.meeting import MeetingPages
from training.models import (
    Certificate,
    DayCode,
    Enrolment,
    Feedback,
    Material,
    Session,
    SessionState,
    State,
)
from training.models.feedback import QUESTIONS, Points, question
from training.office_forms import (
    AttendanceForm,
    MaterialForm,
    NewSessionForm,
    OneForm,
    RevokeForm,
    SeatsForm,
    SessionForm,
    WhyForm,
)

VERBS = ["replan", "publish", "cancel", "resize", "offer", "approve", "decline"]
VERBS += ["attend", "show_code", "finish", "revoke", "add_material"]


@admin.register(Session)
class SessionAdmin(DeskAdmin):
    section = Section.TRAINING
    list_display = ["starts_at", "name", "place", "state", "seats", "waits"]
    list_filter = ["state", "course__kind", "course"]
    list_select_related = ["course"]
    search_fields = ["title", "course__title", "place"]
    ordering = ["-during", "pk"]

    @admin.display(description=_("begins"), ordering="during")
    def starts_at(self, session: Session) -> Any:
        return session.starts_at

    @admin.display(description=_("seats taken"))
    def seats(self, session: Session) -> str:
        return f"{session.taken}/{session.capacity}"

    @admin.display(description=_("wait"))
    def waits(self, session: Any) -> int:
        return session.waiting

    def menu(self, request: HttpRequest) -> list[MenuLine]:
        lines = super().menu(request)
        if not lines:
            return []
        return [MenuLine(_("Planning board"), self.url("board"), self.section), *lines]

    def board(self, request: HttpRequest) -> HttpResponse:
        by = colleague(request)
        access.require(by, "session.view")
        first = board.monday(day_asked(request.GET.get("from", "")))
        step = board.WEEKS * board.WEEK
        return self.page(
            request,
            "admin/training/board.html",
            title=_("Planning board"),
            rows=board.rows(first),
            weeks=board.weeks(first),
            first=first,
            last=first + step - timedelta(days=1),
            before=first - step,
            after=first + step,
            plans=access.may(by, "session.plan"),
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.may(colleague(request), "session.plan")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.with_waiting()

    def get_urls(self) -> list[Any]:
        own = [
            path(
                f"<int:pk>/{verb}/",
                self.admin_site.admin_view(require_POST(getattr(self, verb))),
                name=f"training_session_{verb}",
            )
            for verb in VERBS
        ]
        view = self.admin_site.admin_view(require_GET(self.board))
        own.append(path("board/", view, name="training_session_board"))
        return [*own, *MeetingPages(self).urls(), *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._plan(
                request, NewSessionForm(initial={"course": request.GET.get("course")})
            )
        form, by = NewSessionForm(request.POST), colleague(request)
        made = attempt(
            form, lambda: actions.plan_session(form.cleaned_data["course"], form.plan(), by=by)
        )
        if made is None:
            return self._plan(request, form, status=422)
        messages.success(request, _("Written down. Customers see it once it is open for booking."))
        return HttpResponseRedirect(self.url("change", made.pk))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self._page(request, row)

    def replan(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = SessionForm(request.POST)
        return self._tried(
            request, pk, form, lambda row, by: actions.change_session(row, form.plan(), by=by)
        )

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._tried(request, pk, None, lambda row, by: actions.publish_session(row, by=by))

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = WhyForm(request.POST, auto_id="cancel-%s")

        def cancel(row: Session, by: User) -> Session:
            return actions.cancel_session(row, by=by, **form.cleaned_data)

        return self._tried(request, pk, form, cancel)

    def resize(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = SeatsForm(request.POST, auto_id="seats-%s")

        def resize(row: Session, by: User) -> Session:
            return actions.set_capacity(row, by=by, **form.cleaned_data)

        return self._tried(request, pk, form, resize)

    def offer(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._tried(request, pk, None, lambda row, by: actions.offer_seats(row, by=by))

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = OneForm(self._row(request, pk), request.POST)

        def approve(row: Session, by: User) -> list[Enrolment]:
            return actions.approve(form.cleaned_data["enrolment"], by=by)

        return self._tried(request, pk, form, approve, "enrolment.decide")

    def decline(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = OneForm(self._row(request, pk), request.POST)

        def decline(row: Session, by: User) -> list[Enrolment]:
            return actions.decline(**form.cleaned_data, by=by)

        return self._tried(request, pk, form, decline, "enrolment.decide")

    def attend(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = AttendanceForm(_seated(self._row(request, pk)), request.POST)
        return self._tried(
            request,
            pk,
            form,
            lambda row, by: actions.record_attendance(
                row, by=by, there=form.those(State.ATTENDED), absent=form.those(State.NO_SHOW)
            ),
            "attendance.record",
        )

    def show_code(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._tried(
            request,
            pk,
            None,
            lambda row, by: actions.show_code(row, by=by),
            "attendance.record",
        )

    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = RevokeForm(self._row(request, pk), request.POST)

        def revoke(row: Session, by: User) -> Certificate:
            return actions.revoke_certificate(**form.cleaned_data, by=by)

        return self._tried(request, pk, form, revoke, "certificate.revoke")

    def add_material(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = MaterialForm(request.POST, request.FILES, auto_id="material-%s")

        def add(row: Session, by: User) -> Material:
            return actions.add_material(row.course, by=by, **form.cleaned_data)

        return self._tried(request, pk, form, add, "material.add")

    def finish(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._tried(
            request,
            pk,
            None,
            lambda row, by: actions.finish_session(row, by=by),
            "attendance.record",
        )

    def _tried(
        self,
        request: HttpRequest,
        pk: int,
        form: DeskForm | None,
        verb: Callable[..., Any],
        right: str = "session.plan",
    ) -> HttpResponse:
        """Call the verb; what it refuses is said on the page, with what was typed."""
        row, by = self._row(request, pk), colleague(request)
        access.require(by, right)
        try:
            done = verb(row, by) if form is None else attempt(form, lambda: verb(row, by))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self._page(request, self._row(request, pk), form, status=refusal.status)
        if done is None:
            return self._page(request, row, form, status=422)
        messages.success(request, _("Done."))
        return HttpResponseRedirect(self.url("change", pk))

    def _row(self, request: HttpRequest, pk: int) -> Session:
        return get_object_or_404(self.get_queryset(request).select_related("course"), pk=pk)

    def _plan(self, request: HttpRequest, form: DeskForm, status: int = 200) -> HttpResponse:
        title = _("Plan a session")
        return self.page(request, "admin/training/plan.html", status=status, title=title, form=form)

    def _page(
        self, request: HttpRequest, row: Session, tried: DeskForm | None = None, status: int = 200
    ) -> HttpResponse:
        by, now = colleague(request), timezone.now()
        plans = access.may(by, "session.plan")
        begun = row.starts_at <= now and row.state in (SessionState.OPEN, SessionState.DONE)
        living = plans and row.state in (SessionState.DRAFT, SessionState.OPEN)
        rows = list(row.enrolments.select_related("person", "organisation").order_by("pk"))
        return self.page(
            request,
            "admin/training/session.html",
            status=status,
            title=str(row),
            session=row,
            seats=wording.seats(row, now),
            rows=[(one, *places.LOOKS.get(one.state, places.OVER)) for one in rows],
            errors=tried,
            decides=access.may(by, "enrolment.decide") and row.state == SessionState.OPEN,
            plan=_bound(tried, SessionForm, lambda: SessionForm.of(row)) if living else None,
            resize=_bound(
                tried,
                SeatsForm,
                lambda: SeatsForm(initial={"capacity": row.capacity}, auto_id="seats-%s"),
            )
            if plans and row.state == SessionState.OPEN
            else None,
            why=_bound(tried, WhyForm, lambda: WhyForm(auto_id="cancel-%s")) if living else None,
            attendance=_bound(tried, AttendanceForm, lambda: AttendanceForm(_seated(row)))
            if begun and access.may(by, "attendance.record")
            else None,
            **_afterwards(row, by, now),
            **_taken_home(row, by, tried),
            is_over=row.ends_at <= now and row.state == SessionState.OPEN,
        )


def _afterwards(row: Session, by: User, now: datetime) -> dict[str, Any]:
    """The code that shows who is there, and what shows afterwards who was."""
    today = timezone.localdate(now)
    first, last = (timezone.localdate(at) for at in (row.starts_at, row.ends_at))
    is_day = row.state == SessionState.OPEN and first <= today <= last
    day_code = row.day_codes.filter(day=today).first() or DayCode(code="")
    return {
        "day_code": day_code if is_day and access.may(by, "attendance.record") else None,
        "certificates": Certificate.objects.filter(enrolment__session=row).order_by("name", "pk"),
        "revokes": access.may(by, "certificate.revoke"),
    }


def _taken_home(row: Session, by: User, tried: DeskForm | None) -> dict[str, Any]:
    """What people leave behind, and what they take with them."""
    answers = list(Feedback.objects.filter(enrolment__session=row))
    found = feedback.tallies([[getattr(one, name) for name in QUESTIONS] for one in answers])
    asked = [question(name) for name in QUESTIONS]
    return {
        "feedback": {
            "count": len(answers),
            "tallies": list(zip(asked, found, strict=True)) if found else None,
            "scale": Points.labels,
            # By the alphabet: the order of answering would tell who answered.
            "texts": sorted(one.text for one in answers if one.text),
        },
        "materials": row.course.materials.select_related("line"),
        "add_material": _bound(
            tried, MaterialForm, lambda: MaterialForm(auto_id="material-%s", initial=_release(row))
        )
        if access.may(by, "material.add")
        else None,
    }


def _release(row: Session) -> dict[str, Any]:
    return {"line": row.course.line_id}


def _seated(row: Session) -> list[Any]:
    return list(row.enrolments.filter(state__in=SEATED).select_related("person").order_by("pk"))


def _bound(tried: DeskForm | None, kind: type[DeskForm], fresh: Callable[[], DeskForm]) -> DeskForm:
    """The form that was refused, else a fresh one."""
    return tried if type(tried) is kind else fresh()
