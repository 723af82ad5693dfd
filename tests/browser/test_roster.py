"""The roster by keyboard alone: a plan is looked at, changed, swapped and confirmed."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from oncall import actions
from oncall.duties import on_duty
from oncall.models import Duty, Schedule
from tests.browser.test_keyboard import past_the_menu, press, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def schedule(team, sam, lea, dev) -> Schedule:
    """sam and dev by the day, handing off at nine."""
    schedule = Schedule.objects.create(name="Leistungen", team=team)
    groups = [[actions.Place(sam)], [actions.Place(dev)]]
    start = timezone.localdate() - timedelta(days=1)
    asked = actions.Turns("By the day", start, time(9), groups, unit="day")
    actions.set_rotation(schedule, asked, by=lea)
    return schedule


def next_of(person) -> Duty:
    coming = Duty.objects.filter(person=person, during__startswith__gt=timezone.now())
    return coming.order_by("during")[0]


def choose(page: Page, name: str, label: str) -> None:
    tab_to(page, f"[name={name}]")
    page.keyboard.type(label)


def test_a_lead_changes_the_plan_by_keyboard(browsing_as, schedule, lea, sam, dev):
    duty = next_of(sam)
    page = browsing_as(lea)
    page.goto("/office/oncall/duty/")
    past_the_menu(page)
    press(page, "a[href^='/office/oncall/change/add/']")
    page.wait_for_url("**/change/add/**")

    choose(page, "schedule", "Leis")
    choose(page, "person", "Sam")
    choose(page, "stand_in", "Lea")
    for name, at in (("starts", duty.span.start), ("ends", duty.span.end)):
        page.fill(f"[name={name}]", f"{timezone.localtime(at):%Y-%m-%dT%H:%M}")
    page.focus("[name=reason]")
    press(page, "[name=look]")
    expect(page.locator("main")).to_contain_text("Nothing is saved yet.")
    assert on_duty(schedule, duty.span.start) == [sam]
    page.focus("[name=reason]")  # past the menu, which is as long as a lead's day
    press(page, "footer button:not([name])")

    page.wait_for_url("**/office/oncall/change/")
    expect(page.locator("main")).to_contain_text("Somebody steps in")
    assert on_duty(schedule, duty.span.start) == [lea]


def test_a_duty_is_offered_and_taken_by_keyboard(browsing_as, schedule, sam, lea, dev):
    duty = next_of(dev)
    owner, taker = browsing_as(dev), browsing_as(lea)
    owner.goto("/office/oncall/duty/mine/")
    press(owner, f"form[action='/office/oncall/duty/{duty.pk}/confirm/'] button")
    expect(owner.locator("main")).to_contain_text("reachable")
    press(owner, f"form[action='/office/oncall/duty/{duty.pk}/offer/'] button")
    expect(owner.locator("main")).to_contain_text("on offer")

    taker.goto("/office/oncall/duty/mine/")
    press(taker, "form[action$='/take/'] button")
    expect(taker.locator("main")).to_contain_text("The duty is yours now.")

    assert on_duty(schedule, duty.span.start) == [lea]
