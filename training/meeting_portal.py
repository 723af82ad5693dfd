"""A user meeting as customers see it: agenda, topics, votes, and afterwards the minutes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.web.forms import DeskForm, attempt
from supportdesk.web.portal import SignedIn
from training import actions
from training.meeting_forms import ContributeForm, VoteForm
from training.models import (
    Ballot,
    Contribution,
    ContributionState,
    Course,
    Decision,
    Meeting,
    Session,
    Vote,
)

LOOKS = {
    ContributionState.DRAFT: ("off", "half"),
    ContributionState.SUBMITTED: ("off", "clock"),
    ContributionState.ACCEPTED: ("ok", "check"),
    ContributionState.DECLINED: ("bad", "minus"),
}


@require_GET
def meeting(request: SignedIn, pk: int) -> HttpResponse:
    return _page(request, _visible(request.user, pk))


@require_POST
def contribute(request: SignedIn, pk: int) -> HttpResponse:
    access.require(request.user, "meeting.contribute")
    row, form = _visible(request.user, pk), ContributeForm(request.POST)
    done = attempt(form, lambda: actions.contribute(row, by=request.user, **form.said()))
    if done is None:
        return _page(request, row, form, status=422)
    words = _("Kept as a draft; nobody else reads it.")
    messages.success(request, words if form.is_draft else _("Handed in. You hear from us."))
    return redirect("meeting", pk)


@require_POST
def submit(request: SignedIn, pk: int) -> HttpResponse:
    access.require(request.user, "meeting.contribute")
    row = get_object_or_404(Contribution.objects.visible_to(request.user), pk=pk)
    actions.submit_contribution(row, by=request.user)
    messages.success(request, _("Handed in. You hear from us."))
    return redirect("meeting", row.meeting.session_id)


@require_POST
def vote(request: SignedIn, pk: int) -> HttpResponse:
    access.require(request.user, "meeting.vote")
    row = _visible(request.user, pk)
    form = VoteForm(_wishes(_meeting(row)), request.POST)
    done = attempt(form, lambda: actions.vote(row, by=request.user, points=form.points()))
    if done is None:
        return _page(request, row, form, status=422)
    messages.success(request, _("The points of your house are given."))
    return redirect("meeting", pk)


def of(row: Session, reader: User, now: datetime) -> dict[str, Any]:
    """What everybody with this page may read; the office reads the same."""
    found = _meeting(row)
    wishes = _wishes(found)
    closed = found is not None and found.votes_until is not None and found.votes_until <= now
    given = (
        Contribution.objects.visible_to(reader)
        .filter(meeting=found)
        .select_related("by", "organisation")
    )
    return {
        "session": row,
        "meeting": found,
        "slots": list(found.slots.all()) if found else [],
        "contributions": [(one, *LOOKS[ContributionState(one.state)]) for one in given],
        "wishes": wishes,
        "standing": _standing(found) if closed or reader.is_vendor else [],
        "decisions": list(found.decisions.all()) if found else [],
        "earlier": _open_decisions(row),
    }


def _page(
    request: SignedIn, row: Session, tried: DeskForm | None = None, status: int = 200
) -> HttpResponse:
    user, now = request.user, timezone.now()
    context = of(row, user, now)
    found, ours = context["meeting"], user.organisation is not None
    calls = ours and found and found.call_until and now < found.call_until
    votes = ours and found and found.votes_until and now < found.votes_until
    took_part = row.enrolments.filter(person=user).seated().exists() or user.is_vendor
    if not (found and found.published_at and took_part):
        context |= {"decisions": [], "minutes": ""}
    else:
        context["minutes"] = found.minutes
    if not took_part:
        context["earlier"] = []
    if calls and access.may(user, "meeting.contribute"):
        context["contribute"] = tried if isinstance(tried, ContributeForm) else ContributeForm()
    if votes:
        ballot = Ballot.objects.filter(meeting=found, organisation=user.organisation).first()
        context["ballot"] = ballot
        if access.may(user, "meeting.vote"):
            fresh = VoteForm(context["wishes"], initial=VoteForm.given(ballot))
            context["vote"] = tried if isinstance(tried, VoteForm) else fresh
    context |= {"section": "trainings", "errors": tried, "is_own": user.pk}
    return render(request, "training/meeting.html", context, status=status)


def _visible(user: User, pk: int) -> Session:
    rows = Session.objects.visible_to(user).filter(course__kind=Course.Kind.USER_MEETING)
    return get_object_or_404(rows.select_related("course"), pk=pk)


def _meeting(row: Session) -> Meeting | None:
    return Meeting.objects.filter(session=row).first()


def _wishes(found: Meeting | None) -> list[Any]:
    return list(found.wishes.select_related("module").order_by("number")) if found else []


def _standing(found: Meeting | None) -> list[dict[str, Any]]:
    """The wishes with points, most first; how many houses gave them, never which."""
    rows: Any = Vote.objects.filter(ballot__meeting=found).values("wish__number", "wish__title")
    return list(rows.annotate(all=Sum("points")).order_by("-all", "wish__number"))


def _open_decisions(row: Session) -> list[Decision]:
    """Of earlier meetings, what is still to be done."""
    rows = Decision.objects.filter(done_at=None, meeting__published_at__isnull=False)
    rows = rows.filter(meeting__session__during__endswith__lt=row.starts_at)
    return list(rows.select_related("meeting__session__course")[:30])
