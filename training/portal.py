"""The customers' pages about trainings: what is offered, who has a seat, and why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.web.forms import DeskForm, attempt
from supportdesk.web.portal import SignedIn
from training import actions, places, wording
from training.forms import BookForm, CatalogueForm, CheckInForm
from training.models import (
    Certificate,
    Course,
    Enrolment,
    Material,
    Proposal,
    Session,
    SessionState,
    State,
    booked_for,
)
from training.models.material import MaterialQuerySet
from training.models.session import SessionQuerySet

SHOWN = 60  # sessions of one page, and places
PROPOSED_WITHIN = timedelta(days=60)
RATED_WITHIN = timedelta(days=30)
OTHERS = 5  # sessions of the same course beside one


@require_GET
def trainings(request: SignedIn) -> HttpResponse:
    form = CatalogueForm(request.GET)
    rows = form.chosen(to_come(request.user))[: SHOWN + 1]
    found = lines(request.user, rows[:SHOWN])
    context = {
        "section": "trainings",
        "form": form,
        "lines": found,
        "months": _months(found) if request.GET.get("view") == "months" else None,
        "address": _kept(request),
        "more": len(rows) > SHOWN,
        "shown": SHOWN,
        "proposals": _proposals(request.user),
    }
    status = 200 if form.is_valid() else 422
    return render(request, "training/catalogue.html", context, status=status)


@require_GET
def mine(request: SignedIn) -> HttpResponse:
    return _mine(request)


@require_POST
def open_feed(request: SignedIn) -> HttpResponse:
    """The page with the address on it: it is shown this once."""
    secret = actions.open_feed(by=request.user)
    path = reverse("trainings_feed", args=[secret])
    return _mine(request, settings.BASE_URL.rstrip("/") + path)


def _mine(request: SignedIn, feed: str = "") -> HttpResponse:
    user, now = request.user, timezone.now()
    rows = _with_reasons(Enrolment.objects.visible_to(user)).order_by("-session__during", "pk")
    own = list(rows.filter(person=user).select_related("feedback")[:SHOWN])
    context = {
        "section": "trainings",
        "to_come": places.shown([row for row in own if _is_to_come(row, now)], user, now)[::-1],
        "past": places.shown([row for row in own if not _is_to_come(row, now)], user, now),
        "others": [],
        "certificates": Certificate.objects.valid().filter(enrolment__person=user)[:SHOWN],
        "shown": SHOWN,
        "books_for_others": not user.is_vendor and bool(booked_for(user)),
        "to_rate": [row for row in own if _is_to_rate(row, now)],
        "feed": feed,
    }
    if not user.is_vendor:
        others = rows.exclude(person=user).living().filter(session__during__endswith__gt=now)
        context["others"] = places.shown(list(others[:SHOWN])[::-1], user, now)
    return render(request, "training/mine.html", context)


@require_GET
def course(request: SignedIn, pk: int) -> HttpResponse:
    row = get_object_or_404(Course.objects.visible_to(request.user).select_related("line"), pk=pk)
    context = {
        "section": "trainings",
        "course": row,
        "topics": list(row.topics.all()),
        "lines": lines(request.user, to_come(request.user).filter(course=row)[:SHOWN]),
    }
    return render(request, "training/course.html", context)


@require_GET
def session(request: SignedIn, pk: int) -> HttpResponse:
    row = _visible(request.user, pk)
    request.user.notices.filter(url=request.path).mark_read()
    return _page(request, row)


@require_POST
def book(request: SignedIn, pk: int) -> HttpResponse:
    row = _visible(request.user, pk)
    access.require(request.user, "session.enrol")
    form = BookForm(row, request.user, request.POST)
    booked = attempt(form, lambda: actions.enrol(row, form.chosen(), by=request.user))
    if booked is None:
        return _page(request, row, form, status=422)
    for words in wording.outcome(booked):
        messages.success(request, words)
    return redirect("training_session", row.pk)


@require_POST
def cancel(request: SignedIn, pk: int) -> HttpResponse:
    return _answered(
        request, pk, actions.cancel, _("Given up. A free seat goes to whoever is next in line.")
    )


@require_POST
def accept(request: SignedIn, pk: int) -> HttpResponse:
    return _answered(request, pk, actions.accept_offer, _("The seat is booked."))


@require_POST
def refuse(request: SignedIn, pk: int) -> HttpResponse:
    return _answered(
        request,
        pk,
        actions.refuse_offer,
        _("Given up. A free seat goes to whoever is next in line."),
    )


@require_POST
def check_in(request: SignedIn, pk: int) -> HttpResponse:
    access.require(request.user, "session.enrol")
    row = get_object_or_404(Enrolment.objects.filter(person=request.user), pk=pk)
    form = CheckInForm(request.POST)
    done = attempt(
        form, lambda: actions.check_in(row, by=request.user, code=form.cleaned_data["code"])
    )
    if done is None:
        return _page(request, _visible(request.user, row.session_id), form, status=422)
    messages.success(request, _("Welcome. It is noted that you are there."))
    return redirect("training_session", row.session_id)


def _answered(request: SignedIn, pk: int, verb: Callable[..., Any], done: str) -> HttpResponse:
    row = get_object_or_404(Enrolment.objects.visible_to(request.user), pk=pk)
    verb(row, by=request.user)
    messages.success(request, done)
    return redirect("training_session", row.session_id)


def _visible(user: User, pk: int) -> Session:
    rows = Session.objects.visible_to(user).for_lists().with_waiting()
    return get_object_or_404(rows.prefetch_related("enrolments"), pk=pk)


def _page(
    request: SignedIn, row: Session, tried: DeskForm | None = None, status: int = 200
) -> HttpResponse:
    user, now = request.user, timezone.now()
    found = list(Enrolment.objects.visible_to(user).for_lists().filter(session=row))
    for one in found:
        one.session = row  # whose enrolments are read already
    shown = places.shown(sorted(found, key=lambda one: one.person.name), user, now)
    own = next((place for place in shown if place.is_own), None)
    bookable = row.takes_bookings(now) and access.may(user, "session.enrol") and not user.is_vendor
    form = tried if isinstance(tried, BookForm) else BookForm(row, user)
    others = to_come(user).filter(course=row.course_id).exclude(pk=row.pk)
    context = {
        "section": "trainings",
        "session": row,
        "seats": wording.seats(row, now),
        "own": own,
        "errors": tried,
        "check_in": _check_in(row, own, tried, now),
        "asks_feedback": _asks_feedback(own, now),
        "materials": _materials(user, row),
        "colleagues": [place for place in shown if not place.is_own],
        "books_self": bookable and not (own and own.row.is_living),
        "form": form if bookable and form.books_for_others else None,
        "free_until": row.course.free_until(row.starts_at),
        "is_free": now <= row.course.free_until(row.starts_at),
        "others": lines(user, others.bookable(now)[:OTHERS]),
    }
    return render(request, "training/session.html", context, status=status)


def _check_in(
    row: Session, own: places.Place | None, tried: DeskForm | None, now: datetime
) -> DeskForm | None:
    """On the day, for who has a seat and has not said yet that they are there."""
    first, last = (timezone.localdate(at) for at in (row.starts_at, row.ends_at))
    is_day = row.state == SessionState.OPEN and first <= timezone.localdate(now) <= last
    if not is_day or own is None or own.row.state != State.BOOKED:
        return None
    return tried if isinstance(tried, CheckInForm) else CheckInForm()


def _materials(user: User, row: Session) -> MaterialQuerySet:
    rows = Material.objects.visible_to(user).filter(course=row.course_id)
    return rows.select_related("line")


def _asks_feedback(own: places.Place | None, at: datetime) -> bool:
    """Of who was there, once it is over, if they have said nothing yet."""
    if own is None or own.row.state != State.ATTENDED:
        return False
    return own.row.session.ends_at <= at and not hasattr(own.row, "feedback")


def _months(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As a calendar reads: each month with its sessions."""

    def first_day(line: dict[str, Any]) -> date:
        return timezone.localdate(line["session"].starts_at).replace(day=1)

    return [{"first": first, "lines": list(part)} for first, part in groupby(found, first_day)]


def _kept(request: SignedIn) -> str:
    """What is filtered by, for the other view of the same."""
    asked = request.GET.copy()
    asked.pop("view", None)
    return asked.urlencode()


def _proposals(user: User) -> list[Proposal]:
    """What a ticket of late would not have come with, as long as nobody is tired of it."""
    if user.is_vendor:
        return []
    rows = Proposal.objects.visible_to(user).filter(at__gt=timezone.now() - PROPOSED_WITHIN)
    return list(rows.filter(course__is_active=True).select_related("course", "person")[:OTHERS])


def to_come(user: User) -> SessionQuerySet:
    rows = Session.objects.visible_to(user).to_come(timezone.now())
    return rows.filter(course__is_active=True).for_lists().with_waiting()


def lines(user: User, rows: SessionQuerySet) -> list[dict[str, Any]]:
    """Sessions with what the reader has with each."""
    now, sessions = timezone.now(), list(rows)
    own = {one.session_id: one for one in user.enrolments.filter(session__in=sessions).living()}
    return [
        {"session": one, "seats": wording.seats(one, now), "own": _sign(own.get(one.pk))}
        for one in sessions
    ]


def _sign(row: Enrolment | None) -> dict[str, str] | None:
    if row is None:
        return None
    look, sign = places.LOOKS.get(row.state, places.OVER)
    return {"look": look, "sign": sign, "words": row.get_state_display()}


def _with_reasons(rows: Any) -> Any:
    """With the sessions' other enrolments: why somebody waits is computed from them."""
    everybody = Prefetch("session__enrolments", Enrolment.objects.order_by("pk"))
    return rows.for_lists().prefetch_related(everybody)


def _is_to_rate(row: Enrolment, now: datetime) -> bool:
    """Those of a month ago nobody remembers well."""
    over = now - RATED_WITHIN < row.session.ends_at <= now
    return over and row.state == State.ATTENDED and not hasattr(row, "feedback")


def _is_to_come(row: Enrolment, now: datetime) -> bool:
    return row.is_living and row.session.ends_at > now
