"""The portal's pages about access to the customer's systems: what was asked for, and the log."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from supportdesk.accounts import access
from supportdesk.web.forms import DeskForm, attempt
from supportdesk.web.portal import SignedIn
from tickets import actions
from tickets.models import AccessRequest
from tickets.models.access_request import Phase, deciders
from tickets.portal import in_office_at

SHOWN = 100


class AnswerForm(DeskForm):
    answer = forms.CharField(
        label=gettext_lazy("A word to whoever asked"),
        widget=forms.Textarea({"rows": 3}),
        max_length=2_000,
        required=False,
    )


@require_GET
@in_office_at("admin:tickets_accessrequest_changelist")
def accesses(request: SignedIn) -> HttpResponse:
    rows = AccessRequest.objects.visible_to(request.user).for_lists()[: SHOWN + 1]
    context = {
        "section": "organisation",
        "rows": rows[:SHOWN],
        "more": len(rows) > SHOWN,
        "shown": SHOWN,
    }
    return render(request, "tickets/accesses.html", context)


@require_GET
@in_office_at("admin:tickets_accessrequest_change")
def access_page(request: SignedIn, pk: int) -> HttpResponse:
    row = _visible(request, pk)
    request.user.notices.filter(url=request.path).mark_read()
    return _page(request, row)


@require_POST
def approve(request: SignedIn, pk: int) -> HttpResponse:
    done = _("%(name)s may go in within the window. You can revoke it at any time.")
    return _answered(request, pk, actions.approve_access, done)


@require_POST
def decline(request: SignedIn, pk: int) -> HttpResponse:
    return _answered(request, pk, actions.decline_access, _("Declined. %(name)s is told."))


@require_POST
def revoke(request: SignedIn, pk: int) -> HttpResponse:
    return _answered(request, pk, actions.revoke_access, _("Revoked. %(name)s is told."))


def _answered(request: SignedIn, pk: int, verb: Any, done: str) -> HttpResponse:
    row, form = _visible(request, pk), AnswerForm(request.POST)
    told = attempt(form, lambda: verb(row, by=request.user, **form.cleaned_data))
    if told is None:
        return _page(request, row, form, status=422)
    messages.success(request, done % {"name": row.asked_by.name})
    return redirect("access", row.pk)


def _visible(request: SignedIn, pk: int) -> AccessRequest:
    rows = AccessRequest.objects.visible_to(request.user).for_lists()
    return get_object_or_404(rows, pk=pk)


def _page(
    request: SignedIn, row: AccessRequest, form: AnswerForm | None = None, status: int = 200
) -> HttpResponse:
    decides = access.may(request.user, "access.decide") and not request.user.is_vendor
    context = {
        "section": "organisation",
        "access": row,
        "log": list(row.log.select_related("by")),
        "form": form or AnswerForm(),
        "waits": row.phase == Phase.ASKED,
        "deciders": list(deciders(row.ticket.organisation)) if row.phase == Phase.ASKED else [],
        "decides": decides and row.phase == Phase.ASKED,
        "revokes": decides and row.phase in (Phase.OPEN, Phase.COMING),
    }
    return render(request, "tickets/access.html", context, status=status)
