"""Where each door hangs. Apps are wired by name."""

from django.contrib import admin
from django.urls import include, path

from supportdesk.accounts import oidc
from supportdesk.web import health, site

handler429 = site.too_often  # allauth asks for it by this name

# Pages of allauth that make no sense here. People are invited at an address that stays theirs:
# nobody signs up, changes or confirms one, and a house's sign-in is linked by signing in with it.
CLOSED = {
    "signup/": "account_signup",
    "email/": "account_email",
    "confirm-email/": "account_email_verification_sent",
    "confirm-email/<str:key>/": "account_confirm_email",
    "login/code/confirm/": "account_confirm_login_code",
    "3rdparty/": "socialaccount_connections",
    "3rdparty/signup/": "socialaccount_signup",
    "3rdparty/login/error/": "socialaccount_login_error",
    "sessions/": "usersessions_list",  # the profile does it
    "social/login/cancelled/": None,
    "social/login/error/": None,
    "social/signup/": None,
    "social/connections/": None,
}

urlpatterns = [
    path("", include("tickets.urls")),
    path("", include("releases.urls")),
    path("", include("training.urls")),
    path("", include("oncall.urls")),
    *[path(f"account/{page}", site.nothing_here, name=name) for page, name in CLOSED.items()],
    path(
        "account/oidc/<str:provider_id>/login/callback/",
        oidc.callback,
        name="openid_connect_callback",
    ),
    path("account/", include("allauth.urls")),
    path("", include("supportdesk.accounts.urls")),
    path("api/", include("supportdesk.api")),
    path("office/", admin.site.urls),
    path("favicon.ico", site.favicon, name="favicon"),
    path("robots.txt", site.robots, name="robots"),
    path("health/live", health.live),
    path("health/ready", health.ready),
]
