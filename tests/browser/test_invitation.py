"""From the coordinator's form to the invited person's first page, in a real browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from supportdesk.messaging.models import Dispatch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "leise-rieselt-4711"


def link_in(letter: Dispatch) -> str:
    found = re.search(r"/invitation/[\w-]+/", letter.content["text"])
    assert found
    return found[0]


def test_a_colleague_is_invited_and_comes_in(
    browsing_as: Any, chromium: Any, live_server: Any, carol: Any
) -> None:
    page = browsing_as(carol)
    page.goto("/organisation/")
    page.get_by_label("E-mail address").fill("neu@alpina.example")
    page.get_by_label("Name", exact=True).fill("Nele Neumann")
    page.get_by_label("Language").select_option("en")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("Nele Neumann gets a letter")).to_be_visible()

    window = chromium.new_context(base_url=live_server.url, locale="en-GB")
    said: list[str] = []
    visit = window.new_page()
    visit.on("console", lambda line: line.type == "error" and said.append(line.text))
    visit.goto(link_in(Dispatch.objects.latest("pk")))
    assert visit.url == f"{live_server.url}/invitation/"
    found = Axe().run(visit).response["violations"]
    assert [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")] == []
    said.clear()  # axe's own traces
    visit.get_by_label("Choose a password").fill(PASSWORD)
    visit.get_by_label("The same password again").fill(PASSWORD)
    visit.get_by_role("button", name="Create my account").click()

    expect(visit.get_by_text("Welcome. Your account is ready.")).to_be_visible()
    assert visit.url == f"{live_server.url}/"
    assert said == []
    window.close()
