"""The main job with nothing pretended: browser, web server, Celery, PostgreSQL, Valkey, SMTP."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from runner.places import PROJECT, PYTHON
from tests import samples
from tests.faults.house import House, until

pytestmark = pytest.mark.browser

PASSWORD = "meldung-offen-2026"
CAST = f"""
from supportdesk.accounts.models import User
from tests import factories as make
from releases.models import Module
from supportdesk.accounts.models import Organisation
alice, sam = (User.objects.get(email=name) for name in ("alice@alpina.example", "sam@desk.example"))
make.TopicFactory(name="Storno im Zahllauf")
make.SystemFactory(organisation=alice.organisation, code="ALP-P1")
Module.objects.update(name="Krankengeld")
Organisation.objects.update(name="Alpina Krankenkasse")
for person, name, language in ((alice, "Alice Moser", "de"), (sam, "Sam Winter", "en")):
    person.name, person.language = name, language
    person.set_password("{PASSWORD}")
    person.save()
"""
SUBJECT, TEXT = "Zahllauf enthält Posten doppelt", "Nach dem Storno steht der Fall zweimal im Lauf."
ANSWER = "Behoben mit SP 4, bitte prüfen Sie es."


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """Without beat and watchman: what happens here, happens because Celery was told."""
    folder = Path(tempfile.mkdtemp(prefix="supportdesk-browser-"))
    folder.chmod(0o755)  # PostgreSQL may run as somebody else
    house = House(folder, "browser")
    house.environ["BASE_URL"] = f"http://localhost:{house.web}"
    _manage(house, "catalogues", "compile")
    _manage(house, "shell", "--no-imports", "-c", CAST)
    house.staff("web", "worker", "urgent")
    yield house
    house.close()
    shutil.rmtree(folder, ignore_errors=True)


def _manage(house: House, *command: str) -> None:
    subprocess.run([str(PYTHON), "manage.py", *command], cwd=PROJECT, env=house.environ, check=True)


@pytest.fixture
def sign_in_at(chromium, house) -> Iterator[Callable[[str], Page]]:
    """A window in which somebody has typed address and password."""
    windows = []

    def sign_in(email: str) -> Page:
        window = chromium.new_context(base_url=house.environ["BASE_URL"], locale="de")
        windows.append(window)
        page = window.new_page()
        page.set_default_timeout(15_000)
        until(lambda: _answers(page), 30, "the web server")
        page.fill("[name=login]", email)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(re.compile("/(office/)?$"))
        return page

    yield sign_in
    for window in windows:
        window.close()


def _answers(page: Page) -> bool:
    try:
        answer = page.goto("/account/login/")
    except Exception:
        return False
    return answer is not None and answer.ok


@pytest.fixture
def snap(tmp_path: Path) -> Callable[[Page, str], None]:
    """Pictures of each step, to be looked at; pytest keeps them for its last three runs."""

    def snap(page: Page, name: str) -> None:
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)

    return snap


def test_the_main_job_with_real_parts(house, sign_in_at, snap, tmp_path, record_property):
    alice = sign_in_at("alice@alpina.example")
    snap(alice, "1-home")
    number = _reports(alice, tmp_path, snap)

    began = time.monotonic()
    until(lambda: _sees(alice, "Sam Winter"), 15, "a specialist in charge")
    record_property("seconds_to_routed", round(time.monotonic() - began, 2))
    snap(alice, "4-routed")
    yours = _letter(house, "sam@desk.example", f"[#{number}] Yours now: {SUBJECT}")
    assert f"/office/tickets/ticket/{number}/change/" in _plain(yours)
    assert "ticket of Alpina Krankenkasse, priority Severe" in _plain(yours)

    _answers_and_resolves(sign_in_at("sam@desk.example"), number, snap)
    solved = _letter(house, "alice@alpina.example", f"[#{number}] Gelöst: {SUBJECT}")
    assert ANSWER in _plain(solved)
    assert f"{house.environ['BASE_URL']}/tickets/{number}/" in _plain(solved)

    alice.goto("/")
    snap(alice, "7-asked")
    alice.click(f"form[action='/tickets/{number}/confirm/'] button")
    expect(alice.locator("main")).to_contain_text("Vielen Dank")
    snap(alice, "8-confirmed")
    _letter(house, "sam@desk.example", f"[#{number}] Confirmed: {SUBJECT}")
    assert house.rows("SELECT status FROM tickets_ticket WHERE number = %s", number) == [
        ("closed",)
    ]


def _reports(page: Page, folder: Path, snap: Callable[[Page, str], None]) -> int:
    picture = folder / "maske.png"
    picture.write_bytes(samples.png())
    page.goto("/tickets/new/")
    page.select_option("[name=system]", index=1)
    page.select_option("[name=module]", label="Krankengeld")
    page.fill("[name=subject]", SUBJECT)
    page.fill("[name=text]", TEXT)
    page.check("[name=customer_priority][value='2']")
    page.set_input_files("[name=files]", picture)
    snap(page, "2-written")
    page.click("footer button.sd-btn-main")
    page.wait_for_url(re.compile(r"/tickets/\d+/$"))
    snap(page, "3-sent")
    expect(page.locator("main")).to_contain_text("maske.png")
    return int(page.url.rstrip("/").rpartition("/")[2])


def _sees(page: Page, words: str) -> bool:
    page.reload()
    return words in page.inner_text("main")


def _answers_and_resolves(page: Page, number: int, snap: Callable[[Page, str], None]) -> None:
    page.click(f"main a[href^='/office/tickets/ticket/{number}/change/']")
    snap(page, "5-workbench")
    page.click("#box label:has([value=resolve])")
    page.fill("#box-text", ANSWER)
    page.check("#box [name=verdict][value=handling_error]")
    page.select_option("#box [name=topic]", index=1)
    page.click("#box .sd-send[data-mode=resolve]")
    expect(page.locator("#notes")).to_contain_text("Resolved")
    snap(page, "6-resolved")


def _letter(house: House, to: str, subject: str) -> EmailMessage:
    """The one letter with this subject, once it has arrived."""

    def found() -> list[EmailMessage]:
        letters = [arrival.letter for arrival in house.post_office.arrivals]
        return [one for one in letters if to in one["To"] and one["Subject"].strip() == subject]

    try:
        [letter] = until(found, 15, f"{subject} to {to}")
    except AssertionError as nothing:
        came = [(one.letter["To"], one.letter["Subject"]) for one in house.post_office.arrivals]
        raise AssertionError(f"{nothing} There came: {came}") from nothing
    return letter


def _plain(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\n", " ")
