"""Letters about the ways into an account: by our own outbox, in the reader's language."""

import re
from datetime import timedelta
from importlib import resources

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from supportdesk.accounts import actions
from supportdesk.accounts.actions.safety import CHANGES
from supportdesk.audit.models import Entry
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch, Event

PASSWORD, NEW = "Regenschirm-47-Leuchtturm", "Kaffeetasse-12-Fensterbrett"
# Letters of the library that cannot come up here, and why.
NEVER = {
    "account_already_exists": "nobody signs up",
    "unknown_account": "a stranger's typing sends nobody mail",
    "email_changed": "addresses stay",
    "email_confirm": "addresses stay",
    "email_confirmation": "addresses stay",
    "email_confirmation_signup": "nobody signs up",
    "email_deleted": "addresses stay",
    "login_code": "no codes by mail",
    "password_reset_code": "a link, not a code",
    "password_reset_key": "ours goes out a moment later: mail.password_link",
}


@pytest.fixture
def alice(alice):
    alice.set_password(PASSWORD)
    alice.save()
    return alice


def asked(client, email: str):
    return client.post("/account/password/reset/", {"email": email})


def link() -> str:
    """What the newest letter leads to, without the house."""
    while outbox.react():
        pass
    (url,) = re.findall(r"https?://\S+", Dispatch.objects.latest("pk").content["text"])
    return "/" + url.split("/", 3)[3]


def chosen(client, path: str, password: str = NEW):
    """Follow the link and fill in its form, as far as it lets one."""
    page = client.get(path, follow=True)
    where = page.redirect_chain[-1][0] if page.redirect_chain else path
    return client.post(where, {"password1": password, "password2": password})


def test_a_slip_in_the_new_password_is_said_politely(client, alice):
    asked(client, alice.email)
    where = client.get(link(), follow=True).redirect_chain[-1][0]
    typed = {"password1": NEW, "password2": PASSWORD}
    answer = client.post(where, typed, headers={"accept-language": "de"})

    (said,) = answer.context["form"].errors["password2"]
    assert said == "Die beiden Passwörter stimmen nicht überein."


def signs_in(client, password: str) -> bool:
    client.logout()
    client.post("/account/login/", {"login": "alice@alpina.example", "password": password})
    return "_auth_user_id" in client.session


def test_every_letter_of_the_library_is_ours_or_cannot_come_up():
    templates = resources.files("allauth") / "templates"
    letters = {
        file.name.removesuffix("_message.txt")
        for app in ["account", "mfa", "socialaccount"]
        for file in (templates / app / "email").iterdir()
        if file.name.endswith("_message.txt") and not file.name.startswith("base_")
    }

    assert letters == {*CHANGES, *NEVER}


def test_the_link_sets_a_new_password_once(client, alice):
    asked(client, "Alice@Alpina.example")
    path = link()

    chosen(client, path)

    assert signs_in(client, NEW)
    assert not signs_in(client, PASSWORD)
    client.logout()
    assert "Choose a new password" not in client.get(path, follow=True).text
    chosen(client, path, "Noch-ein-Versuch-2026")
    assert not signs_in(client, "Noch-ein-Versuch-2026")


def test_the_link_dies_with_the_password_it_would_replace(client, alice):
    asked(client, alice.email)
    path = link()
    alice.set_password("Gerade-selbst-geaendert-9")
    alice.save()

    chosen(client, path)

    assert not signs_in(client, NEW)


def test_the_link_dies_by_itself(client, alice):
    asked(client, alice.email)
    path = link()
    with time_machine.travel(timezone.localtime() + timedelta(minutes=31)):
        chosen(client, path)

    assert not signs_in(client, NEW)


def test_a_new_password_ends_every_session(client, alice):
    client.force_login(alice)
    stranger = type(client)()
    asked(stranger, alice.email)

    chosen(stranger, link())

    assert client.get("/inbox/").url.startswith("/account/login/")


def test_a_known_and_an_unknown_address_are_answered_and_worked_on_alike(client, alice):
    answers, work = [], []
    for email in [alice.email, "niemand@nirgends.example"]:
        with CaptureQueriesContext(connection) as queries:
            answer = asked(client, email)
        answers.append((answer.status_code, answer.url, answer.content))
        work.append([query["sql"].split()[0] for query in queries])

    assert answers[0] == answers[1]
    assert work[0] == work[1]
    assert "niemand" not in str(Event.objects.values_list("body"))
    while outbox.react():
        pass
    assert {letter.address for letter in Dispatch.objects.all()} == {alice.email}


def test_a_disabled_person_gets_no_link(client, alice):
    alice.is_active = False
    alice.save()

    asked(client, alice.email)
    while outbox.react():
        pass

    assert not Dispatch.objects.exists()


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_letter_speaks_the_readers_language(client, alice, language):
    alice.language = language
    alice.save()

    asked(client, alice.email)
    link()

    letter = Dispatch.objects.latest("pk")
    assert letter.urgent
    assert f'lang="{language}"' in letter.content["html"]


def test_a_changed_password_is_written_down_and_told(client, alice):
    assert signs_in(client, PASSWORD)

    client.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
    )

    letter = Dispatch.objects.get(recipient=alice)
    assert letter.content["subject"] == "Your password was changed"
    assert "127.0.0.1" in letter.content["text"]
    assert Entry.objects.get(verb="user.password_changed").by_id == alice.pk


def test_a_browser_with_markup_in_its_name_writes_none_into_the_letter(alice):
    actions.note_change(alice, "password_changed", ip="192.0.2.1", browser="<b>x</b>")

    assert "<b>x" not in Dispatch.objects.get().content["html"]
