"""The organisation's page: who belongs to it, and what its coordinators do about that."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from supportdesk.accounts import access, actions
from supportdesk.accounts.forms import InviteForm, RolesForm
from supportdesk.accounts.models import Invitation, Mandate, Organisation, User
from supportdesk.web.forms import attempt
from supportdesk.web.portal import SignedIn


@require_GET
def page(request: SignedIn) -> HttpResponse:
    if request.user.is_vendor:
        return redirect("admin:accounts_user_changelist")
    return _page(request)


@require_POST
def invite(request: SignedIn) -> HttpResponse:
    ours = _ours(request)
    form = InviteForm(ours, request.user, data=request.POST)
    invitation = attempt(
        form,
        lambda: actions.invite(by=request.user, organisation=ours, **form.cleaned_data),
    )
    if invitation is None:
        return _page(request, invite=form, status=422)
    return _done(request, _("%(name)s gets a letter with a link."), invitation)


@require_POST
def resend(request: SignedIn, pk: int) -> HttpResponse:
    invitation = actions.resend_invitation(_invitation(request, pk), by=request.user)
    words = _("%(name)s gets another letter. The link of the one before is dead.")
    return _done(request, words, invitation)


@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    invitation = actions.withdraw_invitation(_invitation(request, pk), by=request.user)
    return _done(request, _("The invitation of %(name)s is withdrawn."), invitation)


@require_GET
def person(request: SignedIn, pk: int) -> HttpResponse:
    access.require(request.user, "user.grant")
    return _person_page(request, _colleague(request, pk))


@require_POST
def grant(request: SignedIn, pk: int) -> HttpResponse:
    colleague = _colleague(request, pk)
    form = RolesForm(colleague.organisation, request.POST)
    granted = attempt(
        form, lambda: actions.grant_roles(colleague, by=request.user, **form.cleaned_data)
    )
    if granted is None:
        return _person_page(request, colleague, form=form, status=422)
    return _done(request, _("%(name)s has the new roles from now on."), granted)


@require_POST
def disable(request: SignedIn, pk: int) -> HttpResponse:
    colleague = actions.disable_user(_colleague(request, pk), by=request.user)
    return _done(request, _("%(name)s cannot sign in any more."), colleague)


@require_POST
def enable(request: SignedIn, pk: int) -> HttpResponse:
    colleague = actions.enable_user(_colleague(request, pk), by=request.user)
    return _done(request, _("%(name)s can sign in again."), colleague)


def _ours(request: SignedIn) -> Organisation:
    """The vendor's people are looked after in the office."""
    if request.user.organisation is None:
        raise Http404
    return request.user.organisation


def _invitation(request: SignedIn, pk: int) -> Invitation:
    return get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)


def _colleague(request: SignedIn, pk: int) -> User:
    colleagues = User.objects.visible_to(request.user).filter(organisation=_ours(request))
    return get_object_or_404(colleagues.select_related("organisation"), pk=pk)


def _done(request: SignedIn, words: str, row: User | Invitation) -> HttpResponse:
    messages.success(request, words % {"name": row.name})
    return redirect("organisation")


def _person_page(
    request: SignedIn, colleague: User, *, form: RolesForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "section": "organisation",
        "colleague": colleague,
        "form": form or RolesForm(colleague.organisation, initial={"roles": colleague.roles}),
    }
    return render(request, "accounts/colleague.html", context, status=status)


def _page(
    request: SignedIn, *, invite: InviteForm | None = None, status: int = 200
) -> HttpResponse:
    reader, ours = request.user, _ours(request)
    colleagues = User.objects.visible_to(reader).filter(organisation=ours)
    mandates = Mandate.objects.visible_to(reader).select_related("provider", "insurer")
    coordinates = access.may(reader, "user.grant")
    context: dict[str, Any] = {
        "section": "organisation",
        "organisation": ours,
        "colleagues": colleagues.order_by("-is_active", "name")
        if coordinates
        else colleagues.active(),
        "coordinates": coordinates,
        "mandates": mandates.order_by("-during"),
    }
    if coordinates:
        now, pending = timezone.now(), Invitation.objects.visible_to(reader).pending()
        context["invite"] = invite or InviteForm(ours, reader)
        context["invitations"] = [
            (row, row.state(now)) for row in pending.select_related("invited_by")
        ]
    return render(request, "accounts/organisation.html", context, status=status)
