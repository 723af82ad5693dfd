"""A POST with a key happens once, whatever repeats it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import MULTIPART_CONTENT
from django.utils import timezone

from supportdesk.web.models import GivenAnswer
from supportdesk.web.tasks import forget_answers
from tests.api import calling_as
from tickets.models import Message, Ticket

TICKETS = "/api/v1/tickets/"
REPORT = {"module": "krankengeld", "subject": "Halt", "text": "Steht.", "customer_priority": 2}


def opening(client, key, **given):
    return client.post(TICKETS, {**REPORT, **given}, headers={"Idempotency-Key": key})


def test_a_repeat_has_the_same_answer_and_changes_nothing(alice, module):
    client = calling_as(alice)
    first = opening(client, "k-1")
    again = opening(client, "k-1")

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.status_code == 201
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Content-Type"] == "application/json"
    assert Ticket.objects.count() == 1


def test_the_order_of_names_does_not_matter(alice, module):
    client = calling_as(alice)
    opening(client, "k-1")
    turned = dict(reversed(REPORT.items()))

    again = client.post(TICKETS, turned, headers={"Idempotency-Key": "k-1"})

    assert again.status_code == 201
    assert Ticket.objects.count() == 1


def test_another_request_with_the_same_key_is_refused(alice, module, new_ticket):
    client = calling_as(alice)
    opening(client, "k-1")

    other_body = opening(client, "k-1", text="Something else")
    address = f"{TICKETS}{new_ticket.number}/reply/"
    other_door = client.post(address, {"text": "x"}, headers={"Idempotency-Key": "k-1"})

    assert other_body.status_code == other_door.status_code == 422
    assert other_body.json()["code"] == "key_reused"
    assert Ticket.objects.count() == 2  # new_ticket and the first


def test_another_key_and_another_person_are_another_request(alice, carol, module):
    client = calling_as(alice)
    opening(client, "k-1")
    opening(client, "k-2")
    opening(calling_as(carol), "k-1")
    opening(calling_as(alice), "k-1")  # another token of the same person: a repeat

    assert Ticket.objects.count() == 3


def test_a_refusal_is_not_kept(open_ticket, sam, alice):
    client, address = calling_as(alice), f"{TICKETS}{open_ticket.number}/confirm/"

    refused = client.post(address, headers={"Idempotency-Key": "k-1"})
    found = {"verdict": "settings_difference", "difference": "Off.", "differs_since": "2026-01-31"}
    calling_as(sam).post(f"{TICKETS}{open_ticket.number}/resolve/", {"answer": "SP 4", **found})
    done = client.post(address, headers={"Idempotency-Key": "k-1"})

    assert (refused.status_code, done.status_code) == (409, 200)


@pytest.mark.parametrize("key", ["", "with blank", "x" * 201, "schlüssel"])
def test_a_key_that_is_none_is_refused(alice, module, key):
    response = opening(calling_as(alice), key)

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "Idempotency-Key"
    assert not Ticket.objects.exists()


def test_a_day_later_the_key_is_free(alice, module):
    client = calling_as(alice)
    opening(client, "k-1")
    GivenAnswer.objects.update(created_at=timezone.now() - timedelta(hours=24))

    assert "Idempotency-Replayed" not in opening(client, "k-1").headers
    assert Ticket.objects.count() == 2


def test_old_answers_are_forgotten(alice, module):
    client = calling_as(alice)
    opening(client, "old")
    GivenAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    opening(client, "young")

    forget_answers()

    assert [answer.key for answer in GivenAnswer.objects.all()] == ["young"]


def test_a_repeated_form_is_known_by_its_files_not_its_boundary(alice, new_ticket):
    client, address = calling_as(alice), f"{TICKETS}{new_ticket.number}/reply/"

    def send(content, boundary):
        given = {"text": "Log", "files": [SimpleUploadedFile("log.txt", content)]}
        body = client._encode_data(given, MULTIPART_CONTENT)
        return client.post(
            address,
            body.replace(b"BoUnDaRyStRiNg", boundary),
            f"multipart/form-data; boundary={boundary.decode()}",
            headers={"Idempotency-Key": "k-1"},
        ).status_code

    assert send(b"RC=12\n", b"one") == 201
    assert send(b"RC=12\n", b"two") == 201
    assert send(b"RC=16\n", b"one") == 422
    assert new_ticket.attachments.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_repeats_at_once_open_one_ticket(alice, module, at_once):
    """Each is answered, or told that the answer is on its way; never a second ticket."""
    clients = [calling_as(alice) for _ in range(8)]

    answers = at_once(8, lambda: opening(clients.pop(), "k-1"))

    codes = sorted(answer.status_code for answer in answers)
    assert set(codes) <= {201, 409}
    assert codes[0] == 201
    assert {a.json()["code"] for a in answers if a.status_code == 409} <= {"in_progress"}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert Ticket.objects.count() == Message.objects.count() == 1
    assert opening(calling_as(alice), "k-1").headers["Idempotency-Replayed"] == "true"
