"""User meetings: what customers bring and vote for, and minutes that are followed up."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from releases.actions import put_wish
from supportdesk.accounts.access import Role
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch
from tests.factories import CourseFactory, UserFactory, a_session
from training import actions
from training.models import Ballot, Contribution, Meeting, Vote


@pytest.fixture
def wishes(module, sam):
    return [put_wish(module, by=sam, title=f"Wish {n}", text="Do.") for n in range(3)]


@pytest.fixture
def gathering(tom, wishes):
    """A user meeting in three weeks, with a call for topics and a vote."""
    session = a_session(CourseFactory(title="Autumn", kind="user_meeting"), by=tom, capacity=9)
    soon = timezone.now() + timedelta(days=7)
    facts = {"call_until": soon, "votes_until": soon, "budget": 5}
    actions.prepare_meeting(session, by=tom, wishes=wishes[:2], **facts)
    return session


@pytest.mark.django_db
def test_a_house_gives_its_points_and_gives_them_anew(gathering, wishes, carol, mallory):
    one, two, other = wishes
    assert actions.vote(gathering, by=carol, points={one: 3, two: 2}).spent == 5
    assert actions.vote(gathering, by=carol, points={one: 1, two: 0}).spent == 1
    assert actions.vote(gathering, by=mallory, points={one: 5}).spent == 5

    with pytest.raises(Invalid, match="5 points; these are 6"):
        actions.vote(gathering, by=carol, points={one: 3, two: 3})
    with pytest.raises(Invalid, match="not on the list"):
        actions.vote(gathering, by=carol, points={other: 1})
    assert Vote.objects.get(ballot__organisation=carol.organisation).points == 1


@pytest.mark.django_db
def test_votes_are_the_coordinators_and_end(gathering, wishes, alice, carol, tom):
    with pytest.raises(NotAllowed):
        actions.vote(gathering, by=alice, points={})
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        with pytest.raises(Refused, match="No votes"):
            actions.vote(gathering, by=carol, points={wishes[0]: 1})
        with pytest.raises(Refused, match="No topics"):
            actions.contribute(gathering, by=alice, title="Late")


@pytest.mark.django_db
def test_past_the_verbs_the_constraint_holds_the_budget(gathering, wishes, carol):
    ballot = actions.vote(gathering, by=carol, points={wishes[0]: 5})
    with pytest.raises(IntegrityError, match="outvotes_its_budget"), transaction.atomic():
        Vote.objects.create(ballot=ballot, wish=wishes[1], points=1, by=carol)
    with pytest.raises(IntegrityError, match="outvotes_its_budget"), transaction.atomic():
        Vote.objects.update(points=6)


@pytest.mark.django_db(transaction=True)
def test_a_house_that_votes_six_times_at_once_never_gives_more_than_it_has(
    gathering, wishes, alpina, at_once
):
    people = iter([UserFactory(organisation=alpina, roles=[Role.COORDINATOR]) for _n in range(6)])

    def vote():
        return actions.vote(gathering, by=next(people), points={wishes[0]: 2, wishes[1]: 3}).spent

    assert at_once(6, vote) == [5] * 6
    assert Ballot.objects.get().spent == sum(one.points for one in Vote.objects.all()) == 5


@pytest.mark.django_db
def test_what_is_voted_on_stays_on_the_list(gathering, wishes, carol, tom):
    actions.vote(gathering, by=carol, points={wishes[0]: 1})
    facts = {"call_until": None, "votes_until": None}
    with pytest.raises(Invalid, match="stays on the list"):
        actions.prepare_meeting(gathering, by=tom, budget=5, wishes=wishes[1:], **facts)
    with pytest.raises(Invalid, match="voted already"):
        actions.prepare_meeting(gathering, by=tom, budget=6, wishes=wishes, **facts)


@pytest.mark.django_db
def test_a_topic_goes_from_draft_to_its_answer(gathering, alice, mallory, sam, tom):
    draft = actions.contribute(gathering, by=alice, title="Runs at night", draft=True)
    assert not Contribution.objects.visible_to(tom).exists()
    with pytest.raises(Contribution.DoesNotExist):
        actions.accept_contribution(draft, by=tom)

    handed_in = actions.submit_contribution(draft, by=alice)
    assert not Contribution.objects.visible_to(mallory).exists()
    with pytest.raises(Invalid):
        actions.decline_contribution(handed_in, by=tom, reason=" ")
    actions.decline_contribution(handed_in, by=tom, reason="Next time")
    with pytest.raises(WrongState):
        actions.accept_contribution(handed_in, by=tom)
    taken = actions.contribute(gathering, by=alice, title="Files")
    actions.accept_contribution(taken, by=tom)
    while outbox.react():
        pass

    assert [row.title for row in Contribution.objects.visible_to(mallory)] == ["Files"]
    letters = Dispatch.objects.filter(dedupe_key__contains="training.answered")
    assert [one.recipient for one in letters] == [alice, alice]
    assert any("Next time" in one.content["text"] for one in letters)


@pytest.mark.django_db
def test_nothing_else_is_on_meanwhile(gathering, tom):
    start = gathering.starts_at
    hour = timedelta(hours=1)
    actions.add_slot(gathering, by=tom, starts_at=start, ends_at=start + hour, title="News")
    for begin in (start + hour / 2, start - hour, start + 9 * hour):
        with pytest.raises(Invalid):
            actions.add_slot(gathering, by=tom, starts_at=begin, ends_at=begin + hour, title="X")
    meeting = Meeting.objects.get()
    actions.drop_slot(meeting.slots.get(), by=tom)
    assert not meeting.slots.exists()


@pytest.mark.django_db
def test_minutes_reach_who_was_there_and_decisions_the_next_meeting(
    client, gathering, alice, carol, tom
):
    (seat,) = actions.enrol(gathering, [alice], by=alice)
    with pytest.raises(Refused, match="not over"):
        actions.publish_minutes(gathering, by=tom)
    after = gathering.ends_at + timedelta(hours=1)
    with time_machine.travel(after):
        actions.record_attendance(gathering, by=tom, there=[seat.pk], absent=[])
        with pytest.raises(Refused, match="no minutes"):
            actions.publish_minutes(gathering, by=tom)
        actions.write_minutes(gathering, by=tom, minutes="Much was said.")
        due = after.date() + timedelta(days=30)
        todo = actions.record_decision(gathering, by=tom, what="Try it", who="Tom", due_on=due)
        actions.publish_minutes(gathering, by=tom)
        with pytest.raises(Refused, match="published"):
            actions.write_minutes(gathering, by=tom, minutes="Otherwise")
        while outbox.react():
            pass
        letters = Dispatch.objects.filter(dedupe_key__contains="training.minutes")
        assert [one.recipient for one in letters] == [alice]
        for reader, sees in ((alice, True), (carol, False)):
            client.force_login(reader)
            page = client.get(reverse("meeting", args=[gathering.pk])).content.decode()
            assert ("Much was said." in page and "Try it" in page) == sees

        later = a_session(gathering.course, by=tom, starts_at=after + timedelta(days=90))
        client.force_login(tom)
        address = reverse("admin:training_session_meeting", args=[later.pk])
        assert "Try it" in client.get(address).content.decode()
        actions.settle_decision(todo, by=tom)
        assert "Try it" not in client.get(address).content.decode()


@pytest.mark.django_db
def test_the_portal_takes_topics_and_points_and_keeps_what_was_typed(
    client, gathering, wishes, carol
):
    client.force_login(carol)
    topics = reverse("meeting_contribute", args=[gathering.pk])
    assert client.post(topics, {"title": "", "text": "My words"}).status_code == 422
    assert "My words" in client.post(topics, {"text": "My words"}).content.decode()
    assert client.post(topics, {"title": "Files", "draft": "1"}).status_code == 302
    draft = Contribution.objects.get()
    assert client.post(reverse("meeting_submit", args=[draft.pk])).status_code == 302

    votes = reverse("meeting_vote", args=[gathering.pk])
    one, two = (f"wish_{wish.pk}" for wish in wishes[:2])
    refused = client.post(votes, {one: "4", two: "4"})
    assert refused.status_code == 422
    assert "these are 8" in refused.content.decode()
    assert 'value="4"' in refused.content.decode()
    assert client.post(votes, {one: "4", two: ""}).status_code == 302
    assert Ballot.objects.get().spent == 4


@pytest.mark.django_db
def test_the_office_prepares_answers_and_publishes(client, gathering, wishes, alice, tom):
    def press(step, **said):
        return client.post(
            reverse(f"admin:training_session_meeting_{step}", args=[gathering.pk]), said
        ).status_code

    topic = actions.contribute(gathering, by=alice, title="Files")
    client.force_login(tom)
    assert press("accept", contribution=topic.pk) == 302
    assert press("prepare", budget=7, wishes=[wishes[2].pk]) == 302
    assert press("minutes", minutes="Said.") == 302
    assert press("decide", what="Try", who="", due_on="2030-01-01") == 422
    assert press("decide", what="Try", who="Tom", due_on="2030-01-01") == 302
    assert press("publish") == 409
    meeting = Meeting.objects.get()
    assert (meeting.budget, list(meeting.wishes.all())) == (7, [wishes[2]])
    assert press("settle", decision=meeting.decisions.get().pk) == 302
