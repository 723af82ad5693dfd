"""How allauth behaves here: nobody signs up, people are invited; its letters are ours."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import HTTP_USER_AGENT_MAX_LENGTH
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import Provider
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts import actions, browsers
from supportdesk.accounts.models import User
from supportdesk.accounts.oidc import HouseProvider
from supportdesk.errors import Refused


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "There were too many wrong attempts. Wait a quarter of an hour, or set a new password."
        ),
        "enter_current_password": _("This is not your present password."),
        "email_password_mismatch": _("The address or the password is not right."),
    }

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What wrong passwords are counted by, beside the network address."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        known = browsers.known_as(request, credentials.get("email", ""))
        return f"{key}:{known}" if known else key

    def post_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse:
        response = super().post_login(request, user, **about)
        browsers.mark(response, user.email)
        return response

    def set_password(self, user: User, password: str) -> None:
        """Whoever may set it has shown who they are: wrong guesses before count no more."""
        super().set_password(user, password)
        key = super()._get_login_attempts_cache_key(self.request, email=user.email)
        ratelimit.clear(self.request, action="login_failed", key=key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Letters pass the outbox, so that a slow mail server slows nobody's page."""
        raise LookupError(f"{template_prefix}: no letter of allauth's own is sent from here.")

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        actions.note_change(user, template_prefix.rpartition("/")[2], **self.origin())

    def origin(self) -> dict[str, str]:
        """Where the request comes from, for the record and for the owner."""
        browser = self.get_http_user_agent(self.request)[:HTTP_USER_AGENT_MAX_LENGTH]
        return {"ip": self.get_client_ip(self.request), "browser": browser}


class MFAAdapter(DefaultMFAAdapter):
    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Under which name the phone or the key keeps it."""
        entity = super().get_public_key_credential_rp_entity()
        return {**entity, "name": settings.MFA_TOTP_ISSUER}


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> Provider:
        """The houses of OIDC_APPS, by our stricter rules."""
        found = super().get_provider(request, provider, client_id)
        return HouseProvider(request, app=found.app)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The house has said who it is. Whether that person may come in is decided here."""
        account, app = sociallogin.account, sociallogin.provider.app
        try:
            person = actions.come_in(
                account, domains=app.settings.get("domains", []), **AccountAdapter(request).origin()
            )
        except Refused as error:
            page = "socialaccount/authentication_error.html"
            answer = render(request, page, {"error": error}, status=error.status)
            raise ImmediateHttpResponse(answer) from error
        sociallogin.user = person
