"""Swaps: offered, taken by one, moving with their turn."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from oncall import actions
from oncall.duties import on_duty
from oncall.models import Change, Duty
from oncall.spans import Span
from supportdesk.errors import NotAllowed, Refused, WrongState
from tests.oncall.conftest import turns, week

pytestmark = pytest.mark.django_db


@pytest.fixture
def duty(schedule, weekly, dev) -> Duty:
    """Dev's, in the week after next."""
    return Duty.objects.get(schedule=schedule, person=dev, during__contains=week(schedule, 2).start)


def test_an_offer_changes_nothing_until_somebody_takes_it(schedule, duty, dev, sam):
    swap = actions.offer_swap(duty, by=dev, reason="A wedding")
    assert on_duty(schedule, duty.span.start) == [dev]

    actions.take_swap(swap, by=sam)
    assert on_duty(schedule, duty.span.start) == [sam]


def test_a_duty_is_taken_once(schedule, duty, dev, sam, lea):
    swap = actions.offer_swap(duty, by=dev)
    actions.take_swap(swap, by=sam)

    with pytest.raises(WrongState):
        actions.take_swap(swap, by=lea)
    with pytest.raises(WrongState):
        actions.withdraw_swap(swap, by=dev)
    actions.withdraw_swap(swap, by=lea)  # a lead may undo it
    assert on_duty(schedule, duty.span.start) == [dev]


def test_what_is_withdrawn_is_not_taken(duty, dev, sam):
    swap = actions.offer_swap(duty, by=dev)
    actions.withdraw_swap(swap, by=dev)

    with pytest.raises(WrongState):
        actions.take_swap(swap, by=sam)


def test_only_ones_own_duty_is_offered_unless_one_plans(duty, sam, lea):
    with pytest.raises(NotAllowed):
        actions.offer_swap(duty, by=sam)
    swap = actions.offer_swap(duty, by=lea)
    with pytest.raises(NotAllowed):
        actions.withdraw_swap(swap, by=sam)


def test_customers_do_not_swap(duty, dev, carol):
    swap = actions.offer_swap(duty, by=dev)

    with pytest.raises(NotAllowed):
        actions.take_swap(swap, by=carol)
    with pytest.raises(NotAllowed):
        actions.offer_swap(duty, by=carol)


def test_one_offer_a_duty(duty, dev):
    actions.offer_swap(duty, by=dev)

    with pytest.raises(actions.Contradiction):
        actions.offer_swap(duty, by=dev)


def test_nobody_takes_their_own_or_a_second_duty_at_a_time(schedule, weekly, duty, dev, sam, lea):
    swap = actions.offer_swap(duty, by=dev)
    with pytest.raises(Refused, match="yours"):
        actions.take_swap(swap, by=dev)
    wish = actions.Wish(
        Change.Kind.ADD, Span(duty.span.start, duty.span.start + timedelta(hours=1)), sam
    )
    actions.change_plan(schedule, wish, by=lea)
    with pytest.raises(Refused, match="on duty yourself"):
        actions.take_swap(swap, by=sam)


def test_what_has_begun_is_not_offered(schedule, weekly, sam, now):
    running = Duty.objects.get(schedule=schedule, person=sam, during__contains=now)
    Duty.objects.filter(pk=running.pk).update(during=(now, running.span.end))
    running.refresh_from_db()

    with pytest.raises(Refused, match="begun"):
        actions.offer_swap(running, by=sam)


def test_a_swap_moves_with_its_turn(schedule, weekly, duty, dev, sam, lea):
    swap = actions.take_swap(actions.offer_swap(duty, by=dev), by=sam)

    turns(schedule, [[sam], [lea], [dev]], by=lea, rotation=weekly, hands_off_at=time(14))

    swap.refresh_from_db()
    assert swap.span.start == duty.span.start + timedelta(hours=5)
    assert swap.span.end == duty.span.end + timedelta(hours=5)
    assert on_duty(schedule, duty.span.start) == [lea]  # until the new hand-off
    assert on_duty(schedule, duty.span.end) == [sam]


@pytest.mark.django_db(transaction=True)
def test_six_taking_at_once_leave_one_with_the_duty(schedule, duty, dev, sam, at_once):
    swap = actions.offer_swap(duty, by=dev)

    outcomes = at_once(6, lambda: actions.take_swap(swap, by=sam))

    assert outcomes.count(WrongState) == 5
    assert on_duty(schedule, duty.span.start) == [sam]
