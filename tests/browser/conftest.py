"""A real browser before a real server: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from runner.testing import NO_CHROMIUM
from supportdesk.accounts.models import User

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop of its own


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def new_session(person: User) -> str:
    """What signing in leaves in the database."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def sign_in(window: BrowserContext, session: str, url: str) -> None:
    """Give the window the cookie that the sign-in page would have given it."""
    window.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])


@pytest.fixture
def expected_complaints() -> tuple[str, ...]:
    """How lines of the console begin that a test has asked for."""
    return ()


@pytest.fixture
def browsing_as(
    chromium: Browser, live_server: Any, expected_complaints: tuple[str, ...]
) -> Iterator[Callable[[User | None], Page]]:
    """A window of a person, or of a stranger. What the console complains about fails the test."""
    windows, complaints = [], []

    def browse(person: User | None) -> Page:
        window = chromium.new_context(base_url=live_server.url, locale="en-GB")
        if person is not None:
            sign_in(window, new_session(person), live_server.url)
        windows.append(window)
        page = window.new_page()
        page.set_default_timeout(8000)
        page.on(
            "console",
            lambda said: said.type == "error" and complaints.append(f"{said.text} {said.location}"),
        )
        return page

    yield browse
    for window in windows:
        window.close()
    unexpected = [line for line in complaints if not line.startswith(expected_complaints)]
    assert unexpected == [], "\n".join(unexpected)


@pytest.fixture
def monday() -> Iterator[None]:
    """A morning on which people are at work."""
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Europe/Berlin"))):
        yield
