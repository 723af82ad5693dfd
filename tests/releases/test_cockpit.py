"""The package cockpit: a line's packages against its customers, and the gaps of our lab."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from releases import cockpit
from releases.matrix import Stand
from releases.models import Gate, GateKind, Status, System
from tests.factories import CorrectionFactory, OrganisationFactory, PackageFactory
from tests.releases import fleet

pytestmark = pytest.mark.django_db


def board(line):
    return cockpit.board(line, timezone.now())


def test_customers_stand_against_packages_newest_first(line, sp4, alpina, hansa):
    fleet.given_to(alpina, line, 5)
    fleet.running(alpina, line, 4)
    fleet.running(hansa, line, 3)

    found = {
        one.organisation: [shown.cell.stand for shown in one.cells] for one in board(line).customers
    }

    assert found == {
        alpina: [Stand.DELIVERED, Stand.IMPORTED],
        hansa: [Stand.NOTHING, Stand.NOTHING],
    }


def test_a_system_nobody_reported_lately_is_counted_as_unknown(line, sp4, alpina):
    system = fleet.running(alpina, line, 4)
    System.objects.filter(pk=system.pk).update(inventory_at=None, inventory_source="")

    [customer] = board(line).customers

    assert customer.unknown == 1
    assert customer.cells[0].cell.has == 0


def test_a_package_says_its_corrections_and_gates(line, sp4, rita):
    fleet.assess(CorrectionFactory(), line, [(1, 4)])
    fleet.assess(CorrectionFactory(), line, [(1, 5)])
    GateKind.objects.all().delete()
    first, _second = (GateKind.objects.create(name=name) for name in ("Load", "Print"))
    composing = PackageFactory(line=line, level=5, status=Status.IN_QA, released_at=None)
    Gate.objects.create(
        package=composing, kind=first, result="failed", signed_by=rita, signed_at=timezone.now()
    )

    newest, older = board(line).columns

    assert (newest.corrections, newest.closed, newest.failed, newest.gates) == (1, 0, 1, 2)
    assert (older.corrections, older.delivered) == (1, 1)


def test_a_successor_counts_what_it_inherits(line, sp4):
    fleet.assess(CorrectionFactory(), line, [(1, 4)])
    sp5 = PackageFactory(line=line, level=5)
    type(sp4).objects.filter(pk=sp4.pk).update(
        status=Status.WITHDRAWN,
        withdrawn_at=timezone.now(),
        withdrawn_because="It prints twice.",
        successor=sp5,
    )

    assert board(line).columns[0].corrections == 1


def test_levels_without_a_system_of_our_lab_are_gaps(line, alpina, hansa):
    near = fleet.running(None, line, 4)
    fleet.running(alpina, line, 4)
    fleet.running(alpina, line, 6)
    fleet.running(hansa, line, 6)

    [gap] = board(line).gaps

    assert (gap.level, gap.systems, gap.near.place.code) == (6, 2, near.code)


def test_the_page_shows_the_line_asked_for(client, rita, line, sp4, alpina):
    client.force_login(rita)
    page = client.get(reverse("admin:releases_package_cockpit"), {"line": line.pk})

    assert alpina.name in page.content.decode()
    assert page.context["chosen"] == line


def test_nonsense_for_a_line_shows_the_newest(client, rita, line):
    client.force_login(rita)

    assert client.get("/office/releases/package/cockpit/?line=x%00").status_code == 200


def test_many_packages_and_customers_cost_as_many_queries_as_one(
    line, sp4, alpina, django_assert_num_queries
):
    fleet.running(alpina, line, 4)
    with CaptureQueriesContext(connection) as one:
        board(line)
    for level in range(5, 20):
        fleet.given_to(alpina, line, level)
        fleet.running(OrganisationFactory(), line, level)

    with django_assert_num_queries(len(one)):
        assert len(board(line).customers) == 16
