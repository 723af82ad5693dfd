"""Topics as configuration, and the counts that tickets feed."""

from datetime import date

import pytest
from django.db import IntegrityError
from django.urls import reverse

from supportdesk.audit.models import Entry
from training.actions import count_cause
from training.models import CauseCount, Topic

NOVEMBER = date(2026, 11, 1)


def test_a_trainer_adds_a_topic_and_that_leaves_a_line(client, tom, module):
    client.force_login(tom)
    facts = {"name": "Storno", "process_area": "Payments", "modules": [module.pk]}

    answer = client.post(reverse("admin:training_topic_add"), {**facts, "is_active": "on"})

    assert answer.status_code == 302
    assert list(Topic.objects.get().modules.all()) == [module]
    assert Entry.objects.get(subject_type="training.topic").verb == "topic.added"


def test_causes_are_counted_by_the_month_for_each_customer(topic, alpina, hansa):
    for organisation, day in [(alpina, 3), (alpina, 30), (hansa, 9)]:
        count_cause(topic, organisation, cause="handling", on=date(2026, 11, day))
    count_cause(topic, alpina, cause="handling", on=date(2026, 12, 1))

    counts = CauseCount.objects.filter(month=NOVEMBER).order_by("pk")
    assert {one.organisation: one.count for one in counts} == {alpina: 2, hansa: 1}


def test_a_verdict_taken_back_is_counted_no_more(topic, alpina):
    count_cause(topic, alpina, cause="handling", on=NOVEMBER)
    count_cause(topic, alpina, cause="handling", on=NOVEMBER, change=-1)

    assert CauseCount.objects.get().count == 0


def test_nothing_is_taken_back_that_was_never_counted(topic, alpina):
    with pytest.raises(IntegrityError):
        count_cause(topic, alpina, cause="handling", on=NOVEMBER, change=-1)


@pytest.mark.django_db(transaction=True)
def test_six_at_once_are_counted_six_times(topic, alpina, at_once):
    at_once(6, lambda: count_cause(topic, alpina, cause="handling", on=NOVEMBER))

    assert CauseCount.objects.get().count == 6


def test_a_customer_sees_its_own_counts_only(topic, alpina, hansa, alice):
    for organisation in (alpina, hansa):
        count_cause(topic, organisation, cause="handling", on=NOVEMBER)

    assert [one.organisation for one in CauseCount.objects.visible_to(alice)] == [alpina]
