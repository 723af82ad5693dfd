"""A customer without a coordinator: whoever asks reads it, and administrators mend it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from supportdesk.accounts.access import Role
from supportdesk.messaging.models import Dispatch, Notice
from supportdesk.messaging.tasks import react
from tests.factories import MandateFactory, UserFactory
from tickets import actions
from tickets.models import AccessRequest

NOBODY = "Nobody yet: Alpina Krankenkasse has no coordinator"


@pytest.fixture
def wanted(open_ticket, sam, system) -> AccessRequest:
    now, facts = timezone.now(), {"system": system, "purpose": "Read the run's log."}
    window = {"starts_at": now, "ends_at": now + timedelta(hours=1)}
    return actions.ask_access(open_ticket, by=sam, **facts, **window)


def test_administrators_are_told_and_both_sides_read_who_decides(
    client, wanted, sam, ada, alice, open_ticket
):
    react()
    notice, letter = Notice.objects.get(user=ada), Dispatch.objects.get(recipient=ada)
    assert notice.url == reverse("admin:accounts_organisation_change", args=[alice.organisation_id])
    assert "no coordinator" in letter.content["text"]
    assert open_ticket.subject not in letter.content["text"]

    client.force_login(ada)
    assert client.get(notice.url).status_code == 200
    client.force_login(sam)
    for page in ("ticket_access", "accessrequest_change"):
        row = open_ticket if page.startswith("ticket") else wanted
        answer = client.get(reverse(f"admin:tickets_{page}", args=[row.pk]))
        assert NOBODY in answer.content.decode()
    client.force_login(alice)
    assert NOBODY in client.get(reverse("access", args=[wanted.pk])).content.decode()


def test_whoever_becomes_coordinator_finds_the_question_and_answers_it(client, wanted, alpina):
    carol = UserFactory(organisation=alpina, roles=[Role.COORDINATOR])
    client.force_login(carol)
    page = client.get("/").content.decode()

    assert reverse("access_approve", args=[wanted.pk]) in page
    assert actions.approve_access(wanted, by=carol).state == "approved"


def test_with_somebody_who_decides_administrators_hear_nothing(
    client, open_ticket, sam, system, ada, alpina
):
    provider = MandateFactory(insurer=alpina).provider
    pia = UserFactory(name="Pia", organisation=provider, roles=[Role.COORDINATOR])
    now = timezone.now()
    facts = {"purpose": "x", "starts_at": now, "ends_at": now + timedelta(hours=1)}
    row = actions.ask_access(open_ticket, by=sam, system=system, **facts)
    react()

    assert not Notice.objects.filter(user=ada).exists()
    assert Notice.objects.filter(user=pia).exists()
    client.force_login(sam)
    page = client.get(reverse("admin:tickets_accessrequest_change", args=[row.pk]))
    assert f"Pia ({provider.name})" in page.content.decode()
