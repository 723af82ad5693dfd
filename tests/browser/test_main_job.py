"""The main job in a real browser: reported, routed, answered, resolved, confirmed."""

import pytest

from supportdesk.messaging import outbox
from tests.browser.axe import serious
from tickets.models import Status, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def work_off() -> None:
    """What the worker does a moment later."""
    while outbox.react():
        pass


def report(page, system, module) -> Ticket:
    page.goto("/")
    assert serious(page) == []
    page.goto("/tickets/new/")
    assert serious(page) == []
    page.select_option("[name=system]", str(system.pk))
    page.select_option("[name=module]", str(module.pk))
    page.fill("[name=subject]", "Zahllauf enthält Posten doppelt")
    page.fill("[name=text]", "Nach dem Storno steht der Fall zweimal im Lauf.")
    page.check("[name=customer_priority][value='3']")
    page.click("footer button.sd-btn-main")
    ticket = Ticket.objects.get()
    assert page.url.endswith(f"/tickets/{ticket.number}/")
    return ticket


def name_the_cause(page) -> None:
    """Asked in the same box; only the chosen verdict's fields are shown."""
    page.check("#box [name=verdict][value=settings_difference]")
    assert not page.is_visible("#box [name=topic]")
    page.fill("#box [name=difference]", "Der Tagesabschluss läuft vor dem Zahllauf.")
    page.fill("#box [name=differs_since]", "2026-01-31")


def answer_and_resolve(page, ticket) -> None:
    bench = f"/office/tickets/ticket/{ticket.number}/change/"
    page.goto(bench)
    assert page.locator("#why").count() == 1
    assert serious(page) == []
    for mode, text in [("reply", "Erst am Folgetag anweisen."), ("resolve", "In SP 4 behoben.")]:
        page.goto(f"{bench}?mode={mode}")
        page.fill("#box-text", text)
        if mode == "resolve":
            name_the_cause(page)
        page.click(f"#box .sd-send[data-mode={mode}]")
        page.wait_for_load_state()


def test_from_the_report_to_the_confirmation(monday, browsing_as, alice, competent_sam, system):
    customer, specialist = browsing_as(alice), browsing_as(competent_sam)
    ticket = report(customer, system, competent_sam.competences.get().module)

    work_off()
    customer.reload()
    assert "Sam Winter is in charge" in customer.inner_text("main")
    assert serious(customer) == []

    answer_and_resolve(specialist, ticket)
    work_off()
    customer.goto("/")
    assert "In SP 4 behoben." in customer.inner_text("main")
    customer.click(f"form[action='/tickets/{ticket.number}/confirm/'] button")
    customer.wait_for_load_state()

    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED
    kinds = [entry.kind for entry in ticket.history.all()]
    assert kinds == ["opened", "routed", "diagnosed", "resolved", "confirmed"]
