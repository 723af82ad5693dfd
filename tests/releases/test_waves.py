"""The pilots first: the rule to the second, and what the verbs make of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from releases import actions
from releases.models import Delivery, Line, WaveWaiver
from releases.waves import Criterion, Pilot, Standing, standing
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from tests.factories import LineFactory, OrganisationFactory, PackageFactory
from tests.releases import fleet

MONDAY = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("pilots", "criterion", "expected"),
    [
        ([], Criterion(0, 7), Standing(0, None)),
        ([], Criterion(1, 0), Standing(1, None)),
        ([Pilot(None)], Criterion(1, 7), Standing(1, None)),
        ([Pilot(MONDAY)], Criterion(2, 7), Standing(1, None)),
        ([Pilot(MONDAY)], Criterion(1, 0), Standing(0, MONDAY)),
        ([Pilot(MONDAY)], Criterion(1, 7), Standing(0, MONDAY + 7 * DAY)),
        ([Pilot(MONDAY + DAY), Pilot(MONDAY)], Criterion(1, 7), Standing(0, MONDAY + 7 * DAY)),
        ([Pilot(MONDAY + DAY), Pilot(MONDAY)], Criterion(2, 7), Standing(0, MONDAY + 8 * DAY)),
        # An alarm counts also of a pilot who is not needed for the number, and only the last one.
        (
            [Pilot(MONDAY), Pilot(None, [MONDAY + 3 * DAY, MONDAY + 2 * DAY])],
            Criterion(1, 7),
            Standing(0, MONDAY + 10 * DAY),
        ),
        ([Pilot(MONDAY, [MONDAY - DAY])], Criterion(1, 7), Standing(0, MONDAY + 7 * DAY)),
    ],
)
def test_when_everybody_may_have_it(pilots, criterion, expected):
    assert standing(pilots, criterion) == expected


def test_exactly_at_the_end_of_the_days_it_is_over():
    found = Standing(0, MONDAY)

    assert found.is_over(MONDAY)
    assert not found.is_over(MONDAY - timedelta(microseconds=1))
    assert not Standing(1, None).is_over(MONDAY)


@pytest.fixture
def package(db, alpina, hansa):
    """SP 4 of a line that both run."""
    package = PackageFactory(level=4)
    for customer in (alpina, hansa):
        fleet.running(customer, package.line, 3)
    return package


def pilot(package, organisation, rita, carol):
    actions.deliver(package, [organisation], by=rita, wave="pilot")
    system = organisation.systems.get(installed__line=package.line)
    today = timezone.localdate()
    return actions.plan_import(system, package, by=carol, planned_for=today)


def everybody(package, organisation, rita):
    return actions.deliver(package, [organisation], by=rita, wave="general")


def test_everybody_waits_for_an_import_and_its_days(package, alpina, hansa, rita, carol):
    with time_machine.travel(MONDAY, tick=False):
        with pytest.raises(Refused, match="1 pilot customer"):
            everybody(package, hansa, rita)
        plan = pilot(package, alpina, rita, carol)
        with pytest.raises(Refused, match="1 pilot customer"):
            everybody(package, hansa, rita)
        actions.confirm_import(plan, by=carol)
    too_early = time_machine.travel(MONDAY + 7 * DAY - timedelta(seconds=1), tick=False)
    with too_early, pytest.raises(Refused, match="Without an alarm"):
        everybody(package, hansa, rita)
    assert not Delivery.objects.filter(organisation=hansa).exists()
    with time_machine.travel(MONDAY + 7 * DAY, tick=False):
        everybody(package, hansa, rita)
    assert Delivery.objects.get(organisation=hansa).wave == "general"


def test_what_is_rolled_back_is_no_import_and_an_alarm(package, alpina, hansa, rita, carol):
    with time_machine.travel(MONDAY, tick=False):
        done = actions.confirm_import(pilot(package, alpina, rita, carol), by=carol)
    with time_machine.travel(MONDAY + 2 * DAY, tick=False):
        actions.roll_back(done, by=carol, why="Slow.")
        again = actions.plan_import(
            done.system, package, by=carol, planned_for=timezone.localdate()
        )
    with time_machine.travel(MONDAY + 8 * DAY, tick=False):
        with pytest.raises(Refused, match="1 pilot customer"):
            everybody(package, hansa, rita)
        actions.import_failed(again, by=carol, text="It stopped.")
        third = actions.plan_import(
            done.system, package, by=carol, planned_for=timezone.localdate()
        )
        actions.confirm_import(third, by=carol)
    with time_machine.travel(MONDAY + 15 * DAY, tick=False):
        everybody(package, hansa, rita)


def test_a_rollback_of_any_pilot_is_an_alarm(package, alpina, hansa, rita, carol, mallory):
    third = OrganisationFactory()
    fleet.running(third, package.line, 3)
    with time_machine.travel(MONDAY, tick=False):
        actions.confirm_import(pilot(package, alpina, rita, carol), by=carol)
        theirs = actions.confirm_import(pilot(package, hansa, rita, mallory), by=mallory)
    with time_machine.travel(MONDAY + 3 * DAY, tick=False):
        actions.roll_back(theirs, by=mallory, why="Slow.")

    before = time_machine.travel(MONDAY + 9 * DAY, tick=False)
    with before, pytest.raises(Refused, match="Without an alarm"):
        everybody(package, third, rita)
    with time_machine.travel(MONDAY + 10 * DAY, tick=False):
        everybody(package, third, rita)


def test_an_import_of_somebody_who_is_no_pilot_does_not_count(
    package, alpina, hansa, rita, carol, mallory
):
    Line.objects.filter(pk=package.line_id).update(pilot_days=0)
    fleet.deliver(package, hansa)  # in the general wave
    system = hansa.systems.get(installed__line=package.line)
    today = timezone.localdate()
    plan = actions.plan_import(system, package, by=mallory, planned_for=today)
    actions.confirm_import(plan, by=mallory)

    with pytest.raises(Refused):
        everybody(package, alpina, rita)


def test_a_lead_waives_the_pilots_with_a_reason_once(package, hansa, rita, lea, sam):
    for person in (rita, sam):
        with pytest.raises(NotAllowed):
            actions.waive_pilots(package, by=person, why="Urgent.")
    with pytest.raises(Invalid):
        actions.waive_pilots(package, by=lea, why="  ")

    actions.waive_pilots(package, by=lea, why="Payments are wrong.")

    with pytest.raises(Refused, match="already"):
        actions.waive_pilots(package, by=lea, why="Again.")
    everybody(package, hansa, rita)
    for change in (lambda: WaveWaiver.objects.update(why="x"), WaveWaiver.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_nothing_is_waived_before_the_release(lea):
    with pytest.raises(WrongState):
        actions.waive_pilots(fleet.package(LineFactory(), 4, "in_qa"), by=lea, why="Urgent.")


def test_only_who_runs_the_line_is_given_it(package, rita):
    stranger = OrganisationFactory()

    with pytest.raises(Invalid, match=stranger.name):
        actions.deliver(package, [stranger], by=rita, wave="pilot")


def test_a_big_release_goes_to_who_runs_an_older_line(package, alpina, rita):
    line = LineFactory(name="2027.1", parent=package.line, branch_level=3)
    big, first = (PackageFactory(line=line, level=level) for level in (0, 1))

    actions.deliver(big, [alpina], by=rita, wave="pilot")

    with pytest.raises(Invalid):
        actions.deliver(first, [alpina], by=rita, wave="pilot")


def test_the_page_says_why_not_and_lets_a_lead_decide(client, package, hansa, rita, lea):
    page = reverse("admin:releases_package_change", args=[package.pk])
    client.force_login(rita)
    body = {"wave": "general", "organisations": [hansa.pk]}
    refused = client.post(reverse("admin:releases_package_deliver", args=[package.pk]), body)
    assert refused.status_code == 409
    assert "1 pilot customer has to import it first" in refused.content.decode()

    client.force_login(lea)
    waive = reverse("admin:releases_package_waive_pilots", args=[package.pk])
    assert waive in client.get(page).content.decode()
    assert client.post(waive, {"why": ""}).status_code == 422
    client.post(waive, {"why": "Payments are wrong."})
    after = client.get(page).content.decode()
    assert "Payments are wrong." in after
    assert waive not in after
