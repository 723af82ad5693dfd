"""Beside a ticket, for staff: corrections that tell of the same, the nearest lab, a regression."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from releases.models import Installed
from tests.factories import CorrectionFactory, LineFactory, SystemFactory
from tests.releases import fleet
from tickets import background, explained
from tickets.models import Ticket
from tickets.search import index


@pytest.fixture
def ticket(open_ticket, system):
    """About Krankengeld that a Storno pays twice, on SP 3."""
    Ticket.objects.update(system=system, message_id="ZKG104")
    while index.keep_up():
        pass
    return Ticket.objects.get()


@pytest.fixture
def as_sam(client, sam):
    client.force_login(sam)
    return client


def a_correction(symptom="Krankengeld wird nach Storno doppelt angewiesen", **facts):
    return CorrectionFactory(symptom=symptom, **{"object_keys": [], **facts})


def similar_part(client, ticket):
    return client.get(reverse("admin:tickets_ticket_similar", args=[ticket.pk])).content.decode()


def test_corrections_in_the_same_words_are_found_with_their_verdict(ticket, system, sam):
    row = a_correction()
    a_correction("Beitragsbescheid ohne Anschrift")
    fleet.assess(row, system.installed.line, [(1, 2)])

    [found] = background.corrections(ticket, sam)

    assert found.correction == row
    assert found.said.verdict == "fixed_by_package"


def test_those_that_name_its_message_id_stand_elsewhere(ticket, sam):
    a_correction(object_keys=["ZKG104"])

    assert background.corrections(ticket, sam) == []


def test_without_a_system_there_is_no_verdict(ticket, sam):
    a_correction()
    Ticket.objects.update(system=None)

    [found] = background.corrections(Ticket.objects.get(), sam)

    assert found.said is None


def test_the_nearest_lab_and_the_gap(ticket, system):
    line, other = system.installed.line, LineFactory(name="2027.1")
    assert background.reproduction(ticket).near is None
    SystemFactory(organisation=None, code="LAB-X", runs=(other, 3))
    SystemFactory(organisation=None, code="LAB-OLD", runs=(line, 3), is_active=False)
    SystemFactory(organisation=None, code="LAB-5", runs=(line, 5))
    far = background.reproduction(ticket)
    SystemFactory(organisation=None, code="LAB-3", runs=(line, 3))
    same = background.reproduction(ticket)

    assert (far.near.place.code, far.near.distance, far.is_gap) == ("LAB-5", 2, True)
    assert (same.near.place.code, same.is_gap) == ("LAB-3", False)


def test_another_customers_system_is_no_lab(ticket, system, hansa):
    SystemFactory(organisation=hansa, runs=(system.installed.line, 3))

    assert background.reproduction(ticket).near is None


def test_where_nobody_knows_the_level_nothing_is_said(ticket):
    Installed.objects.all().delete()

    assert background.reproduction(Ticket.objects.get()) is None


def test_the_workbench_shows_it_after_the_rest(as_sam, ticket, system):
    row = a_correction()
    SystemFactory(organisation=None, code="LAB-5", runs=(system.installed.line, 5))

    said = similar_part(as_sam, ticket)

    assert f"?correction={row}" in said
    assert "LAB-5" in said
    assert "No lab system at this level" in said


def test_many_of_them_cost_no_more(as_sam, ticket):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            similar_part(as_sam, ticket)
        return len(seen)

    a_correction()
    one = queries()
    for _ in range(12):
        a_correction()

    assert queries() == one


@pytest.mark.parametrize(
    ("levels", "suspected"),
    [([[(1, 3)]], True), ([[(1, 3)], [(2, 5)]], False), ([[(2, None)]], False), ([], False)],
    ids=["fixed", "another is missing", "no fix", "nothing fits"],
)
def test_a_ticket_that_only_what_runs_already_explains_is_a_suspected_regression(
    as_sam, ticket, system, sam, levels, suspected
):
    """Equality is one: the level that has the fix."""
    for intervals in levels:
        row = a_correction(object_keys=["ZKG104"])
        fleet.assess(row, system.installed.line, intervals)

    assert explained.of(ticket, reader=sam).is_regression == suspected
    page = as_sam.get(reverse("admin:tickets_ticket_change", args=[ticket.pk])).content.decode()
    assert ("Suspected regression" in page) == suspected


def test_what_was_brought_in_by_itself_is_no_regression(ticket, system, sam):
    row = a_correction(object_keys=["ZKG104"])
    fleet.assess(row, system.installed.line, [(2, 5)])
    row.applied.create(system=system, state="implemented")

    assert not explained.of(ticket, reader=sam).is_regression
