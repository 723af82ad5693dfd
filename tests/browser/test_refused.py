"""When the desk says no, one sees why, and what was typed is still there."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests.factories import a_finding
from tickets import actions
from tickets.models import Draft, Message

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "Regenschirm-47-Leuchtturm"
TEXT = "Der Lauf vom Montag, mit Protokoll."


@pytest.fixture
def alice(alice):
    alice.set_password(PASSWORD)
    alice.save()
    return alice


@pytest.fixture
def expected_complaints():
    """The console names each answer above 400; here they are what we came for."""
    return ("Failed to load resource", "htmx:afterRequest", "htmx:sendError")


@pytest.fixture
def writing(browsing_as, waiting_ticket, alice):
    """Alice has typed an answer and has not sent it yet."""
    page = browsing_as(alice)
    page.goto(f"/tickets/{waiting_ticket.number}/")
    page.fill("#write textarea", TEXT)
    return page


def send(page) -> None:
    page.click("#write button[type=submit]")


def focused(page) -> str:
    return page.evaluate("document.activeElement.innerText")


def test_a_file_that_is_not_taken(writing, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    (tmp_path / "lauf.exe").write_bytes(b"MZ\x90\x00" + bytes(60))
    writing.set_input_files("#write [name=files]", tmp_path / "lauf.exe")
    send(writing)

    expect(writing.locator("#write [role=alert]")).to_be_visible()
    assert "lauf.exe" in focused(writing)
    assert writing.input_value("#write textarea") == TEXT
    assert not Message.objects.filter(text=TEXT).exists()


def test_a_ticket_that_has_moved_on(writing, waiting_ticket, sam):
    actions.resolve(
        waiting_ticket, by=sam, answer="Fixed.", finding=a_finding(), channel=Message.Channel.OFFICE
    )
    send(writing)

    expect(writing.locator("#notes [role=alert]")).to_contain_text("Resolved")
    assert "Resolved" in focused(writing)
    assert writing.input_value("#write textarea") == TEXT
    writing.click("#notes a")
    expect(writing.locator("main")).to_contain_text("Fixed.")
    writing.click("#write details > summary")
    assert writing.input_value("#write textarea") == TEXT


def test_two_windows_on_one_ticket(browsing_as, resolved_ticket, alice):
    first = browsing_as(alice)
    second = first.context.new_page()
    for page in (first, second):
        page.goto(f"/tickets/{resolved_ticket.number}/")

    first.click("form[action$='/confirm/'] button")
    expect(first.locator("#notes")).to_contain_text("closed")
    second.click("form[action$='/confirm/'] button")

    expect(second.locator("#notes [role=alert]")).to_contain_text("Closed")


def test_a_session_that_ends_while_one_types(writing, alice, waiting_ticket):
    expect(writing.locator("#draft-state")).to_contain_text("Draft kept")
    Session.objects.all().delete()
    writing.locator("#write textarea").press_sequentially(" Und mehr.")

    expect(writing.locator("#draft-state")).to_contain_text("signed out")
    assert writing.input_value("#write textarea") == f"{TEXT} Und mehr."
    assert Draft.objects.get(author=alice, ticket=waiting_ticket).content["text"] == TEXT


def test_a_session_that_ended_before_sending(writing, alice, waiting_ticket):
    expect(writing.locator("#draft-state")).to_contain_text("Draft kept")
    Session.objects.all().delete()
    send(writing)
    expect(writing.locator("#notes")).to_contain_text("signed out")
    assert writing.input_value("#write textarea") == TEXT
    writing.click("#notes a")

    writing.fill("[name=login]", alice.email)
    writing.fill("[name=password]", PASSWORD)
    writing.press("[name=password]", "Enter")

    writing.wait_for_url(f"**/tickets/{waiting_ticket.number}/")
    assert writing.input_value("#write textarea") == TEXT


def test_a_line_that_is_cut(writing):
    writing.context.set_offline(True)
    send(writing)

    expect(writing.locator("#notes [role=alert]")).to_contain_text("did not reach us")
    assert writing.input_value("#write textarea") == TEXT
