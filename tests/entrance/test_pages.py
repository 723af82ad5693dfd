"""allauth's pages: which are open, and that the open ones look like the rest of the desk."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, get_resolver

from supportdesk.accounts.models import User

OPEN_TO_STRANGERS = {
    "account_login": "/account/login/",
    "account_inactive": "/account/inactive/",
    "account_reset_password": "/account/password/reset/",
    "account_reset_password_done": "/account/password/reset/done/",
    "account_reset_password_from_key": "/account/password/reset/key/1-abc/",
    "account_reset_password_from_key_done": "/account/password/reset/key/done/",
    "socialaccount_login_cancelled": "/account/3rdparty/login/cancelled/",
}
OPEN_TO_THE_SIGNED_IN = {
    "account_logout": "/account/logout/",
    "account_reauthenticate": "/account/reauthenticate/",
    "account_change_password": "/account/password/change/",
    "mfa_index": "/account/2fa/",
    "mfa_activate_totp": "/account/2fa/totp/activate/",
    "mfa_generate_recovery_codes": "/account/2fa/recovery-codes/generate/",
    "mfa_list_webauthn": "/account/2fa/webauthn/",
    "mfa_add_webauthn": "/account/2fa/webauthn/add/",
}
# Steps of a way: they lead elsewhere for whoever is not on it. The tests of the ways walk them.
STEPS = {
    "account_set_password",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "mfa_login_webauthn",
    "openid_connect_login",
    "openid_connect_callback",
}
CLOSED = {
    "account_signup": "/account/signup/",
    "account_email": "/account/email/",
    "account_email_verification_sent": "/account/confirm-email/",
    "account_confirm_email": "/account/confirm-email/abc/",
    "account_confirm_login_code": "/account/login/code/confirm/",
    "socialaccount_signup": "/account/3rdparty/signup/",
    "socialaccount_connections": "/account/3rdparty/",
    "socialaccount_login_error": "/account/3rdparty/login/error/",
    "usersessions_list": "/account/sessions/",
    "social/login/cancelled/": "/account/social/login/cancelled/",
    "social/login/error/": "/account/social/login/error/",
    "social/signup/": "/account/social/signup/",
    "social/connections/": "/account/social/connections/",
}


def routes(patterns: list) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name or str(pattern.pattern)
        else:
            yield from routes(pattern.url_patterns)


def test_every_page_of_the_library_is_open_or_closed_on_purpose():
    (library,) = [
        resolver
        for resolver in get_resolver().url_patterns
        if str(resolver.pattern) == "account/" and not isinstance(resolver, URLPattern)
    ]

    said = [*OPEN_TO_STRANGERS, *OPEN_TO_THE_SIGNED_IN, *STEPS, *CLOSED]

    assert sorted(routes(library.url_patterns)) == sorted(said)


@pytest.mark.parametrize("url", OPEN_TO_STRANGERS.values(), ids=OPEN_TO_STRANGERS)
def test_a_page_for_strangers_looks_like_the_desk(client, db, url):
    page = client.get(url, headers={"Accept-Language": "en"})

    assert page.status_code == 200
    assert "desk/desk.css" in page.text
    assert page.text.count("<h1") == 1


@pytest.mark.parametrize("url", OPEN_TO_THE_SIGNED_IN.values(), ids=OPEN_TO_THE_SIGNED_IN)
def test_a_page_for_the_signed_in_is_closed_to_strangers(client, db, url):
    page = client.get(url)

    assert page.status_code == 302
    assert page.url == "/" or page.url.startswith("/account/login/")


@pytest.mark.parametrize("url", CLOSED.values(), ids=CLOSED)
def test_a_page_that_makes_no_sense_here_is_closed_to_everybody(client, alice, url):
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404
    client.force_login(alice)
    assert client.get(url).status_code == 404


def test_browsers_find_the_icon_and_search_engines_nothing(client, db):
    icon = client.get("/favicon.ico", follow=True)

    assert icon.redirect_chain[0][0].endswith("desk/icon.svg")
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_a_disabled_person_is_out_at_the_next_request(client, alice, carol):
    client.force_login(alice)
    assert client.get("/inbox/").status_code == 200

    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert client.get("/inbox/").url.startswith("/account/login/")


def test_a_disabled_person_with_the_right_password_is_told_so(client, alice):
    alice.set_password("Regenschirm-47-Leuchtturm")
    alice.is_active = False
    alice.save()

    answer = client.post(
        "/account/login/", {"login": alice.email, "password": "Regenschirm-47-Leuchtturm"}
    )

    assert answer.url == "/account/inactive/"
    assert "_auth_user_id" not in client.session


def test_the_session_is_a_new_one_after_signing_in(client, alice):
    alice.set_password("Regenschirm-47-Leuchtturm")
    alice.save()
    planted = client.session
    planted.save()
    client.cookies["sessionid"] = planted.session_key

    client.post("/account/login/", {"login": alice.email, "password": "Regenschirm-47-Leuchtturm"})

    assert client.cookies["sessionid"].value != planted.session_key
    assert not planted.exists(planted.session_key)


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_leads_to_no_other_house(client, alice, onward):
    alice.set_password("Regenschirm-47-Leuchtturm")
    alice.save()

    answer = client.post(
        "/account/login/",
        {"login": alice.email, "password": "Regenschirm-47-Leuchtturm", "next": onward},
    )

    assert answer.url == "/"
