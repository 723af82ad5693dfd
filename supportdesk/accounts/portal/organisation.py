"""The organisation's page: who belongs to it, and whom its coordinators ask in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from supportdesk.accounts import access, actions
from supportdesk.accounts.forms import InviteForm
from supportdesk.accounts.models import Invitation, User
from supportdesk.web.forms import attempt
from supportdesk.web.portal import SignedIn


@require_GET
def page(request: SignedIn) -> HttpResponse:
    if request.user.is_vendor:
        return redirect("admin:accounts_user_changelist")
    return _page(request)


@require_POST
def invite(request: SignedIn) -> HttpResponse:
    ours = request.user.organisation
    if ours is None:
        raise Http404  # the vendor's people are invited in the office
    form = InviteForm(ours, request.user, data=request.POST)
    invitation = attempt(
        form,
        lambda: actions.invite(by=request.user, organisation=ours, **form.cleaned_data),
    )
    if invitation is None:
        return _page(request, invite=form, status=422)
    return _done(request, _("%(name)s gets a letter with a link."), invitation.name)


@require_POST
def resend(request: SignedIn, pk: int) -> HttpResponse:
    invitation = actions.resend_invitation(_invitation(request, pk), by=request.user)
    words = _("%(name)s gets another letter. The link of the one before is dead.")
    return _done(request, words, invitation.name)


@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    invitation = actions.withdraw_invitation(_invitation(request, pk), by=request.user)
    return _done(request, _("The invitation of %(name)s is withdrawn."), invitation.name)


def _invitation(request: SignedIn, pk: int) -> Invitation:
    return get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)


def _done(request: SignedIn, words: str, name: str) -> HttpResponse:
    messages.success(request, words % {"name": name})
    return redirect("organisation")


def _page(
    request: SignedIn, *, invite: InviteForm | None = None, status: int = 200
) -> HttpResponse:
    reader, ours = request.user, request.user.organisation
    may_invite = access.may(reader, "user.invite")
    context: dict[str, Any] = {
        "section": "organisation",
        "organisation": ours,
        "colleagues": User.objects.visible_to(reader).filter(organisation=ours),
        "may_invite": may_invite,
    }
    if may_invite:
        now, pending = timezone.now(), Invitation.objects.visible_to(reader).pending()
        context["invite"] = invite or InviteForm(ours, reader)
        context["invitations"] = [
            (row, row.state(now)) for row in pending.select_related("invited_by")
        ]
    return render(request, "accounts/organisation.html", context, status=status)
