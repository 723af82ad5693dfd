"""What the reader chooses about the look, and what paper shows."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize(("who", "address"), [("alice", "/"), ("sam", "/office/")])
def test_dark_is_chosen_once_and_remembered_on_every_page(browsing_as, request, who, address):
    page = browsing_as(request.getfixturevalue(who))
    page.goto(address)
    light = page.evaluate(GROUND)
    if who == "alice":
        page.click(".sd-menu > summary")
    switch = page.locator("[data-theme-switch]:visible")

    switch.click()
    assert page.evaluate(GROUND) == light
    switch.click()
    dark = page.evaluate(GROUND)
    page.goto("/inbox/")

    assert dark != light
    assert page.evaluate(GROUND) == dark


def test_paper_shows_the_ticket_and_nothing_to_press(browsing_as, waiting_ticket, alice):
    page = browsing_as(alice)
    page.emulate_media(media="print")
    page.goto(f"/tickets/{waiting_ticket.number}/")

    expect(page.locator("main")).to_contain_text("Which run?")
    for pressed in ("header.sd-head", "#write", ".sd-foot", ".sd-crumbs"):
        expect(page.locator(pressed)).to_be_hidden()
    expect(page.locator(".sd-why-body").first).to_be_visible()
