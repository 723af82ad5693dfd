"""The invited person's page: from the letter's link to the first page signed in."""

import logging
import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from supportdesk.accounts import actions
from supportdesk.accounts.models import User
from supportdesk.messaging.models import Dispatch

PASSWORD = "leise-rieselt-4711"
TYPED = {"name": "Nele Neumann", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def invitation(carol, alpina):
    return actions.invite(
        by=carol,
        organisation=alpina,
        email="neu@alpina.example",
        name="Nele Neumann",
        roles=["member"],
        language="en",
    )


@pytest.fixture
def link(invitation):
    return re.search(r"/invitation/[\w-]+/", Dispatch.objects.latest("pk").content["text"])[0]


def test_the_link_leads_to_an_account_and_in(client, link):
    page = client.get(link, follow=True)
    assert page.status_code == 200
    assert "Carol Brandt" in page.text
    assert 'value="neu@alpina.example"' in page.text

    entered = client.post(reverse("invitation"), TYPED, follow=True)

    assert entered.redirect_chain[-1][0] == reverse("home")
    assert entered.context["user"] == User.objects.get(email="neu@alpina.example")
    assert "Willkommen" in entered.text  # the language of the invitation


def test_the_secret_is_in_no_page_no_address_and_no_log(client, link, caplog, invitation, carol):
    secret = link.split("/")[2]
    caplog.set_level(logging.DEBUG)

    answer = client.get(link)
    page = client.get(answer.url)
    actions.withdraw_invitation(invitation, by=carol)
    over = client.get(answer.url)

    assert over.status_code == 410
    assert answer["Referrer-Policy"] == "no-referrer"
    for response in (answer, page, over):
        assert secret not in response.text + response.headers.get("Location", "")
        assert response["Referrer-Policy"] in ("no-referrer", "same-origin")
        assert "noindex" in response["X-Robots-Tag"]
        assert "no-store" in response["Cache-Control"]
    assert secret not in caplog.text


def test_wrong_input_is_said_at_its_field_and_what_was_typed_stays(client, link):
    client.get(link)

    answer = client.post(
        reverse("invitation"), {"name": "Nele <b>", "password": "short", "again": "short"}
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"password"}
    assert 'value="Nele &lt;b&gt;"' in answer.text
    assert "short<" not in answer.text
    assert not User.objects.filter(email="neu@alpina.example").exists()


def test_two_different_passwords_are_refused(client, link):
    client.get(link)

    answer = client.post(reverse("invitation"), {**TYPED, "again": PASSWORD + "x"})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["again"])


def used(client, link, invitation, carol):
    client.get(link)
    client.post(reverse("invitation"), TYPED)
    client.logout()


def withdrawn(client, link, invitation, carol):
    actions.withdraw_invitation(invitation, by=carol)


def sent_again(client, link, invitation, carol):
    actions.resend_invitation(invitation, by=carol)


@pytest.mark.parametrize(
    ("what_happened", "words"),
    [
        (used, "used already"),
        (withdrawn, "withdrawn"),
        (sent_again, "latest one counts"),
    ],
)
def test_a_dead_link_says_why(client, link, invitation, carol, what_happened, words):
    what_happened(client, link, invitation, carol)

    page = client.get(link, follow=True, headers={"Accept-Language": "en"})

    assert page.status_code == 410
    assert words in page.text


def test_an_expired_link_says_so(client, link):
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        page = client.get(link, follow=True, headers={"Accept-Language": "en"})

    assert page.status_code == 410
    assert "expired" in page.text


def test_an_invitation_withdrawn_while_the_form_is_filled_in_says_so(
    client, link, invitation, carol
):
    client.get(link)
    actions.withdraw_invitation(invitation, by=carol)

    assert client.post(reverse("invitation"), TYPED).status_code == 410
    assert not User.objects.filter(email="neu@alpina.example").exists()


def test_without_a_link_there_is_nothing(client, db):
    assert client.get(reverse("invitation")).status_code == 410
    assert client.get("/invitation/guessed/", follow=True).status_code == 410
    assert client.post(reverse("invitation"), TYPED).status_code == 410


def test_somebody_signed_in_is_asked_to_sign_out_first(client, link, alice):
    client.force_login(alice)

    page = client.get(link, follow=True)
    answer = client.post(reverse("invitation"), TYPED)

    assert "signed in as Alice Moser" in page.text
    assert 'name="password"' not in page.text
    assert "signed in as Alice Moser" in answer.text
    assert not User.objects.filter(email="neu@alpina.example").exists()


def test_joining_changes_the_session_and_counts_as_signing_in(client, link):
    client.get(link)
    before = client.session.session_key

    client.post(reverse("invitation"), TYPED)

    assert client.session.session_key != before
    assert "invitation" not in client.session
    assert client.session["account_authentication_methods"][0]["method"] == "password"
