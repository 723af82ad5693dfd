"""What every request passes: who is asking, in which language, and refusals as pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from supportdesk.accounts import factors
from supportdesk.errors import Refused

Handler = Callable[[HttpRequest], HttpResponse]
DRAFT_LINES = ("draft-state", "draft")  # where a page says that a draft is kept, by its id


class ReaderLanguageMiddleware:
    """The signed-in reader's own setting wins over the browser's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Who is signed out comes back to the page they were on, never to the address of a verb.

    A page that asks in the background is told so beside what is being typed, which stays.
    """

    def handle_no_permission(  # type: ignore[override]  # the caller hands on any response
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponse:
        if not request.htmx and request.method in ("GET", "HEAD"):  # type: ignore[attr-defined]
            return super().handle_no_permission(request, view_func)
        back = _where_from(request) or resolve_url(settings.LOGIN_REDIRECT_URL)
        if not request.htmx:  # type: ignore[attr-defined]
            return redirect_to_login(back)
        context = {"sign_in": redirect_to_login(back).url}
        response = render(request, "_signed_out.html", context, status=401)
        if request.htmx.target not in DRAFT_LINES:  # type: ignore[attr-defined]
            response["HX-Retarget"], response["HX-Reswap"] = "#notes", "innerHTML show:window:top"
        return response


class StaffFactorMiddleware:
    """Who may enter the office and has no second factor gets no further than setting one up.

    What strangers may see stays open, and so does the API: its tokens are no sign-in.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not factors.must_have(request.user) or not getattr(view, "login_required", True):
            return None
        if _leads_to_a_factor(request):
            return None
        if factors.has(request.user):
            request.session.pop("held_on_the_way_to", None)
            return None
        if request.method == "GET" and not request.htmx:  # type: ignore[attr-defined]
            request.session["held_on_the_way_to"] = request.get_full_path()
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponse(headers={"HX-Redirect": reverse("mfa_index")})
        return redirect("mfa_index")


def _leads_to_a_factor(request: HttpRequest) -> bool:
    page = (request.resolver_match and request.resolver_match.url_name) or ""
    return page.startswith("mfa_") or page in {"account_reauthenticate", "account_logout"}


class RefusalMiddleware:
    """A verb said no: say why, in the reader's words, with the status the refusal names."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        context = {"error": error, "back": _where_from(request)}
        if not request.htmx:  # type: ignore[attr-defined]
            return render(request, "refused.html", context, status=error.status)
        # What was typed stays where it is; the refusal is said where all notes of a page are.
        response = render(request, "_refused.html", context, status=error.status)
        response["HX-Retarget"], response["HX-Reswap"] = "#notes", "innerHTML show:window:top"
        return response


def _where_from(request: HttpRequest) -> str:
    """The page of ours the request came from, empty when it came from elsewhere."""
    came_from = request.headers.get("Referer", "")
    ours = {request.get_host()}
    if not url_has_allowed_host_and_scheme(came_from, ours, require_https=request.is_secure()):
        return ""
    page = urlsplit(came_from)
    return f"{page.path}?{page.query}" if page.query else page.path
