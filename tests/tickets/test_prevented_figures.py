"""In the reports: tickets that corrections have spared, and corrections that were missed."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from releases.models import Correction
from tests.factories import CorrectionFactory, SystemFactory, a_ticket
from tickets import actions
from tickets.actions import Finding
from tickets.figures import corrections
from tickets.models import Prevented, Ticket

pytestmark = pytest.mark.django_db


def spared(person, system, on, correction=None):
    return Prevented.objects.create(
        person=person,
        organisation=system.organisation,
        system=system,
        correction=correction or CorrectionFactory(),
        verdict="fix_planned",
        on=on,
    )


def test_they_are_counted_by_month(alice, system):
    for on in (date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 31)):
        spared(alice, system, on)

    found = corrections.by_month(Prevented.objects.all())

    assert found == [(date(2026, 4, 1), 1), (date(2026, 5, 1), 2)]
    table = corrections.prevented_table(found)
    assert [(line.numbers, line.share) for line in table.lines] == [([1], 50), ([2], 100)]


@pytest.fixture
def two_missed(module, system, alice, hansa, mallory, sam):
    """One by two customers, the other by one; a third is nobody's cause any more."""
    often, once, former = (CorrectionFactory(module=module) for _ in range(3))
    theirs = SystemFactory(organisation=hansa)
    for person, place, correction in (
        (alice, system, often),
        (alice, system, once),
        (mallory, theirs, often),
        (alice, system, former),
    ):
        facts = {"organisation": person.organisation, "system": place}
        ticket = a_ticket(by=person, module=module, **facts)
        found = Finding("missing_correction", correction=correction, system=place)
        actions.diagnose(ticket, by=sam, finding=found)
    found = Finding("missing_correction", correction=often, system=system)
    actions.diagnose(ticket, by=sam, finding=found)
    return often, once


def test_corrections_are_ordered_by_how_often_they_were_missed(two_missed):
    found = corrections.missed(Ticket.objects.all())

    assert [(row[0], row[2], row[3]) for row in found] == [
        (two_missed[0].pk, 3, 2),
        (two_missed[1].pk, 1, 1),
    ]


def test_the_office_reads_both_and_a_coordinator_only_their_own_spared(
    client, lea, carol, mallory, system, two_missed
):
    Correction.objects.update(symptom="CANARY", released_at=None)
    spared(carol, system, timezone.localdate())
    spared(carol, system, timezone.localdate() - timedelta(days=800))

    def tables(reader, page):
        client.force_login(reader)
        answer = client.get(reverse(page), {"period": "year"})
        return {one.slug: one for one in answer.context["tables"]}, answer.content

    office, _page = tables(lea, "admin:tickets_figures")
    own, said = tables(carol, "figures")
    theirs, _page = tables(mallory, "figures")

    assert [line.numbers for line in office["prevented"].lines] == [[1]]
    assert office["missed"].lines[0].numbers == [3, 2]
    assert [line.numbers for line in own["prevented"].lines] == [[1]]
    assert theirs["prevented"].lines == []
    assert "missed" not in own
    assert b"CANARY" not in said
