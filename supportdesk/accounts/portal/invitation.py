"""The invited person's page. The link's secret leaves the address before anything is shown."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from supportdesk.accounts import actions
from supportdesk.accounts.forms import AcceptForm
from supportdesk.accounts.models import Invitation
from supportdesk.errors import WrongState
from supportdesk.web.forms import attempt

KEPT = "invitation"  # the secret's place in the session


@login_not_required
@require_GET
@never_cache
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """Keeps the secret and goes on without it: no page's address, log line or referrer has it."""
    if Invitation.objects.of_link(secret).exists():
        request.session[KEPT] = secret
    else:
        request.session.pop(KEPT, None)
    answer = _unlisted(redirect("invitation"))
    # Here alone: a form on a page without referrer is sent from "null", and refused as foreign.
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@login_not_required
@require_http_methods(["GET", "POST"])
@never_cache
def accept(request: HttpRequest) -> HttpResponse:
    secret = request.session.get(KEPT, "")
    invitation = (
        Invitation.objects.of_link(secret).select_related("organisation", "invited_by").first()
    )
    state = invitation.state(timezone.now()) if invitation else None
    if state != Invitation.State.OPEN or invitation is None:
        return _over(request, state)
    if request.method == "GET" or request.user.is_authenticated:
        form = AcceptForm(initial={"name": invitation.name})
        return _page(request, "accounts/invitation.html", invitation=invitation, form=form)
    form = AcceptForm(request.POST)
    try:
        person = attempt(form, lambda: actions.accept_invitation(secret, **form.facts()))
    except WrongState as moved_on:  # used or withdrawn while the form was filled in
        return _over(request, moved_on.now)
    if person is None:
        return _page(
            request, "accounts/invitation.html", invitation=invitation, form=form, status=422
        )
    del request.session[KEPT]
    messages.success(request, _("Welcome. Your account is ready."))
    # As if they had signed in by password: second factors may be set up at once.
    return perform_password_login(request, {"email": person.email}, Login(user=person))


def _over(request: HttpRequest, state: Any) -> HttpResponse:
    """Why the link leads nowhere any more, and what helps."""
    return _page(request, "accounts/invitation_over.html", state=state, status=410)


def _page(
    request: HttpRequest, template: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    return _unlisted(render(request, template, context, status=status))


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
