"""The doors of access: the customer answers in the portal, the specialist uses it in the office."""

from datetime import timedelta

import pytest
from django.core import mail as post
from django.urls import reverse
from django.utils import timezone

from supportdesk.messaging.models import Notice
from supportdesk.messaging.tasks import dispatch_waiting, react
from tickets import actions
from tickets.models import AccessRequest

pytestmark = pytest.mark.django_db


def happened() -> None:
    react()
    dispatch_waiting()


@pytest.fixture
def wanted(open_ticket, sam, system) -> AccessRequest:
    now = timezone.now()
    return actions.ask_access(
        open_ticket,
        by=sam,
        system=system,
        purpose="Read the run's log.",
        starts_at=now,
        ends_at=now + timedelta(hours=2),
    )


def told(person) -> list[str]:
    return [letter.subject for letter in post.outbox if person.email in letter.to]


def test_the_coordinator_is_told_and_finds_it_first_on_the_start_page(client, wanted, carol, alice):
    happened()
    client.force_login(carol)
    page = client.get(reverse("home")).content.decode()

    assert f'action="{reverse("access_approve", args=[wanted.pk])}"' in page
    assert "This needs you" in page
    assert told(carol) == [f"[#{wanted.ticket_id}] Access asked for: ALP-P1"]
    client.force_login(alice)
    page = client.get(reverse("home")).content.decode()
    assert reverse("access_approve", args=[wanted.pk]) not in page
    assert not [subject for subject in told(alice) if "Access" in subject]


def test_yes_use_and_end_by_clicks_and_each_side_hears_of_the_other(client, wanted, carol, sam):
    client.force_login(carol)
    client.post(reverse("access_approve", args=[wanted.pk]), {"answer": "Until the run."})
    happened()
    assert told(sam)[-1].endswith("Access approved: ALP-P1")

    client.force_login(sam)
    page = reverse("admin:tickets_accessrequest_change", args=[wanted.pk])
    assert "I go in now" in client.get(page).content.decode()
    client.post(reverse("admin:tickets_accessrequest_begin", args=[wanted.pk]))
    assert "What did you do there?" in client.get(page).content.decode()
    blank = client.post(reverse("admin:tickets_accessrequest_done", args=[wanted.pk]))
    assert blank.status_code == 422
    client.post(reverse("admin:tickets_accessrequest_done", args=[wanted.pk]), {"done": "Read it."})
    client.post(reverse("admin:tickets_accessrequest_end", args=[wanted.pk]))
    happened()

    assert told(carol)[-1].endswith("Access given back: ALP-P1")
    client.force_login(carol)
    log = client.get(reverse("access", args=[wanted.pk])).content.decode()
    assert "Read it." in log
    assert "Until the run." in log


def test_a_no_needs_a_word_and_keeps_what_was_typed(client, wanted, carol, sam):
    client.force_login(carol)
    refused = client.post(reverse("access_decline", args=[wanted.pk]), {"answer": " "})
    assert refused.status_code == 422
    client.post(reverse("access_decline", args=[wanted.pk]), {"answer": "Not today."})
    happened()

    assert any("Not today." in letter.body for letter in post.outbox if sam.email in letter.to)


def test_a_revoked_access_is_told_at_once_and_refused_with_its_reason(client, wanted, carol, sam):
    actions.approve_access(wanted, by=carol)
    client.force_login(carol)
    client.post(reverse("access_revoke", args=[wanted.pk]))
    happened()
    client.force_login(sam)
    refused = client.post(reverse("admin:tickets_accessrequest_begin", args=[wanted.pk]))

    assert refused.status_code == 409
    assert "Ended" in refused.content.decode()
    assert Notice.objects.filter(user=sam, title__contains="revoked").exists()


def test_one_asks_on_a_page_of_the_ticket_and_loses_nothing(client, open_ticket, sam, system):
    client.force_login(sam)
    address = reverse("admin:tickets_ticket_access", args=[open_ticket.pk])
    now = timezone.localtime()
    given = {
        "system": system.pk,
        "purpose": "Read a log.",
        "starts_at": f"{now:%Y-%m-%dT%H:%M}",
        "ends_at": f"{now + timedelta(days=99):%Y-%m-%dT%H:%M}",
    }
    refused = client.post(address, given)
    assert refused.status_code == 422
    assert "At most 14 days" in refused.content.decode()
    assert "Read a log." in refused.content.decode()

    given["ends_at"] = f"{now + timedelta(hours=2):%Y-%m-%dT%H:%M}"
    assert client.post(address, given).status_code == 302
    assert open_ticket.access_requests.get().asked_by == sam
