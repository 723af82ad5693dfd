"""Linking a correction on the page of its own, and through the API."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from supportdesk.messaging.models import Event
from tests.api import calling_as
from tests.factories import CorrectionFactory, LineFactory, PackageFactory
from tests.releases import fleet
from tickets import actions
from tickets.models import Status, Ticket


@pytest.fixture
def correction(module):
    facts = {"object_keys": ["ZKG104"], "symptom": "Storno zahlt doppelt"}
    row = CorrectionFactory(module=module, released_at=timezone.now(), **facts)
    fleet.assess(row, LineFactory(), [(2, 4)])
    return row


@pytest.fixture
def as_sam(client, sam):
    client.force_login(sam)
    return client


def page(ticket):
    return reverse("admin:tickets_ticket_correction", args=[ticket.pk])


def test_what_speaks_for_it_stands_beside_the_form(as_sam, open_ticket, system, correction):
    Ticket.objects.update(system=system, message_id="zkg104")

    said = as_sam.get(page(open_ticket)).content.decode()

    assert "Storno zahlt doppelt" in said
    assert f"?correction={correction}" in said


def test_it_is_linked_and_taken_back(as_sam, open_ticket, system, correction):
    answer = as_sam.post(page(open_ticket), {"correction": str(correction), "system": system.pk})

    assert answer.url == reverse("admin:tickets_ticket_change", args=[open_ticket.pk])
    assert Ticket.objects.get().status == Status.WAITING_DELIVERY
    assert "Storno zahlt doppelt" in as_sam.get(page(open_ticket)).content.decode()
    as_sam.post(page(open_ticket), {"unlink": "yes", "reason": "Another fault."})
    assert Ticket.objects.get().status == Status.OPEN


@pytest.mark.parametrize("number", ["", "K-0", "nonsense"])
def test_a_refusal_keeps_what_was_typed(as_sam, open_ticket, system, number):
    facts = {"correction": number, "system": system.pk, "text": "As I say."}

    answer = as_sam.post(page(open_ticket), facts)

    assert answer.status_code == 422
    assert "As I say." in answer.content.decode()
    assert Ticket.objects.get().status == Status.OPEN


def test_taking_back_nothing_says_so(as_sam, open_ticket):
    answer = as_sam.post(page(open_ticket), {"unlink": "yes", "reason": "Another fault."})

    assert answer.status_code == 422
    assert "No correction is linked." in answer.content.decode()


def test_programs_link_and_unlink(open_ticket, system, correction, sam):
    caller, address = calling_as(sam), f"/api/v1/tickets/{open_ticket.number}/"
    facts = {"correction": correction.pk, "system": system.code}

    linked = caller.post(f"{address}link_correction/", facts)
    again = caller.post(f"{address}link_correction/", facts)
    unlinked = caller.post(f"{address}unlink_correction/", {"reason": "Another fault."})

    assert (linked.status_code, again.status_code, unlinked.status_code) == (200, 409, 200)
    told = linked.json()
    assert (told["status"], told["promised_at"]) == ("waiting_delivery", None)
    assert (told["package_line"], told["package_level"]) == (None, None)  # none is planned
    assert unlinked.json()["status"] == "open"
    assert Event.objects.filter(name="ticket.unlinked").count() == 1


def test_programs_read_which_package_brings_it_and_by_when(open_ticket, system, correction, sam):
    line, on = system.installed.line, timezone.localdate() + timedelta(days=9)
    PackageFactory(line=line, level=4, status="planned", planned_on=on, released_at=None)
    facts = {"correction": correction, "system": system, "channel": "office"}
    actions.link_correction(open_ticket, by=sam, **facts)

    told = calling_as(open_ticket.opened_by).get(f"/api/v1/tickets/{open_ticket.number}/").json()

    assert (told["package_line"], told["package_level"]) == (line.name, 4)
    promised = datetime.fromisoformat(told["promised_at"])
    assert timezone.localtime(promised).date() == on


def test_a_package_is_planned_for_another_day_on_its_page(client, rita):
    package = fleet.package(LineFactory(), 9, "planned")
    client.force_login(rita)
    address = reverse("admin:releases_package_replan", args=[package.pk])
    day = timezone.localdate().replace(year=timezone.localdate().year + 1, day=1)

    done = client.post(address, {"on": day.isoformat()})
    refused = client.post(address, {"on": "2001-01-01"})

    assert (done.status_code, refused.status_code) == (302, 422)
    package.refresh_from_db()
    assert package.planned_on == day
