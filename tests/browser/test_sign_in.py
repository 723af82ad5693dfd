"""The ways in, in a real browser: password, one-time code, recovery code, passkey."""

import re

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)

from tests.browser.axe import serious

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_counters"),
]

PASSWORD = "Regenschirm-47-Leuchtturm"


@pytest.fixture
def alice(alice):
    alice.set_password(PASSWORD)
    alice.save()
    return alice


@pytest.fixture
def authenticator():
    """Give a page a security key inside the browser that is always touched and knows you."""

    def give(page) -> None:
        tools = page.context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    return give


def code_of(secret: str) -> str:
    """What the app on the phone shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def sign_in(page) -> None:
    page.goto("/account/login/?next=/inbox/")
    page.fill("[name=login]", "Alice@Alpina.example")
    page.fill("[name=password]", PASSWORD)
    page.click("main .sd-btn-main")
    page.wait_for_load_state()


def confirm_access(page) -> None:
    assert "/reauthenticate/" in page.url
    assert serious(page) == []
    page.fill("[name=password]", PASSWORD)
    page.click("main .sd-btn-main")
    page.wait_for_load_state()


def sign_out(page) -> None:
    page.goto("/account/logout/")
    assert serious(page) == []
    page.click("main .sd-btn-main")
    page.wait_for_load_state()


def test_by_password(browsing_as, alice):
    page = browsing_as(None)
    page.goto("/account/login/")
    assert serious(page) == []

    sign_in(page)

    assert page.url.endswith("/inbox/")
    assert "Alice Moser" in page.inner_text("header")


def test_by_a_code_from_the_phone_and_by_a_recovery_code(browsing_as, alice):
    page = browsing_as(None)
    sign_in(page)
    page.goto("/account/2fa/")
    assert serious(page) == []
    page.click("a[href='/account/2fa/totp/activate/']")
    confirm_access(page)
    assert serious(page) == []
    page.reload()  # the look aside was given a secret of its own
    page.fill("[name=code]", code_of(page.input_value("#authenticator_secret")))
    page.click("main .sd-btn-main")
    page.wait_for_load_state()
    recovery = page.input_value("#recovery_codes").split()
    assert serious(page) == []
    sign_out(page)

    sign_in(page)
    assert page.url.endswith("/2fa/authenticate/")
    assert serious(page) == []
    page.fill("[name=code]", recovery[0])
    page.click("main .sd-btn-main")
    page.wait_for_load_state()

    assert page.url.endswith("/inbox/")


def test_by_passkey_alone(browsing_as, authenticator, alice):
    page = browsing_as(None)
    authenticator(page)
    sign_in(page)
    page.goto("/account/2fa/webauthn/add/")
    confirm_access(page)
    assert serious(page) == []
    page.reload()  # the look aside was given a challenge of its own
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/**")
    page.goto("/account/2fa/webauthn/")
    assert "Passkey" in page.inner_text("main")
    assert serious(page) == []
    sign_out(page)

    page.goto("/account/login/?next=/inbox/")
    page.click("#passkey_login")
    page.wait_for_url(re.compile(r"^[^?]+/inbox/$"))

    assert "Alice Moser" in page.inner_text("header")


def test_a_passkey_that_is_not_used_is_said_in_words(browsing_as, alice):
    page = browsing_as(None)
    page.goto("/account/login/")
    page.evaluate(
        "navigator.credentials.get = () => { throw new DOMException('no', 'NotAllowedError') }; 0"
    )

    page.click("#passkey_login")

    page.wait_for_selector("#notes .sd-note-bad")
    assert page.url.endswith("/account/login/")


def test_through_ones_own_house(browsing_as, house, alice):
    page = browsing_as(None)
    page.goto("/account/login/?next=/inbox/")

    page.click("text=Sign in through Alpina Krankenkasse")
    page.wait_for_url(re.compile(r"^[^?]+/inbox/$"))

    assert "Alice Moser" in page.inner_text("header")
