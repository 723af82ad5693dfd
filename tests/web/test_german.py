"""German first: pages, letters and refusals in the reader's language, dates in its formats."""

import re
from datetime import UTC, datetime
from pathlib import Path

import allauth
import pytest
import time_machine
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from supportdesk.accounts.models import User
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch
from supportdesk.web.borrowed_words import SAID
from tickets import actions
from tickets.models import Message

THEIRS = Path(allauth.__file__).parent / "locale/de/LC_MESSAGES/django.po"
WEDNESDAY = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def reading(person: User, language: str) -> User:
    person.language = language
    person.save(update_fields=["language"])
    return person


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ['<html lang="de"', "Ihre Meldungen bei uns", "Neue Meldung", "Abmelden"]),
        ("en", ['<html lang="en"', "Your tickets with us", "New ticket", "Sign out"]),
    ],
)
def test_the_portal_speaks_the_readers_language(client, alice, new_ticket, language, words):
    client.force_login(reading(alice, language))
    pages = [client.get(reverse("home")), client.get(f"/tickets/{new_ticket.number}/")]
    shown = " ".join(page.content.decode() for page in pages).lower()

    for word in words:
        assert word.lower() in shown


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ["Meine Liste", "Meldungen", "Auswertung", "Abmelden"]),
        ("en", ["My list", "Tickets", "Reports", "Sign out"]),
    ],
)
def test_the_back_office_speaks_the_readers_language(client, lea, new_ticket, language, words):
    client.force_login(reading(lea, language))
    pages = [
        client.get("/office/"),
        client.get(f"/office/tickets/ticket/{new_ticket.number}/change/"),
    ]
    shown = " ".join(page.content.decode() for page in pages)

    for word in words:
        assert word in shown


def test_a_stranger_is_asked_to_sign_in_in_the_language_of_the_browser(client, db):
    page = client.get("/account/login/", headers={"Accept-Language": "de-AT,de;q=0.9"})
    other = client.get("/account/login/", headers={"Accept-Language": "en-GB"})

    assert "Passwort" in page.content.decode()
    assert "Password" in other.content.decode()


@pytest.mark.parametrize(
    ("language", "said"), [("de", "Mo 23.11., 15:10"), ("en", "Mon 23 Nov, 15:10")]
)
def test_weekdays_and_dates_follow_the_language(client, alice, new_ticket, sam, language, said):
    with time_machine.travel(datetime(2026, 11, 23, 14, 10, tzinfo=UTC)):
        actions.take(new_ticket, by=sam)
    with time_machine.travel(WEDNESDAY):
        client.force_login(reading(alice, language))
        page = client.get(f"/tickets/{new_ticket.number}/").content.decode()

    assert said in page


@pytest.mark.parametrize(
    ("language", "subject"), [("de", "hat geantwortet"), ("en", "has answered")]
)
def test_letters_are_written_in_the_language_of_their_reader(
    alice, sam, open_ticket, language, subject
):
    reading(alice, language)
    actions.reply(open_ticket, by=sam, text="Seit SP 4 behoben.", channel=Message.Channel.OFFICE)
    while outbox.react():
        pass
    letter = Dispatch.objects.filter(recipient=alice).latest("pk")

    assert subject in str(letter.content)


def test_a_refusal_is_said_in_german(client, alice, open_ticket):
    client.force_login(reading(alice, "de"))
    answer = client.post(f"/tickets/{open_ticket.number}/confirm/")

    assert answer.status_code == 409
    assert "kann nicht" in answer.content.decode()


@pytest.mark.parametrize("sentence", SAID)
def test_no_borrowed_sentence_says_du(sentence):
    """allauth's own catalogue does; what is said here must stand in ours, and in allauth's too."""
    with translation.override("de"):
        said = gettext(sentence)

    assert said != sentence
    assert sentence in THEIRS.read_text("utf-8").replace('"\n"', "").replace('\\"', '"')
    assert not re.search(r"\b(du|dein\w*|dich|dir|bist|gib|hast)\b", said, re.IGNORECASE)
