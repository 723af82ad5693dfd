"""One's own profile: who I am, how I am told, where I am signed in, my API tokens."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from supportdesk.accounts import actions
from supportdesk.accounts.forms import PreferencesForm, ProfileForm, QuietForm, TokenForm
from supportdesk.accounts.models import Token
from supportdesk.messaging import notices
from supportdesk.web.forms import attempt
from supportdesk.web.portal import SignedIn


@require_GET
def page(request: SignedIn) -> HttpResponse:
    return _page(request)


@require_POST
def about(request: SignedIn) -> HttpResponse:
    form = ProfileForm(request.POST)
    person = attempt(form, lambda: actions.change_profile(by=request.user, **form.cleaned_data))
    if person is None:
        return _page(request, about=form, status=422)
    translation.activate(person.language)
    return _done(request, _("Your profile is saved."))


@require_POST
def preferences(request: SignedIn) -> HttpResponse:
    form = PreferencesForm(request.user, request.POST)
    form.full_clean()
    actions.change_preferences(form.wishes(), by=request.user)
    return _done(request, _("Your wishes are saved."))


@require_POST
def quiet(request: SignedIn) -> HttpResponse:
    form = QuietForm(request.POST)
    if attempt(form, lambda: actions.change_quiet(by=request.user, **form.cleaned_data)) is None:
        return _page(request, quiet=form, status=422)
    return _done(request, _("Your quiet hours are saved."))


@require_POST
def end_session(request: SignedIn, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession.objects.filter(user=request.user), pk=pk)
    actions.end_session(session, by=request.user)
    if session.session_key == request.session.session_key:
        request.session.flush()  # or the end of this request would save it again
        return redirect("account_login")
    return _done(request, _("That browser is signed out."))


@require_POST
def end_other_sessions(request: SignedIn) -> HttpResponse:
    actions.end_other_sessions(by=request.user, but=str(request.session.session_key))
    return _done(request, _("You are signed in here only."))


@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: SignedIn) -> HttpResponse:
    if request.method == "GET":
        return _tokens_page(request, TokenForm(request.user))
    form = TokenForm(request.user, request.POST)
    made = attempt(form, lambda: actions.create_token(by=request.user, **form.cleaned_data))
    if made is None:
        return _tokens_page(request, form, status=422)
    token, secret = made
    # Shown on this very answer: to redirect, the secret would have to be kept somewhere.
    return _tokens_page(request, TokenForm(request.user), made=token, secret=secret)


@require_POST
def revoke(request: SignedIn, key: str) -> HttpResponse:
    token = get_object_or_404(Token.objects.filter(user=request.user), token_key=key)
    actions.revoke_token(token, by=request.user)
    messages.success(request, _("The token “%(name)s” is dead.") % {"name": token.name})
    return redirect("tokens")


def _done(request: SignedIn, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("profile")


def _page(
    request: SignedIn,
    *,
    about: ProfileForm | None = None,
    quiet: QuietForm | None = None,
    status: int = 200,
) -> HttpResponse:
    person = request.user
    said = {"name": person.name, "phone": person.phone, "language": person.language}
    context = {
        "section": "profile",
        "about": about or ProfileForm(initial=said),
        "quiet": quiet or QuietForm(initial=model_to_dict(notices.quiet(person))),
        "preferences": PreferencesForm(person),
        "sessions": _sessions(request),
        "this_session": request.session.session_key,
        "tokens": Token.objects.filter(user=person).count(),
    }
    return render(request, "accounts/profile.html", context, status=status)


def _sessions(request: SignedIn) -> QuerySet[UserSession]:
    """Those that still let somebody in. Looking at them changes nothing."""
    alive = Session.objects.filter(expire_date__gt=timezone.now())
    rows = UserSession.objects.filter(user=request.user, session_key__in=alive.values("pk"))
    return rows.order_by("-created_at")


def _tokens_page(
    request: SignedIn, form: TokenForm, *, status: int = 200, **made: Any
) -> HttpResponse:
    context = {
        "section": "profile",
        "form": form,
        "tokens": Token.objects.filter(user=request.user),
        "now": timezone.now(),
        **made,
    }
    return render(request, "accounts/tokens.html", context, status=status)
