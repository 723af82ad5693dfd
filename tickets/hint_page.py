"""Beside the form of a new ticket: what is known already, and that it needs no ticket."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from supportdesk.web.forms import attempt
from supportdesk.web.portal import SignedIn
from tickets import actions, hints
from tickets.forms import ReportForm, SolvedForm
from tickets.portal import typed


@require_POST
def hints_new(request: SignedIn) -> HttpResponse:
    """The corrections that fit what is being written, for the system chosen."""
    sketch = ReportForm(request.user, request.POST).sketch()
    found = hints.of(sketch, reader=request.user)
    return render(request, "tickets/_hints.html", {"hints": found})


@require_POST
def solved_new(request: SignedIn) -> HttpResponse:
    """One of them solves it. What was typed stays as a draft: it may turn out to be another."""
    draft = actions.keep_draft(typed(request, ReportForm), by=request.user)
    form = SolvedForm(request.user, request.POST)
    row = attempt(form, lambda: actions.prevent_ticket(by=request.user, **form.cleaned_data))
    if row is None:
        written = ReportForm(request.user, initial=typed(request, ReportForm))
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        context = {"section": "new", "form": written, "draft": draft, "asked": True}
        context["unsolved"] = words
        return render(request, "tickets/new.html", context, status=422)
    words = _("Good: %(correction)s solves it on %(system)s. What you wrote is kept as a draft.")
    messages.success(request, words % {"correction": row.correction, "system": row.system})
    return redirect("systems")
