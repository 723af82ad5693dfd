"""The main job by keyboard alone: every stop is seen, and focus is never lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_main_job import work_off
from tests.factories import a_ticket
from tickets.models import Status, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_STOPS = 60
# Focus is seen as an outline, on the thing itself or on the label around it.
LOOK = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return {lost: true};
  const shown = [one, one.closest("label")].some((part) => {
    const style = part && getComputedStyle(part);
    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  const box = one.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
  return {lost: false, shown: shown && inside, what: one.outerHTML.slice(0, 120)};
}"""


def step(page: Page, key: str = "Tab") -> None:
    page.keyboard.press(key)
    look = page.evaluate(LOOK)
    assert not look["lost"], f"After {key} nothing has the focus"
    assert look["shown"], f"After {key} one does not see the focus on {look['what']}"


def tab_to(page: Page, selector: str) -> None:
    for _stop in range(MOST_STOPS):
        step(page)
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{MOST_STOPS} stops, and none is {selector}")


def press(page: Page, selector: str, key: str = "Enter") -> None:
    tab_to(page, selector)
    page.keyboard.press(key)


def past_the_menu(page: Page) -> None:
    """As people do: the office's menu is long."""
    press(page, ".sd-skip")


def has_focus(page: Page, selector: str) -> bool:
    return page.evaluate("(one) => Boolean(document.activeElement.closest(one))", selector)


def test_the_main_job_by_keyboard(monday, browsing_as, alice, competent_sam, system, topic):
    customer, specialist = browsing_as(alice), browsing_as(competent_sam)
    ticket = _report(customer)
    work_off()
    _write_more(customer, ticket)

    _resolve(specialist, ticket)
    work_off()
    customer.goto("/")
    press(customer, f"form[action='/tickets/{ticket.number}/confirm/'] button")
    expect(customer.locator("#notes")).to_contain_text("closed")

    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED
    assert [message.text for message in ticket.messages.order_by("pk")] == [
        "Zweimal im Lauf.",
        "Auch im Mai.",
        "In SP 4 behoben.",
    ]


def _report(page: Page) -> Ticket:
    page.goto("/")
    press(page, "a[href='/tickets/new/']")
    page.wait_for_url("**/tickets/new/")
    tab_to(page, "[name=system]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "[name=module]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "[name=subject]")
    page.keyboard.type("Posten doppelt")
    tab_to(page, "[name=text]")
    page.keyboard.type("Zweimal im Lauf.")
    tab_to(page, "[name=customer_priority]")
    page.keyboard.press("Space")
    step(page, "ArrowDown")
    press(page, "footer button.sd-btn-main")
    page.wait_for_url(re.compile(r"/tickets/\d+/$"))
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.customer_priority) == ("Posten doppelt", 2)
    return ticket


def _write_more(page: Page, ticket: Ticket) -> None:
    page.goto(f"/tickets/{ticket.number}/")
    tab_to(page, "#write textarea")
    page.keyboard.type("Auch im Mai.")
    press(page, "#write button[type=submit]")
    expect(page.locator("#notes")).to_contain_text("sent")
    expect(page.locator(".sd-time")).to_contain_text("Auch im Mai.")
    assert has_focus(page, "#notes"), "After sending, focus is where the answer is said"
    step(page)
    assert has_focus(page, "#ticket")


def _resolve(page: Page, ticket: Ticket) -> None:
    page.goto("/office/")
    past_the_menu(page)
    press(page, f"main a[href*='/ticket/{ticket.pk}/change/']")
    page.wait_for_url("**/change/*")
    past_the_menu(page)
    tab_to(page, "#box [name=mode]")
    while page.input_value("#box [name=mode]:checked") != "resolve":
        step(page, "ArrowRight")
    tab_to(page, "#box-text")
    page.keyboard.type("In SP 4 behoben.")
    tab_to(page, "#box [name=verdict]")
    step(page, "Space")
    while page.input_value("#box [name=verdict]:checked") != "handling_error":
        step(page, "ArrowRight")
    tab_to(page, "#box [name=topic]")
    step(page, "ArrowDown")
    press(page, "#box [data-mode=resolve]")
    expect(page.locator("#notes")).to_contain_text("Resolved")


@pytest.mark.parametrize(("who", "address"), [("alice", "/"), ("sam", "/office/")])
def test_the_first_stop_leads_past_the_menu(browsing_as, request, who, address):
    page = browsing_as(request.getfixturevalue(who))
    page.goto(address)

    step(page)
    assert has_focus(page, ".sd-skip")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert has_focus(page, "main")


def test_a_menu_opens_and_closes_and_gives_focus_back(browsing_as, alice):
    page = browsing_as(alice)
    page.goto("/")
    menu = page.locator(".sd-menu-list")

    press(page, ".sd-menu > summary")
    expect(menu).to_be_visible()
    step(page)
    page.keyboard.press("Escape")

    expect(menu).to_be_hidden()
    assert has_focus(page, ".sd-menu > summary")


def test_a_verb_with_questions_opens_beside_its_button(browsing_as, open_ticket, sam, team):
    page = browsing_as(sam)
    page.goto(f"/office/tickets/ticket/{open_ticket.pk}/change/")

    past_the_menu(page)
    press(page, ".sd-pop:has([name=team]) > summary")
    step(page)
    assert has_focus(page, "[name=team]")
    page.keyboard.press("Escape")

    expect(page.locator(".sd-pop [name=team]")).to_be_hidden()
    assert has_focus(page, ".sd-pop > summary")


def test_what_loads_by_itself_takes_no_focus(browsing_as, sam, alice, module, system):
    where = {"organisation": system.organisation, "system": system}
    ticket = a_ticket(by=alice, module=module, **where)
    page = browsing_as(sam)

    page.goto(f"/office/tickets/ticket/{ticket.pk}/change/")
    expect(page.get_by_role("heading", name="Reproduce it")).to_be_visible()
    page.wait_for_timeout(200)  # what is new settles after it is seen

    assert page.evaluate("document.activeElement === document.body")


def test_ctrl_k_leads_to_a_page_by_typing(browsing_as, alice):
    page = browsing_as(alice)
    page.goto("/inbox/")

    page.keyboard.press("Control+k")
    page.keyboard.type("syst")
    expect(page.locator("#palette-found a")).to_have_count(1)
    step(page, "ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url("**/systems/")
