"""Every page once as its main reader: nothing breaks, nothing is blocked, all can read it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext
from pytest_django.live_server_helper import LiveServer

from supportdesk.accounts.models import User
from tests.browser import world
from tests.browser.axe import seen_in
from tests.browser.conftest import new_session, sign_in
from tests.browser.pages import NOBODY, Page, pages, unknown, unused
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
ALL_VIEWS = [
    (width, scheme, language)
    for width in WIDTHS
    for scheme in ("light", "dark")
    for language in ("en", "de")
]
# Between them every width, both colours and both languages.
DESKTOP, PHONE = ("desktop", "light", "en"), ("phone", "dark", "de")
View = tuple[str, str, str]
PARDONED = {"api_docs": "nested-interactive"}  # the viewer's own markup: a link in each button


def views_of(page: Page) -> list[View]:
    """`make browser-all` asks for every combination."""
    if os.environ.get("BROWSER_VIEWS") == "all":
        return ALL_VIEWS
    return [DESKTOP, PHONE] if page.ours else [DESKTOP]


VISITS = [(view, route, page) for route, page in pages() for view in views_of(page)]
VISITS.sort(key=lambda visit: (visit[0], visit[2].persona))


@dataclass
class House:
    """A running desk with a ticket to show, and one window for each reader and view."""

    url: str
    ticket: Ticket
    browser: Browser
    windows: dict[tuple[str, View], BrowserContext] = field(default_factory=dict)
    # Beside the test's own transaction, which the desk does not see.
    beside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    def window(self, persona: str, view: View) -> BrowserContext:
        person = User.objects.filter(email=persona)
        self.beside.submit(person.update, language=view[2]).result()
        if (persona, view) not in self.windows:
            self.windows[persona, view] = self._open(persona, view)
        return self.windows[persona, view]

    def _open(self, persona: str, view: View) -> BrowserContext:
        width, scheme, language = view
        across, down = WIDTHS[width]
        window = self.browser.new_context(
            base_url=self.url,
            locale=language,
            color_scheme=scheme,
            viewport={"width": across, "height": down},
        )
        window.add_init_script(
            "document.addEventListener('securitypolicyviolation', (event) =>"
            " console.error('blocked by the policy:', event.violatedDirective, event.blockedURI))"
        )
        if persona != NOBODY:
            person = User.objects.get(email=persona)
            sign_in(window, self.beside.submit(new_session, person).result(), self.url)
        return window

    def close(self) -> None:
        for window in self.windows.values():
            window.close()
        self.beside.submit(connections.close_all).result()
        self.beside.shutdown()


@pytest.fixture(scope="module")
def house(
    chromium: Browser, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any
) -> Iterator[House]:
    """One desk for all pages: they only look, and leave it as it was."""
    files = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"))
    with django_db_blocker.unblock(), files:
        server = LiveServer("localhost")
        try:
            yield (house := House(server.url, world.build(), chromium))
            house.close()
        finally:
            server.stop()
            call_command("flush", interactive=False, verbosity=0)


def test_every_page_has_its_reader():
    assert unknown() == [], "Say in tests/browser/pages.py who reads these, or why they are no page"


def test_no_line_is_left_of_a_page_that_went():
    assert unused() == []


@pytest.mark.parametrize(
    ("view", "route", "reader"),
    VISITS,
    ids=[f"{route}-{'-'.join(view)}" for view, route, _page in VISITS],
)
def test_a_page_is_whole(house, view, route, reader):
    window = house.window(reader.persona, view).new_page()
    said: list[str] = []
    listen = _listener(said)
    window.on("console", listen)
    window.on("pageerror", lambda error: said.append(f"uncaught: {error}"))

    address = house.url + world.address(route, house.ticket)
    answer = window.goto(address, wait_until="load")

    assert answer is not None
    assert (answer.status, answer.url.partition("?")[0]) == (200, address)
    if route == "api_docs":
        window.wait_for_selector(".opblock")  # its script asks for the description first
    assert said == []
    assert _too_wide(window) == []
    window.remove_listener("console", listen)  # axe injects styles, which the policy blocks
    assert [one for one in seen_in(window) if not one.startswith(PARDONED.get(route, ()))] == []
    window.close()


def _listener(said: list[str]) -> Callable[[Any], None]:
    def listen(line: Any) -> None:
        if line.type == "error":
            said.append(f"{line.text} {line.location}")

    return listen


def _too_wide(window: Any) -> list[str]:
    """What makes the page scroll sideways."""
    return window.evaluate(
        """() => {
          const most = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= most) return [];
          return [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > most + 1)
            .map((one) => one.outerHTML.slice(0, 120)).slice(0, 8).concat("wider than the page");
        }"""
    )
