"""The cause in the back office: asked in the reply box, or on a page of its own."""

import pytest
from django.urls import reverse

from tests.factories import TopicFactory, a_finding
from tickets import actions
from tickets.models import Status, Ticket


@pytest.fixture
def as_sam(client, sam):
    client.force_login(sam)
    return client


def page(ticket: Ticket, name: str = "verdict") -> str:
    return reverse(f"admin:tickets_ticket_{name}", args=[ticket.pk])


def test_resolving_without_a_cause_says_so_and_loses_nothing(as_sam, open_ticket):
    answer = as_sam.post(page(open_ticket, "resolve"), {"text": "Done at last."})

    assert answer.status_code == 422
    assert "Please say what the cause was." in answer.content.decode()
    assert "Done at last." in answer.content.decode()
    open_ticket.refresh_from_db()
    assert open_ticket.status == Status.OPEN


def test_half_a_follow_up_is_kept_and_the_other_half_asked_for(as_sam, open_ticket):
    half = {"text": "Done.", "verdict": "settings_difference", "difference": "Wrong order."}

    answer = as_sam.post(page(open_ticket, "resolve"), half).content.decode()

    assert "Please say since when it differs." in answer
    assert "Wrong order." in answer
    assert 'value="settings_difference" checked' in answer


def test_cause_and_answer_go_in_one_submit(as_sam, open_ticket, topic):
    facts = {"text": "Done.", "verdict": "handling_error", "topic": topic.pk}

    as_sam.post(page(open_ticket, "resolve"), facts)

    open_ticket.refresh_from_db()
    assert (open_ticket.status, open_ticket.diagnosis.topic) == (Status.RESOLVED, topic)


def test_the_page_keeps_a_cause_without_resolving(as_sam, open_ticket, topic):
    answer = as_sam.post(page(open_ticket), {"verdict": "handling_error", "topic": topic.pk})

    assert answer.status_code == 302
    open_ticket.refresh_from_db()
    assert (open_ticket.status, open_ticket.diagnosis.topic) == (Status.OPEN, topic)


def test_the_page_without_a_choice_asks_for_one(as_sam, open_ticket):
    answer = as_sam.post(page(open_ticket), {})

    assert answer.status_code == 422
    assert "Please say what the cause was." in answer.content.decode()


def test_the_page_shows_what_holds_and_what_was_thought_before(as_sam, open_ticket, sam):
    actions.diagnose(open_ticket, by=sam, finding=a_finding(note="First guess."))
    actions.diagnose(open_ticket, by=sam, finding=a_finding(note="Second guess."))

    shown = as_sam.get(page(open_ticket)).content.decode()

    assert 'value="handling_error" checked' in shown
    assert "Second guess.</textarea>" in shown
    assert shown.index("What was thought before") < shown.index("First guess.")


def test_topics_of_the_module_stand_first(as_sam, open_ticket, topic):
    far = TopicFactory(name="A topic of another module", process_area="A")

    shown = as_sam.get(page(open_ticket)).content.decode()

    assert shown.index(topic.name) < shown.index(far.name)


def test_a_known_cause_is_not_asked_for_again(as_sam, open_ticket, sam):
    actions.diagnose(open_ticket, by=sam, finding=a_finding())

    shown = as_sam.get(page(open_ticket, "change") + "?mode=resolve").content.decode()

    assert "What was the cause?" not in shown
    assert "Handling error" in shown
