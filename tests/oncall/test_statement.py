"""Who worked when, by each page's timeline; a month of it per person, on the page and as CSV."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from oncall import statement
from oncall.interventions import Moved, Turn, minutes, worked
from oncall.models import Duty, Page, Policy, PolicyVersion
from oncall.spans import Span

NIGHT = datetime(2026, 11, 3, 1, tzinfo=UTC)
PAGE = reverse("admin:oncall_duty_statement")
NOVEMBER = statement.month(NIGHT.date())


def after(minutes: int) -> datetime:
    return NIGHT + timedelta(minutes=minutes)


def taken(at: int, person: int) -> Moved:
    return Moved(Turn.TAKEN, after(at), person)


def left(at: int) -> Moved:
    return Moved(Turn.LEFT, after(at))


def spans(*timeline: Moved) -> list[tuple[int, int, int, bool]]:
    """Person, minutes from and until, and whether it runs, as of four hours later."""
    found = worked(timeline, after(240))
    return [
        (one.person, *((edge - NIGHT).seconds // 60 for edge in one.span), one.is_running)
        for one in found
    ]


def test_work_is_from_taking_a_page_until_it_leaves_the_hand():
    assert spans(taken(5, 1), left(65)) == [(1, 5, 65, False)]


def test_a_page_goes_from_hand_to_hand_and_back():
    timeline = [taken(5, 1), left(30), left(40), taken(50, 2), left(90), taken(95, 1)]
    assert spans(*timeline) == [(1, 5, 30, False), (2, 50, 90, False), (1, 95, 240, True)]


def test_rest_begins_when_the_work_ends():
    [one] = worked([taken(0, 1), left(60)], after(240))
    assert one.rests_until == after(60) + timedelta(hours=11)


def test_begun_minutes_count():
    assert minutes([Span(NIGHT, NIGHT + timedelta(seconds=61)), Span(NIGHT, after(3))]) == 5


def called(person, *steps: tuple[str, int], **facts) -> Page:
    """A page with this timeline, minutes after one in the night; it ends with the last step."""
    policy = Policy.objects.create(name=f"Nachts {Policy.objects.count()}")
    version = PolicyVersion.objects.create(policy=policy, digest="x", content={})
    page = Page.objects.create(
        **{"key": policy.name, "title": "Zahllauf steht", "policy": policy, "version": version},
        **{"state": "resolved", "due_at": None, "ended_at": after(steps[-1][1])},
        **facts,
    )
    for kind, at in steps:
        page.events.create(kind=kind, by=person, at=after(at), facts={"now": False})
    return page


@pytest.mark.django_db
def test_a_month_holds_the_work_of_one_person_cut_to_it(schedule, sam, lea):
    called(sam, ("taken", 0), ("handed_over", 10), ("escalated", 30), ("resolved", 200))
    shared = called(lea, ("taken", 0), ("escalated", 10))
    shared.events.create(kind="taken", by=sam, at=after(15))
    shared.events.create(kind="resolved", by=sam, at=after(20))
    Page.objects.filter(pk=shared.pk).update(ended_at=after(20))
    called(sam, ("taken", 0), ("resolved", 10), is_test=True)
    into = (NOVEMBER.start - timedelta(hours=5), NOVEMBER.start + timedelta(hours=2))
    Duty.objects.create(schedule=schedule, person=sam, during=into)

    found = statement.of(sam, NOVEMBER)
    assert [done.span for done in found.interventions] == [
        Span(NIGHT, after(30)),
        Span(after(15), after(20)),
    ]
    assert (found.worked_minutes, found.duty_minutes) == (30, 120)
    [hers] = statement.of(lea, NOVEMBER).interventions
    assert hers.span == Span(NIGHT, after(10))
    assert NOVEMBER.end - NOVEMBER.start == timedelta(days=30)


@pytest.mark.django_db
def test_an_agent_reads_their_own_and_a_lead_everybodys(client, sam, lea, schedule):
    called(sam, ("taken", 0), ("resolved", 30))
    asked = {"month": "2026-11-01", "person": sam.pk}

    client.force_login(lea)
    assert len(client.get(PAGE, asked).context["found"].interventions) == 1
    client.force_login(sam)
    assert len(client.get(PAGE, asked).context["found"].interventions) == 1
    answer = client.get(PAGE, {**asked, "person": lea.pk})
    assert (answer.status_code, answer.context["found"]) == (422, None)
    assert client.get(PAGE, {**asked, "person": lea.pk, "csv": 1}).status_code == 422


@pytest.mark.django_db
def test_the_file_computes_nothing_and_says_local_times(client, sam):
    page = called(sam, ("taken", 0), ("resolved", 30))
    Page.objects.filter(pk=page.pk).update(title="=HYPERLINK(1)")
    client.force_login(sam)

    answer = client.get(PAGE, {"month": "2026-11-01", "person": sam.pk, "csv": 1})
    assert answer["Content-Type"].startswith("text/csv")
    [_head, line] = answer.content.decode("utf-8-sig").splitlines()
    assert line.split(";")[1:] == [
        "Sam Winter",
        "'=HYPERLINK(1)",
        "2026-11-03 02:00",
        "2026-11-03 02:30",
        "30",
        "2026-11-03 13:30",
    ]
