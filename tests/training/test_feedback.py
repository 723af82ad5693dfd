"""How it was: the rule that hides, the answer that is given once, and what trainers read."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from supportdesk.errors import Refused, WrongState
from training import actions, feedback
from training.models import Feedback

FULL = {"useful": 5, "pace": 4, "explained": 3, "organised": 1}


def test_fewer_than_five_answers_say_nothing():
    assert feedback.tallies([(1, 2)] * 4) is None


def test_five_answers_are_counted_per_question():
    useful, pace = feedback.tallies([(5, 1), (5, 2), (4, 3), (1, 4), (5, 5)])
    assert useful.counts == (1, 0, 0, 1, 3)
    assert (useful.mean, pace.mean) == (4.0, 3.0)


def place(session, person):
    return session.enrolments.get(person=person)


@pytest.mark.django_db
def test_who_was_there_answers_once(held, crowd):
    own = place(held, crowd[0])
    actions.give_feedback(own, by=crowd[0], points=FULL, text=" Longer. ")

    assert Feedback.objects.get().text == "Longer."
    with pytest.raises(Refused, match="already"):
        actions.give_feedback(own, by=crowd[0], points=FULL)
    with pytest.raises(WrongState):
        actions.give_feedback(place(held, crowd[7]), by=crowd[7], points=FULL)
    with pytest.raises(type(own).DoesNotExist):
        actions.give_feedback(own, by=crowd[1], points=FULL)
    with pytest.raises(IntegrityError, match="one_to_five"), transaction.atomic():
        Feedback.objects.update(pace=6)


@pytest.mark.django_db
def test_while_it_runs_nobody_is_asked(held, crowd):
    with time_machine.travel(held.ends_at - timedelta(minutes=1)), pytest.raises(Refused):
        actions.give_feedback(place(held, crowd[0]), by=crowd[0], points=FULL)


@pytest.mark.django_db
def test_the_form_says_what_is_missing_and_keeps_the_rest(client, held, crowd):
    client.force_login(crowd[0])
    address = reverse("place_feedback", args=[place(held, crowd[0]).pk])
    assert address in client.get(reverse("trainings_mine")).content.decode()

    answer = client.post(address, {"useful": "5", "text": "My words"})
    assert answer.status_code == 422
    assert "My words" in answer.content.decode()
    assert client.post(address, FULL).status_code == 302
    assert client.get(address).status_code == 409
    assert address not in client.get(reverse("trainings_mine")).content.decode()


@pytest.mark.django_db
def test_trainers_read_from_five_answers_on_and_never_who(client, held, crowd, tom):
    client.force_login(tom)
    address = reverse("admin:training_session_change", args=[held.pk])
    for n, one in enumerate(crowd[:5]):
        page = client.get(address).content.decode()
        assert "Words 0" not in page
        actions.give_feedback(place(held, one), by=one, points=FULL, text=f"Words {n}")

    page = client.get(address).content.decode()
    assert "Words 0" in page
    assert "5 answers" in page
