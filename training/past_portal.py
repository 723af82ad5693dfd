"""After a session: how it was, what one takes home, and who of one's house took part in what."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from releases.models import Line
from supportdesk.accounts import access
from supportdesk.accounts.models import Organisation, User
from supportdesk.web.files import handed_out
from supportdesk.web.forms import attempt
from supportdesk.web.portal import SignedIn
from training import actions, places, portal, readiness
from training.actions.rating import claim_feedback
from training.forms import FeedbackForm
from training.models import Certificate, Enrolment, Material, State, booked_for

SHOWN = 100


@require_http_methods(["GET", "POST"])
def feedback(request: SignedIn, pk: int) -> HttpResponse:
    access.require(request.user, "session.enrol")
    row = get_object_or_404(Enrolment.objects.filter(person=request.user), pk=pk)
    with transaction.atomic():  # says at once where there is nothing to answer
        row = claim_feedback(row, by=request.user)
    form = FeedbackForm(request.POST or None)
    given = request.method == "POST" and _given(form, row, request.user)
    if given:
        messages.success(request, _("Thank you. Your answer is kept."))
        return redirect("trainings_mine")
    context = {"section": "trainings", "row": row, "session": row.session, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "training/feedback.html", context, status=status)


def _given(form: FeedbackForm, row: Enrolment, by: User) -> bool:
    done = attempt(form, lambda: actions.give_feedback(row, by=by, **form.answers()))
    return done is not None


@require_GET
def material(request: SignedIn, pk: int) -> FileResponse:
    row = get_object_or_404(Material.objects.visible_to(request.user), pk=pk)
    return handed_out(row.file.open("rb"), row.name, "application/octet-stream")


@require_GET
def ready(request: SignedIn, pk: int) -> HttpResponse:
    """Before a release is imported: who of the people one books for knows it."""
    line = get_object_or_404(Line.objects.filter(pk=pk))  # the same for all
    numbers = [] if request.user.is_vendor else booked_for(request.user)
    if not numbers:
        return redirect("trainings")
    found = readiness.of(line, numbers)
    rows = readiness.people(line, numbers)
    offices = [
        {
            "organisation": one,
            "ready": found.get(one.pk, readiness.Ready()),
            "rows": [
                (row, *places.LOOKS[row.state]) for row in rows if row.organisation_id == one.pk
            ],
        }
        for one in Organisation.objects.filter(pk__in=numbers).order_by("name")
    ]
    lines = portal.lines(request.user, portal.to_come(request.user).filter(course__line=line))
    context = {"section": "trainings", "line": line, "offices": offices, "lines": lines}
    return render(request, "training/readiness.html", context)


@require_GET
def history(request: SignedIn) -> HttpResponse:
    """Who took part in what, of the people one books for."""
    offices = [] if request.user.is_vendor else booked_for(request.user)
    if not offices:
        return redirect("trainings_mine")
    valid = Prefetch("certificates", Certificate.objects.valid(), to_attr="valid_certificates")
    rows = (
        Enrolment.objects.filter(organisation__in=offices)
        .filter(state__in=[State.ATTENDED, State.NO_SHOW])
        .for_lists()
        .prefetch_related(valid)
        .order_by("-session__during", "person__name", "pk")
    )
    found = list(rows[: SHOWN + 1])
    context = {
        "section": "trainings",
        "lines": [(row, *places.LOOKS[row.state]) for row in found[:SHOWN]],
        "more": len(found) > SHOWN,
        "shown": SHOWN,
        "names_organisation": len(offices) > 1,
    }
    return render(request, "training/history.html", context)
