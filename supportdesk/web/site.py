"""What a site has beside its pages: an icon, closed doors, a word for who knocks too often."""

from allauth.account import app_settings as account
from allauth.core.internal.ratelimit import parse_rates
from allauth.mfa import app_settings as mfa
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# What the library counts behind a page, where it answers with 429.
LIMITS = {
    "account_login": "login",
    "account_reauthenticate": "reauthenticate",
    "account_change_password": "change_password",
    "account_set_password": "change_password",
    "account_reset_password": "reset_password",
    "account_reset_password_from_key": "reset_password_from_key",
    "mfa_login_webauthn": "webauthn_login",
}


@login_not_required
def nothing_here(request: HttpRequest, **address: str) -> HttpResponse:
    """Stands before a library's page that makes no sense here."""
    raise Http404


@login_not_required
@require_safe
@cache_control(public=True, max_age=24 * 3600)
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look without having read a page."""
    return redirect(static("desk/icon.svg"))


@login_not_required
@require_safe
@cache_control(public=True, max_age=24 * 3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for a search engine."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


def too_often(request: HttpRequest) -> HttpResponse:
    """A limit was met. After the time named here it is over at the latest."""
    page = request.resolver_match.url_name if request.resolver_match else ""
    rates = {**account.RATE_LIMITS, **mfa.RATE_LIMITS}.get(LIMITS.get(page or "", ""))
    seconds = int(max((rate.duration for rate in parse_rates(rates)), default=60))
    response = render(request, "429.html", {"minutes": -(-seconds // 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response
