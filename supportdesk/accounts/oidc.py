"""Signing in through one's own house (OpenID Connect), stricter than the library by default.

Who somebody is comes from the signed id_token alone: its signature, issuer, audience, age and our
nonce are checked, and the code is bound to this browser (PKCE). Nothing is taken from the address.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any

import jwt
from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

# Asymmetric only: with a shared secret, whoever knows ours could sign as the house.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
CLOCKS_APART = 30  # seconds


class HouseAdapter(OpenIDConnectOAuth2Adapter):
    """Reads what the house answers."""

    nonce: str | None = None  # what we asked with, out of the state of this browser

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        claims = self._claims(str(kwargs["response"].get("id_token", "")), app)
        if not self.nonce or not hmac.compare_digest(str(claims.get("nonce", "")), self.nonce):
            raise OAuth2Error("The id_token answers another request.")
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def _claims(self, id_token: str, app: SocialApp) -> dict[str, Any]:
        try:
            claims = jwt.decode(
                id_token,
                self._key(id_token),
                algorithms=ALGORITHMS,
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                leeway=CLOCKS_APART,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            raise OAuth2Error("The id_token does not hold.") from error
        if isinstance(claims["aud"], list) and claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("The id_token was made for another program.")
        return claims

    def _key(self, id_token: str) -> jwt.PyJWK:
        wanted = jwt.get_unverified_header(id_token).get("kid")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        for key in jwt.PyJWKSet.from_dict(answer.json()).keys:
            if key.key_id == wanted:
                return key
        raise jwt.InvalidKeyError("The house publishes no such key.")


class HouseProvider(OpenIDConnectProvider):
    """Leads to the house, always to sign in: nothing is linked by hand."""

    pkce_enabled_default = True
    oauth2_adapter_class = HouseAdapter

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        return self.get_auth_params()

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return self.get_scope()

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        **kwargs: Any,
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        asked = {**self.get_auth_params(), "nonce": nonce}
        answer = super().redirect(
            request, AuthProcess.LOGIN, next_url, data, auth_params=asked, nonce=nonce
        )
        if answer.status_code != 302:
            return answer
        # A page that leads on: by the policy a form of ours may not be redirected to elsewhere.
        onward = {"provider": self, "redirect_to": answer.url}
        return render(request, "socialaccount/login_redirect.html", onward)


class HouseCallback(OAuth2CallbackView):
    def _get_state(self, request: HttpRequest, provider: HouseProvider) -> tuple[Any, Any]:
        state, refusal = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce")
        return state, refusal


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the house sends people back to."""
    try:
        return HouseCallback.adapter_view(HouseAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
