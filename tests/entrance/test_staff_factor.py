"""Whoever may enter the office sets up a second factor first, where that is demanded."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command

from supportdesk.accounts import actions
from supportdesk.accounts.models import Token, User
from supportdesk.audit.models import Entry
from supportdesk.errors import NotAllowed, Refused
from supportdesk.messaging.models import Dispatch


@pytest.fixture
def demanded(settings):
    settings.REQUIRE_STAFF_MFA = True


def enrol(person: User) -> None:
    TOTP.activate(person, generate_totp_secret())


def test_without_a_factor_the_office_leads_to_setting_one_up(demanded, client, sam):
    client.force_login(sam)

    answer = client.get("/office/tickets/ticket/?mine=1")

    assert (answer.status_code, answer.url) == (302, "/account/2fa/")
    page = client.get(answer.url)
    assert 'href="/office/tickets/ticket/?mine=1"' in page.text
    assert "opens to accounts with a second factor" in page.text


def test_with_a_factor_the_office_is_open_and_the_reminder_gone(demanded, client, sam):
    client.force_login(sam)
    client.get("/office/")
    enrol(sam)

    assert client.get("/office/").status_code == 200
    assert "opens to accounts with" not in client.get("/account/2fa/").text


def test_recovery_codes_alone_are_no_factor(demanded, client, sam):
    Authenticator.objects.create(user=sam, type=Authenticator.Type.RECOVERY_CODES, data={})
    client.force_login(sam)

    assert client.get("/office/").status_code == 302


def test_where_it_is_not_demanded_nobody_is_held(settings, client, sam):
    settings.REQUIRE_STAFF_MFA = False
    client.force_login(sam)

    assert client.get("/office/").status_code == 200


def test_customers_are_not_held(demanded, client, alice):
    client.force_login(alice)

    assert client.get("/").status_code == 200


def test_a_change_by_script_is_held_too_and_leads_the_whole_page(demanded, client, sam):
    client.force_login(sam)

    answer = client.post("/inbox/read/", headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == "/account/2fa/"
    assert client.post("/inbox/read/").url == "/account/2fa/"


@pytest.mark.parametrize(
    "url", ["/account/2fa/", "/account/logout/", "/health/live", "/account/login/"]
)
def test_what_it_takes_to_get_out_of_there_stays_open(demanded, client, sam, url):
    client.force_login(sam)

    assert client.get(url, follow=url == "/account/login/").status_code == 200


def test_tokens_of_the_api_are_not_held(demanded, client, sam):
    _row, secret = Token.objects.create(user=sam, name="Skript", scopes=["tickets:read"])

    answer = client.get("/api/v1/tickets/", headers={"Authorization": f"Token {secret}"})

    assert answer.status_code == 200


def test_an_administrator_takes_the_factors_of_somebody_who_lost_them(client, sam, ada):
    sam.set_password("Regenschirm-47-Leuchtturm")
    sam.save()
    client.post("/account/login/", {"login": sam.email, "password": "Regenschirm-47-Leuchtturm"})
    enrol(sam)
    assert client.get("/inbox/").status_code == 200

    actions.reset_mfa(sam, by=ada)

    assert not Authenticator.objects.filter(user=sam).exists()
    assert client.get("/inbox/").url.startswith("/account/login/")
    assert Entry.objects.get(verb="user.mfa_reset").by_id == ada.pk
    letter = Dispatch.objects.get(recipient=sam)
    assert letter.content["subject"] == "Your second factor was removed by the support desk"


def test_nobody_resets_their_own_and_what_is_not_there(ada, sam):
    enrol(ada)
    for person in [ada, sam]:
        with pytest.raises(Refused):
            actions.reset_mfa(person, by=ada)


@pytest.mark.parametrize("who", ["lea", "carol", "audrey", "sam"])
def test_only_administrators_reset(request, who, alice):
    enrol(alice)

    with pytest.raises(NotAllowed):
        actions.reset_mfa(alice, by=request.getfixturevalue(who))


def test_the_last_administrator_is_let_in_again_from_the_machine(ada, desk):
    enrol(ada)

    call_command("reset_mfa", ada.email, verbosity=0)

    assert Entry.objects.get(verb="user.mfa_reset").by_id == desk.pk
