"""Signing in through an organisation's own house, before a real provider on this machine."""

import html
import re

import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount

from supportdesk.accounts.models import User
from supportdesk.audit.models import Entry
from supportdesk.messaging.models import Dispatch
from tests.entrance.house import CLIENT, SECRET, new_key

START = "/account/oidc/alpina/login/"


def to_the_house(client, start: str = START) -> str:
    """Press the button; where the house is asked."""
    page = client.post(start).text
    return html.unescape(re.search(r"0;URL='([^']+)'", page)[1])


def back(asked: str) -> str:
    """What the house answers the browser with: our callback, with code and state."""
    answer = requests.get(asked, allow_redirects=False, timeout=5)
    return answer.headers["Location"].removeprefix("http://testserver")


def come_in(client, start: str = START):
    return client.get(back(to_the_house(client, start)), headers={"Accept-Language": "en"})


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_an_invited_person_comes_in_and_is_linked_once(house, client, alice):
    answer = come_in(client, f"{START}?next=/inbox/")

    assert answer.url == "/inbox/"
    assert int(client.session["_auth_user_id"]) == alice.pk
    assert SocialAccount.objects.get().user == alice
    assert Entry.objects.get(verb="user.account_connected").by_id == alice.pk
    assert Dispatch.objects.get().recipient == alice
    client.logout()
    come_in(client)
    assert is_in(client)
    assert Dispatch.objects.count() == 1


def test_the_password_stays_what_it_was(house, client, alice):
    alice.set_password("Regenschirm-47-Leuchtturm")
    alice.save()

    come_in(client)

    alice.refresh_from_db()
    assert alice.check_password("Regenschirm-47-Leuchtturm")


def test_the_number_counts_when_the_house_changes_the_address(house, client, alice, carol):
    come_in(client)
    client.logout()
    house.person["email"] = "carol@alpina.example"

    come_in(client)

    assert int(client.session["_auth_user_id"]) == alice.pk


def test_a_second_factor_is_asked_for_all_the_same(house, client, alice):
    TOTP.activate(alice, generate_totp_secret())

    assert come_in(client).url == "/account/2fa/authenticate/"
    assert not is_in(client)


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        ({"email_verified": False}, "does not say that your address is yours"),
        ({"email_verified": None}, "does not say that your address is yours"),
        ({"email_verified": "false"}, "does not say that your address is yours"),
        ({"email": "neu@alpina.example"}, "no open account"),
        ({"email": None}, "no open account"),
        ({"email": "mallory@hansa.example"}, "no open account"),  # not theirs to vouch for
    ],
)
def test_who_is_not_known_is_told_so_and_nobody_is_made(
    house, client, alice, mallory, person, reason
):
    house.person |= person
    people = User.objects.count()

    answer = come_in(client)

    assert answer.status_code == 403
    assert reason in answer.text
    assert not is_in(client)
    assert (User.objects.count(), SocialAccount.objects.count()) == (people, 0)


def test_another_number_of_the_house_does_not_take_a_linked_account(house, client, alice):
    come_in(client)
    client.logout()
    house.person["sub"] = "a-2"  # the address was given to somebody else

    assert "belongs to another sign-in" in come_in(client).text
    assert not is_in(client)


@pytest.mark.parametrize("linked", [True, False])
def test_a_disabled_person_stays_out(house, client, alice, linked):
    if linked:
        come_in(client)
        client.logout()
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert "no open account" in come_in(client).text
    assert not is_in(client)


def test_a_house_that_lost_a_domain_lets_nobody_of_it_in(house, client, alice, settings):
    come_in(client)
    client.logout()
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    apps[0]["settings"]["domains"] = []

    assert come_in(client).status_code == 403


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody-else"},
        {"aud": [CLIENT, "other"], "azp": "other"},
        {"iss": "https://evil.example"},
        {"exp": 1_700_000_000},  # long ago
        {"exp": None},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_says_something_else_is_refused(house, client, alice, lies):
    house.lies = lies

    answer = come_in(client)

    assert answer.status_code == 401
    assert "could not be used" in answer.text
    assert not is_in(client)


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [("RS256", new_key()), ("none", ""), ("HS256", SECRET * 3)],
    ids=["another key", "no signature", "the shared secret"],
)
def test_a_token_that_the_house_did_not_sign_is_refused(house, client, alice, algorithm, key):
    house.algorithm, house.signs_with = algorithm, key

    assert come_in(client).status_code == 401
    assert not is_in(client)


def test_a_state_of_another_browser_is_refused_and_each_works_once(house, client, alice):
    callback = back(to_the_house(client))

    assert type(client)().get(callback).status_code == 401
    assert client.get(callback).url == "/"
    client.logout()
    assert client.get(callback).status_code == 401


def test_a_code_stolen_on_the_way_is_worth_nothing_elsewhere(house, client, alice):
    """Its thief has a state of their own, and so another proof of who asked (PKCE)."""
    thief = type(client)()
    stolen = back(to_the_house(client)).split("code=")[1].split("&")[0]
    own = back(to_the_house(thief))

    answer = thief.get(re.sub(r"code=[^&]+", f"code={stolen}", own))

    assert answer.status_code == 401
    assert not is_in(thief)


def test_the_address_of_the_button_cannot_choose_what_is_asked(house, client, db):
    asked = to_the_house(client, f"{START}?auth_params=nonce=mine&scope=admin&process=connect")

    assert "nonce=mine" not in asked
    assert "admin" not in asked


def test_nothing_is_linked_by_hand_into_the_account_that_is_open(house, client, carol, alice):
    client.force_login(carol)

    come_in(client, f"{START}?process=connect")

    assert SocialAccount.objects.get().user == alice


def test_a_visit_without_the_button_asks_first(house, client, db):
    page = client.get(START)

    assert page.status_code == 200
    assert "0;URL" not in page.text


def test_the_sign_in_page_offers_the_house(house, client, db):
    page = client.get("/account/login/?next=/inbox/", headers={"Accept-Language": "en"})

    assert "Sign in through Alpina Krankenkasse" in page.text
    assert "/account/oidc/alpina/login/?process=login&amp;next=%2Finbox%2F" in page.text
