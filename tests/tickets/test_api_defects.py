"""A development tracker follows our defects through the API, and answers."""

import pytest

from tests.api import calling_as
from tests.factories import CorrectionFactory, a_defect
from tickets import actions
from tickets.actions import Finding
from tickets.models import Status

DEFECTS = "/api/v1/defects/"


@pytest.fixture
def defect(module, sam):
    return a_defect(module, by=sam)


@pytest.fixture
def as_dev(dev):
    return calling_as(dev)


def test_a_tracker_asks_what_has_changed(as_dev, defect, module, sam):
    other = a_defect(module, by=sam, title="Another")
    as_dev.post(f"{DEFECTS}{defect.pk}/accept/", {"tracker_key": "LEI-1"})
    defect.refresh_from_db()

    found = as_dev.get(DEFECTS, {"changed_since": defect.changed_at.isoformat()}).json()

    assert [row["number"] for row in found["results"]] == [defect.pk]
    assert as_dev.get(DEFECTS, {"tracker_key": "LEI-1"}).json()["results"][0]["state"] == "accepted"
    reported = as_dev.get(DEFECTS, {"state": "reported"}).json()["results"]
    assert [row["number"] for row in reported] == [other.pk]


def test_a_tracker_names_the_correction_and_the_day(as_dev, defect, open_ticket, sam):
    actions.diagnose(open_ticket, by=sam, finding=Finding("software_defect", defect=defect))
    correction = CorrectionFactory(module=defect.module)
    facts = {"correction": correction.pk, "promised_on": "2099-12-31"}

    answer = as_dev.post(f"{DEFECTS}{defect.pk}/fix/", facts)

    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["correction"]) == ("fixed", correction.pk)
    open_ticket.refresh_from_db()
    assert open_ticket.status == Status.WAITING_DELIVERY


def test_a_tracker_rejects_and_comments(as_dev, defect):
    said = as_dev.post(f"{DEFECTS}{defect.pk}/comment/", {"text": "Cannot reproduce."})
    assert (said.status_code, said.json()["by"]) == (201, "Dev Okafor")

    assert as_dev.post(f"{DEFECTS}{defect.pk}/reject/", {}).status_code == 400
    answer = as_dev.post(f"{DEFECTS}{defect.pk}/reject/", {"reason": "By design."})

    assert answer.json()["reason"] == "By design."
    assert as_dev.post(f"{DEFECTS}{defect.pk}/accept/", {}).status_code == 409


def test_a_correction_that_is_none_is_refused(as_dev, defect):
    for wrong in (4711, "4711", True, -1, 10**30, "x", None):
        answer = as_dev.post(f"{DEFECTS}{defect.pk}/fix/", {"correction": wrong})
        assert answer.status_code == 400, wrong


def test_customers_find_no_defects(defect, alice, paul):
    for person in (alice, paul):
        client = calling_as(person)
        assert client.get(DEFECTS).json()["results"] == []
        assert client.get(f"{DEFECTS}{defect.pk}/").status_code == 404


def test_a_verdict_is_given_through_the_api(open_ticket, sam, defect, topic):
    client, address = calling_as(sam), f"/api/v1/tickets/{open_ticket.pk}/"
    given = {"verdict": "handling_error", "topic": topic.name}
    assert client.post(f"{address}diagnose/", given).status_code == 200
    given = {"verdict": "software_defect", "defect": defect.pk}
    assert client.post(f"{address}diagnose/", given).json()["status"] == "waiting_development"

    new = {"verdict": "software_defect", "defect_title": "New", "defect_steps": "So."}
    client.post(f"{address}diagnose/", new)
    open_ticket.refresh_from_db()
    assert open_ticket.diagnosis.defect.title == "New"

    wish = {"verdict": "wish", "wish_title": "Sort", "wish_text": "By day."}
    assert client.post(f"{address}diagnose/", wish).json()["status"] == "open"


def test_resolving_through_the_api_asks_for_the_cause(open_ticket, sam):
    client = calling_as(sam)

    answer = client.post(f"/api/v1/tickets/{open_ticket.pk}/resolve/", {"answer": "Done."})

    assert answer.status_code == 400
    assert "verdict" in str(answer.json())
