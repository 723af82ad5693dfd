"""Taking a page against the engine, many times over: nothing is claimed after it was taken."""

from __future__ import annotations

import os
import random
import threading
import time

import pytest
from django.db import connections

from oncall import actions
from oncall.models import Page
from supportdesk.messaging import dispatch
from supportdesk.messaging.models import Dispatch
from tests.oncall.paging import line, policy

TIMES = 1000 if os.environ.get("CHAOS") else 25


@pytest.mark.django_db(transaction=True)
def test_nothing_is_claimed_after_a_page_was_taken(sam, dev, lea, desk, gateway):
    luck = random.Random(25_12)
    for person in [sam, dev]:
        line(person)
        line(person, "voice")
    both = policy([sam, dev], last_resort=[lea])
    late, sent = 0, 0
    for n in range(TIMES):
        page = actions.open_page(f"race:{n}", "Alarm", by=desk, policy=both)
        claims, taken_at = race(page, sam, luck.uniform(0, 0.03))
        late += sum(began > taken_at for began in claims)
        sent += len(claims)
        assert Page.objects.get(pk=page.pk).state == "acknowledged"
        assert not Dispatch.objects.unsent().exists()

    assert late == 0
    assert 0 < sent < 4 * TIMES  # both have won sometimes


def race(page: Page, taker, pause: float) -> tuple[list[float], float]:
    """When each call that went out was begun to be claimed, and when the page was surely taken."""
    claims: list[float] = []

    def engine() -> None:
        try:
            actions.tick()
            for _message in range(5):
                began, before = time.monotonic(), Dispatch.objects.filter(state="sent").count()
                dispatch.deliver("gateway", urgent=True)
                if Dispatch.objects.filter(state="sent").count() > before:
                    claims.append(began)
        finally:
            connections.close_all()

    thread = threading.Thread(target=engine)
    thread.start()
    time.sleep(pause)
    actions.acknowledge(page, by=taker)
    taken_at = time.monotonic()
    thread.join()
    return claims, taken_at
