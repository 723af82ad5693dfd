"""Wakers and reports at once: one page, and none that nobody ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from functools import partial
from itertools import cycle
from typing import Any

import pytest
from django.db.models.functions import Now

from oncall import actions
from oncall.models import Heartbeat, Page
from tests.oncall.paging import line, policy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def missed(sam, lea) -> Heartbeat:
    """A second ago."""
    line(sam)
    nights = policy([sam], last_resort=[lea])
    row = Heartbeat(name="ZAHL_TAG", reports_by=time(5), policy=nights)
    actions.expect(row, by=lea)
    Heartbeat.objects.update(due_at=Now() - timedelta(seconds=1))
    return row


def test_six_wakers_at_once_open_one_page(missed, at_once):
    outcomes = at_once(6, actions.miss_beat)

    assert set(outcomes) <= {True, False}
    assert Page.objects.count() == 1


def test_a_report_while_the_page_opens_leaves_nothing_that_calls(missed, at_once, desk):
    for _try in range(10):
        Heartbeat.objects.update(due_at=Now() - timedelta(seconds=1), awaited_on="2026-01-05")
        Page.objects.all().delete()
        at_once(4, by_turns(actions.miss_beat, partial(actions.report_beat, missed, by=desk)))
        assert not Page.objects.triggered().exists()


def by_turns(*deeds: Callable[[], Any]) -> Callable[[], Any]:
    turns = cycle(deeds)

    def one() -> Any:
        return next(turns)()

    return one
