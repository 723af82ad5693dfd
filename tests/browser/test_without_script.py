"""The portal with scripts switched off: everything the main job needs still works."""

import pytest
from playwright.sync_api import expect

from tests import samples
from tests.browser.test_main_job import work_off
from tests.factories import a_finding
from tickets import actions
from tickets.models import Message, Status, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "Regenschirm-47-Leuchtturm"


@pytest.fixture
def page(chromium, live_server):
    window = chromium.new_context(
        base_url=live_server.url, locale="en-GB", java_script_enabled=False
    )
    yield window.new_page()
    window.close()


@pytest.fixture
def signed_in(page, alice):
    alice.set_password(PASSWORD)
    alice.save()
    page.goto("/")
    page.fill("[name=login]", alice.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.sd-btn-main")
    expect(page.locator("h1")).to_contain_text("Nothing waits for you")
    return page


def test_the_main_job_without_script(
    monday,
    signed_in,
    alice,
    competent_sam,
    system,
    tmp_path,
    settings,
):
    settings.MEDIA_ROOT = tmp_path
    page, ticket = signed_in, _report(signed_in, tmp_path)
    work_off()

    page.goto(f"/tickets/{ticket.number}/")
    expect(page.locator("main")).to_contain_text("Sam Winter is in charge")
    page.fill("#write textarea", "Also in May.")
    page.click("#write button[type=submit]")
    expect(page.locator("#notes")).to_contain_text("sent")
    expect(page.locator(".sd-time")).to_contain_text("Also in May.")

    actions.resolve(
        ticket,
        by=competent_sam,
        answer="Fixed.",
        finding=a_finding(),
        channel=Message.Channel.OFFICE,
    )
    page.goto("/")
    page.click(f"form[action='/tickets/{ticket.number}/confirm/'] button")
    expect(page.locator("#notes")).to_contain_text("closed")
    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED


def _report(page, folder) -> Ticket:
    (folder / "maske.png").write_bytes(samples.png())
    page.click("header a.sd-btn-main")
    page.select_option("[name=system]", index=1)
    page.select_option("[name=module]", index=1)
    page.fill("[name=subject]", "Twice in the run")
    page.fill("[name=text]", "After the storno.")
    page.check("[name=customer_priority][value='3']")
    page.set_input_files("[name=files]", folder / "maske.png")
    page.click("footer button.sd-btn-main")
    expect(page.locator("#notes")).to_contain_text("is with us")
    return Ticket.objects.get()


def test_a_draft_is_kept_by_its_button(signed_in, module):
    signed_in.goto("/tickets/new/")
    signed_in.fill("[name=subject]", "Half a sentence")
    signed_in.click("button[name=keep]")
    signed_in.goto("/tickets/new/")

    assert signed_in.input_value("[name=subject]") == "Half a sentence"


def test_the_menu_opens_and_signs_out(signed_in):
    signed_in.click(".sd-menu > summary")
    signed_in.click(".sd-menu form[action='/account/logout/'] button")

    expect(signed_in.locator("[name=login], main form[action*=login]").first).to_be_visible()


def test_lists_are_filtered_by_their_button(signed_in, new_ticket):
    signed_in.goto("/tickets/")
    signed_in.fill("[name=q]", "nothing like it")
    signed_in.click("#filter button[type=submit]")

    expect(signed_in.locator("#tickets")).to_contain_text("No ticket fits.")
