"""A package on its way, and what customers may see of it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from releases import actions
from releases.models import GateKind, Package, Status
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from tests.factories import (
    CorrectionFactory,
    LineFactory,
    OrganisationFactory,
    PackageFactory,
    SystemFactory,
)
from tests.releases import fleet

pytestmark = pytest.mark.django_db
WAY = [Status.COMPOSING, Status.FROZEN, Status.IN_QA]


@pytest.fixture(autouse=True)
def no_gates(db):
    """What gates ask for is looked at in test_gates.py."""
    GateKind.objects.update(is_mandatory=False)


@pytest.fixture
def package(rita):
    return actions.plan(LineFactory(), 4, by=rita, on=None)


def test_a_package_goes_its_way_and_releases_what_is_in_it(package, rita):
    correction = CorrectionFactory()
    actions.assess(correction, package.line, by=rita, intervals=[(2, 4)])
    for state in [*WAY, Status.RELEASED]:
        package = actions.move(package, state, by=rita)

    correction.refresh_from_db()
    assert package.released_at == correction.released_at is not None


def test_a_release_says_what_is_missing(package, rita):
    correction = CorrectionFactory()
    actions.assess(correction, package.line, by=rita, intervals=[(2, 4)])
    LineFactory(name="2025.2")
    for state in WAY:
        package = actions.move(package, state, by=rita)

    with pytest.raises(Refused, match=f"{correction} is not assessed on 2025.2"):
        actions.move(package, Status.RELEASED, by=rita)


@pytest.mark.parametrize("to", [Status.FROZEN, Status.RELEASED, Status.WITHDRAWN, Status.PLANNED])
def test_no_state_is_left_out(package, rita, to):
    with pytest.raises(WrongState):
        actions.move(package, to, by=rita)


def test_the_database_knows_the_way_too(package):
    with pytest.raises(DatabaseError), transaction.atomic():
        Package.objects.filter(pk=package.pk).update(status=Status.FROZEN)


def test_only_who_manages_releases_moves_a_package(package, dev):
    with pytest.raises(NotAllowed):
        actions.move(package, Status.COMPOSING, by=dev)


def test_a_delivery_keeps_its_first_date(rita, alpina):
    package = PackageFactory(level=4, line__pilot_imports=0)
    other = OrganisationFactory()
    for customer in (alpina, other):
        fleet.running(customer, package.line, 3)
    actions.deliver(package, [alpina], by=rita, wave="pilot")
    first = package.deliveries.get().delivered_at

    actions.deliver(package, [alpina, other], by=rita, wave="general")

    assert package.deliveries.get(organisation=alpina).delivered_at == first
    assert package.deliveries.count() == 2
    with pytest.raises(Invalid):
        actions.deliver(package, [alpina], by=rita, wave="general")


def test_customers_see_what_comes_and_what_they_have(rita, alice, mallory, alpina):
    line = LineFactory()
    coming = Package.objects.create(line=line, level=9, planned_on="2027-01-14")
    fleet.package(line, 8, Status.PLANNED)
    mine = fleet.package(line, 4, Status.RELEASED)
    fleet.deliver(mine, alpina)

    assert {*Package.objects.visible_to(alice)} == {coming, mine}
    assert {*Package.objects.visible_to(mallory)} == {coming}


def test_a_withdrawn_package_names_a_later_one_of_its_line(rita):
    package = PackageFactory(level=4)
    other = PackageFactory(line=LineFactory(name="2025.2"), level=5)
    with pytest.raises(Invalid):
        actions.withdraw(package, by=rita, why="It prints twice.", successor=other)
    later = PackageFactory(line=package.line, level=5)

    row = actions.withdraw(package, by=rita, why="It prints twice.", successor=later)

    assert (row.status, row.successor) == (Status.WITHDRAWN, later)


def test_a_coordinator_reports_what_runs_and_a_stranger_finds_nothing(carol, mallory, alpina):
    system = SystemFactory(organisation=alpina, inventory_at=None, inventory_source="")
    line = LineFactory(name="2026.2")
    with pytest.raises(type(system).DoesNotExist):
        actions.report(system, by=mallory, line=line, level=1, source="hand")

    row = actions.report(system, by=carol, line=line, level=1, source="hand")

    row.refresh_from_db()
    assert str(row.installed) == "2026.2 SP 1"
    assert row.inventory_at is not None
