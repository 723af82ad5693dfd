"""Where somebody is signed in, and how they end it."""

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from supportdesk.accounts import actions
from supportdesk.audit.models import Entry
from supportdesk.errors import NotAllowed

PASSWORD = "leise-rieselt-4711"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0"


@pytest.fixture
def alice(alice):
    alice.set_password(PASSWORD)
    alice.save()
    return alice


def sign_in(person, agent=FIREFOX):
    browser = Client(headers={"User-Agent": agent})
    browser.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert is_in(browser)
    return browser


def is_in(browser):
    return browser.get(reverse("inbox")).status_code == 200


def test_the_profile_shows_each_browser_and_marks_this_one(alice):
    here, _there = sign_in(alice), sign_in(alice, EDGE)

    page = here.get(reverse("profile")).text

    assert "Firefox on Linux" in page
    assert "Edge on Windows" in page
    assert page.count("this browser") == 1


def test_ending_another_browser_signs_it_out_at_once(alice):
    here, there = sign_in(alice), sign_in(alice, EDGE)
    session = UserSession.objects.get(user_agent=EDGE)

    here.post(reverse("session_end", args=[session.pk]))

    assert is_in(here)
    assert not is_in(there)
    assert [entry.verb for entry in Entry.objects.all()] == ["session.ended"]


def test_ending_this_browser_leads_to_the_way_in(alice):
    here = sign_in(alice)
    session = UserSession.objects.get()

    answer = here.post(reverse("session_end", args=[session.pk]))

    assert answer.url == reverse("account_login")
    assert not is_in(here)


def test_ending_all_others_keeps_this_one(alice):
    here, others = sign_in(alice), [sign_in(alice, EDGE), sign_in(alice)]

    here.post(reverse("sessions_end_others"))

    assert is_in(here)
    assert not any(is_in(browser) for browser in others)
    assert Entry.objects.get().facts == {"sessions": 2}


def test_nobody_ends_somebody_elses_session(alice, carol, client):
    here = sign_in(alice)
    session = UserSession.objects.get()
    client.force_login(carol)

    assert client.post(reverse("session_end", args=[session.pk])).status_code == 404
    with pytest.raises(UserSession.DoesNotExist):
        actions.end_session(session, by=carol)
    assert is_in(here)


def test_a_disabled_person_ends_nothing(alice):
    alice.is_active = False

    with pytest.raises(NotAllowed):
        actions.end_other_sessions(by=alice, but="")


def test_looking_at_the_profile_changes_nothing_and_costs_the_same(alice):
    here = sign_in(alice)
    url = reverse("profile")
    with CaptureQueriesContext(connection) as few:
        here.get(url)
    for _n in range(10):
        sign_in(alice)
    with CaptureQueriesContext(connection) as many:
        here.get(url)

    assert len(many) == len(few)
    assert not [q["sql"] for q in many if not q["sql"].startswith(("SELECT", "SAVEPOINT"))]
