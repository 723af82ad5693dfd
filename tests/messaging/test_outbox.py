"""Events inside the house: answered once, given up after many tries, tried again by people."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models.functions import Now

from oncall.models import PageEvent
from supportdesk.audit.models import Entry
from supportdesk.errors import NotAllowed, WrongState
from supportdesk.messaging import actions, outbox
from supportdesk.messaging.models import Dispatch, Event
from tickets.models import HistoryEntry
from training.models import ContributionState
from training.models import State as EnrolmentState


@pytest.fixture
def heard(monkeypatch) -> list[int]:
    """A reaction of the test's own; it fails for negative numbers."""
    numbers: list[int] = []

    def listen(number: int) -> None:
        if number < 0:
            raise ValueError(number)
        numbers.append(number)

    monkeypatch.setitem(outbox.REACTIONS, "test.happened", [listen])
    return numbers


def test_a_poisoned_event_does_not_stop_the_next(db, heard):
    poisoned = outbox.emit("test.happened", number=-1)
    outbox.emit("test.happened", number=1)
    while outbox.react():
        pass

    poisoned.refresh_from_db()
    assert heard == [1]
    assert (poisoned.attempts, poisoned.done_at) == (1, None)
    assert "ValueError" in poisoned.error


def test_what_somebody_waits_for_is_answered_before_letters_of_earlier(db, heard, monkeypatch):
    monkeypatch.setattr(outbox, "URGENT", {"test.urgent"})
    monkeypatch.setitem(outbox.REACTIONS, "test.urgent", outbox.REACTIONS["test.happened"])
    for number in [1, 2]:
        outbox.emit("test.happened", number=number)
    for number in [3, 4]:
        outbox.emit("test.urgent", number=number)
    while outbox.react():
        pass

    assert heard == [3, 4, 1, 2]


def test_a_new_ticket_is_what_somebody_waits_for(new_ticket):
    assert Event.objects.get(name="ticket.opened").urgent


def test_it_is_given_up_after_many_tries_and_tried_again_by_an_administrator(db, heard, ada, sam):
    event = outbox.emit("test.happened", number=-1)
    for _ in range(outbox.MAX_ATTEMPTS):
        Event.objects.update(due_at=Now())
        outbox.react()
    event.refresh_from_db()
    assert event.dead_at is not None
    assert not outbox.react()

    with pytest.raises(NotAllowed):
        actions.retry_event(event, by=sam)
    Event.objects.update(body={"number": 7})
    actions.retry_event(event, by=ada)
    assert outbox.react()
    assert heard == [7]
    assert Entry.objects.latest("pk").verb == "event.retried"
    event.refresh_from_db()
    with pytest.raises(WrongState):
        actions.retry_event(event, by=ada)


def test_a_dead_message_is_sent_again_under_the_same_key(db, ada, rita):
    dead = Dispatch.objects.create(
        dedupe_key="x", channel="console", address="-", state="dead", attempts=24
    )

    with pytest.raises(NotAllowed):
        actions.retry_dispatch(dead, by=rita)
    again = actions.retry_dispatch(dead, by=ada)
    assert (again.state, again.idempotency_key) == ("waiting", dead.idempotency_key)
    with pytest.raises(WrongState):
        actions.retry_dispatch(dead, by=ada)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_answer_each_event_once(heard, at_once):
    for number in range(24):
        outbox.emit("test.happened", number=number)

    def work() -> None:
        while outbox.react():
            pass

    at_once(8, work)
    assert sorted(heard) == list(range(24))


def test_every_reaction_waits_for_an_event_that_some_verb_announces():
    """Names come from emit("..."), announce(..., "...") and the kinds of history."""
    source = "".join(
        path.read_text("utf-8")
        for room in ("supportdesk", "tickets", "oncall", "training", "releases")
        for path in Path(settings.BASE_DIR, room).rglob("*.py")
        if path.name != "reactions.py"
    )
    written = set(re.findall(r'"([a-z_]+\.[a-z_]+)"', source))
    kinds = {f"ticket.{kind}" for kind in HistoryEntry.Kind.values}
    kinds |= {f"page.{kind}" for kind in PageEvent.Kind.values}
    kinds |= {f"enrolment.{state}" for state in EnrolmentState.values}
    kinds |= {f"contribution.{state}" for state in ContributionState.values}

    assert {name for name, found in outbox.REACTIONS.items() if found} <= written | kinds
