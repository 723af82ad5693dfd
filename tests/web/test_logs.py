"""One line per request, tied to what it led to; and no secret in any of them."""

import io
import json
import logging
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from supportdesk import logs
from supportdesk.messaging.outbox import react
from supportdesk.messaging.tasks import dispatch_waiting
from tests.api import calling_as
from tests.factories import UserFactory

REPORT = {
    "module": "krankengeld",
    "subject": "Zahllauf bricht ab",
    "text": "Fall Mustermann",
    "customer_priority": 3,
}


@pytest.fixture
def written() -> Callable[[], list[dict]]:
    """The lines of JSON so far, as production writes them."""
    sink = io.StringIO()
    handler = logging.StreamHandler(sink)
    handler.setFormatter(logs.formatter(readable=False))
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in sink.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


def test_a_request_is_one_line_with_its_number_who_and_which_ticket(
    client, alice, new_ticket, written
):
    client.force_login(alice)

    answer = client.get(reverse("ticket", args=[new_ticket.number]) + "?q=Mustermann")

    [line] = [line for line in written() if line["logger"] == "supportdesk.request"]
    assert line["request_id"] == answer["X-Request-ID"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/tickets/<int:number>/", 200)
    assert (line["user"], line["ticket"]) == (alice.pk, new_ticket.number)
    assert line["ms"] >= 0


def test_health_is_asked_too_often_to_be_written_down(client, db, written):
    client.get("/health/live")

    assert written() == []


def test_what_a_request_leads_to_bears_its_number(alice, competent_sam, module, written):
    answer = calling_as(alice).post("/api/v1/tickets/", REPORT)
    while react():
        pass
    dispatch_waiting()

    because_of_it = [line for line in written() if line.get("request_id") == answer["X-Request-ID"]]
    loggers = {line["logger"] for line in because_of_it}
    assert loggers >= {
        "supportdesk.request",
        "supportdesk.messaging.outbox",
        "supportdesk.messaging.dispatch",
    }
    assert {line["ticket"] for line in because_of_it if "event_id" in line} == {
        answer.json()["number"]
    }


@pytest.mark.parametrize(
    ("trusted", "given", "kept"),
    [(True, "proxy-12345678", True), (True, "a b\n", False), (False, "proxy-12345678", False)],
)
def test_a_number_is_only_taken_from_a_proxy_that_is_trusted(
    client, db, settings, trusted, given, kept
):
    settings.TRUST_REQUEST_ID = trusted

    answer = client.get("/health/live", headers={"X-Request-ID": given})

    assert (answer["X-Request-ID"] == given) is kept


def test_no_secret_and_no_text_is_written_down(
    client, alice, module, competent_sam, written, settings
):
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    client.raise_request_exception = False
    secrets = ["geheim-4711", "Mustermann", "Zahllauf", alice.email, "krankengeld wird"]
    caller = calling_as(alice)
    secrets.append(caller.defaults["HTTP_AUTHORIZATION"].removeprefix("Token "))
    caller.post("/api/v1/tickets/", REPORT)
    caller.post("/api/v1/tickets/", {**REPORT, "module": "geheim-4711"})
    client.post(reverse("account_login"), {"login": alice.email, "password": "geheim-4711"})
    client.post(reverse("account_reset_password"), {"email": alice.email})
    for address in [
        reverse("invitation_link", args=["geheim-4711"]),
        "/account/password/reset/key/1-geheim-4711/",
        "/nowhere/geheim-4711?token=geheim-4711",
    ]:
        client.get(address)
        client.handler.enforce_csrf_checks = True
        client.post(address)
        client.handler.enforce_csrf_checks = False
    while react():
        pass
    dispatch_waiting()

    lines = written()
    text = json.dumps(lines, ensure_ascii=False)
    assert len(lines) > 10
    assert [secret for secret in secrets if secret in text] == []


def test_a_failure_keeps_its_traceback_without_the_values(alice, written):
    try:
        with transaction.atomic():
            UserFactory(email=alice.email)
    except IntegrityError:
        logging.getLogger("tickets.tasks").exception("It failed")

    [line] = written()
    assert "Traceback" in line["exception"]
    assert alice.email not in json.dumps(line)
