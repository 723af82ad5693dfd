"""Alarms while the digest is written: each is told of once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now

from oncall import actions
from oncall.models import Page
from oncall.storm import LONGEST
from supportdesk.messaging.models import Dispatch
from tests.oncall.paging import line, policy

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_alarm_is_lost_between_two_digests(sam, lea, desk, at_once):
    line(sam)
    nights = policy([sam], last_resort=[lea])
    page = actions.open_page("a", "Job", by=desk, policy=nights)
    actions.acknowledge(page, by=sam)
    alarm = {"by": desk, "policy": nights}
    actions.open_page("a", "Job", **alarm)
    for n in range(5):
        Page.objects.update(storm_since=Now() - LONGEST - timedelta(seconds=n))

        def ring_and_tell() -> None:
            actions.open_page("a", "Job", **alarm)
            actions.tell_storm()

        assert set(at_once(4, ring_and_tell)) == {None}
        Page.objects.filter(storm_since=None).update(storm_since=Now())

    Page.objects.update(storm_since=Now() - LONGEST - timedelta(hours=1))
    actions.tell_storm()
    told = Dispatch.objects.filter(dedupe_key__startswith="page.stormed")
    counted = sum(int(letter.content["subject"].split()[2]) for letter in told)
    assert counted == Page.objects.get().alarms - 1 == 21
    assert Page.objects.get(told_alarms=F("alarms")).storm_since is None
