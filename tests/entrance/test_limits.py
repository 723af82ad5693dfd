"""Guessing is slow, and does not keep the owner out."""

import pytest
from allauth.core.context import request_context
from django.test import Client

from supportdesk.accounts.adapter import AccountAdapter

PASSWORD = "Regenschirm-47-Leuchtturm"
TOO_MANY = "too many wrong attempts"


@pytest.fixture
def alice(alice):
    alice.set_password(PASSWORD)
    alice.save()
    return alice


def try_in(client, email: str, password: str, **headers: str):
    """In the same browser, signed out."""
    client.cookies.pop("sessionid", None)
    return client.post(
        "/account/login/",
        {"login": email, "password": password},
        headers={"Accept-Language": "en"},
        **headers,
    )


def guess(email: str, times: int = 5, **headers: str) -> None:
    for n in range(times):
        try_in(Client(), email, f"geraten-{n}", **headers)


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_after_five_wrong_passwords_not_even_the_right_one_helps(client, alice):
    guess(alice.email)

    answer = try_in(client, alice.email, PASSWORD)

    assert TOO_MANY in answer.text
    assert not is_in(client)


def test_capitals_in_the_address_give_no_more_guesses(client, alice):
    guess("ALICE@alpina.example", 3)
    guess("alice@Alpina.example", 2)

    assert TOO_MANY in try_in(client, alice.email, PASSWORD).text


def test_the_owners_browser_is_not_locked_out_by_strangers(client, alice):
    try_in(client, alice.email, PASSWORD)
    assert is_in(client)
    guess(alice.email, 8, REMOTE_ADDR="192.0.2.1")

    try_in(client, alice.email, PASSWORD)

    assert is_in(client)


def test_a_known_browser_may_not_guess_for_ever_either(client, alice):
    try_in(client, alice.email, PASSWORD)
    for n in range(5):
        try_in(client, alice.email, f"geraten-{n}")

    assert TOO_MANY in try_in(client, alice.email, PASSWORD).text


def test_a_mark_of_ones_own_does_not_count_for_another(client, alice, carol):
    carol.set_password(PASSWORD)
    carol.save()
    try_in(client, carol.email, PASSWORD)
    guess(alice.email)

    assert TOO_MANY in try_in(client, alice.email, PASSWORD).text


@pytest.mark.parametrize("forged", ["x", "W10:1:x", ""])
def test_a_forged_mark_is_no_mark(client, alice, forged):
    guess(alice.email)
    client.cookies["known"] = forged

    assert TOO_MANY in try_in(client, alice.email, PASSWORD).text


def test_guessing_at_one_address_leaves_others_alone(client, alice, carol):
    carol.set_password(PASSWORD)
    carol.save()
    guess(alice.email)

    try_in(client, carol.email, PASSWORD)

    assert is_in(client)


def test_a_new_password_ends_the_wait(client, alice, rf):
    guess(alice.email)
    request = rf.get("/")
    with request_context(request):
        AccountAdapter(request).set_password(alice, "Kaffeetasse-12-Fensterbrett")

    try_in(client, alice.email, "Kaffeetasse-12-Fensterbrett")

    assert is_in(client)


@pytest.mark.parametrize(("language", "lang"), [("de", "de"), ("en-GB", "en")])
def test_who_knocks_too_often_is_told_for_how_long_in_their_language(client, db, language, lang):
    for _n in range(10):
        client.post("/account/password/reset/", {"email": f"{_n}@nirgends.example"})

    answer = client.post(
        "/account/password/reset/",
        {"email": "alice@alpina.example"},
        headers={"Accept-Language": language},
    )

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert f'<html lang="{lang}">' in answer.text
    assert "desk/desk.css" in answer.text
    assert " 15 " in answer.text


def test_the_address_behind_our_proxy_is_counted_and_no_forged_one(client, settings, alice, carol):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for n in range(20):  # a client that claims to be somebody else each time
        forged = {"HTTP_X_FORWARDED_FOR": f"203.0.113.{n}, 198.51.100.7"}
        try_in(Client(), f"{n}@nirgends.example", "geraten", **forged)

    there = try_in(client, "x@nirgends.example", "y", HTTP_X_FORWARDED_FOR="1.1.1.1, 198.51.100.7")
    elsewhere = try_in(client, "x@nirgends.example", "y", HTTP_X_FORWARDED_FOR="198.51.100.8")

    assert TOO_MANY in there.text
    assert TOO_MANY not in elsewhere.text


def test_without_a_proxy_of_ours_the_header_is_not_believed(client, settings, db):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    for n in range(20):
        forged = {"HTTP_X_FORWARDED_FOR": f"203.0.113.{n}"}
        try_in(Client(), f"{n}@nirgends.example", "geraten", **forged)

    assert TOO_MANY in try_in(client, "x@nirgends.example", "geraten").text


def test_the_door_opens_while_valkey_is_away(client, settings, alice):
    away = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {**settings.CACHES, "default": away}
    guess(alice.email, 6)

    try_in(client, alice.email, PASSWORD)

    assert is_in(client)
