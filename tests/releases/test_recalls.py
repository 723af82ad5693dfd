"""A withdrawn package is called back from exactly those who have it, until each has confirmed."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from releases import actions
from releases.models import Download, Recall, Status, System
from supportdesk.accounts.models import Service, User
from supportdesk.errors import Invalid, NotAllowed, WrongState
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Notice
from tests.factories import (
    CorrectionFactory,
    MandateFactory,
    OrganisationFactory,
    PackageFactory,
    SystemFactory,
    UserFactory,
    a_package_file,
)
from tests.releases import fleet

pytestmark = pytest.mark.django_db
EVENT = "package.recalled"


@pytest.fixture
def file(sp4):
    return a_package_file(sp4)


def all_told():
    while outbox.react():
        pass


def withdraw(package, rita, successor=None):
    actions.withdraw(package, by=rita, why="It prints twice.", successor=successor)
    all_told()


def fetched(file, organisation, person):
    Download.objects.create(file=file, organisation=organisation, user=person)


def running(organisation, package, **facts):
    return fleet.running(organisation, package.line, package.level, **facts)


def report(system, by, package):
    source = System.Source.HAND
    actions.report(system, by=by, line=package.line, level=package.level, source=source)
    all_told()


def told():
    return {row.user for row in Notice.objects.filter(event=EVENT)}


def test_exactly_those_who_fetched_imported_or_run_it_are_told(
    sp4, file, alpina, alice, carol, hansa, mallory, rita
):
    fleet.deliver(sp4, hansa)  # given, never fetched
    runs, lab, other = OrganisationFactory(), None, PackageFactory(line=sp4.line, level=3)
    theirs = UserFactory(organisation=runs, roles=["coordinator"])
    running(runs, sp4)
    running(lab, sp4, code="LAB")
    running(hansa, other)
    fetched(file, alpina, alice)

    withdraw(sp4, rita)

    assert {one.organisation for one in Recall.objects.open()} == {alpina, runs}
    assert told() == {alice, carol, theirs}


@pytest.mark.parametrize("rolled_back", [False, True])
def test_an_import_counts_also_when_it_was_rolled_back(sp4, system, carol, rita, rolled_back):
    line = sp4.line
    PackageFactory(line=line, level=3)
    actions.report(system, by=carol, line=line, level=3, source=System.Source.HAND)
    today = timezone.localdate()
    plan = actions.plan_import(system, sp4, by=carol, planned_for=today)
    done = actions.confirm_import(plan, by=carol)
    if rolled_back:
        actions.roll_back(done, by=carol, why="Slow.")

    withdraw(sp4, rita)

    assert Recall.objects.get().organisation == system.organisation


def test_a_plan_alone_is_no_import(sp4, system, carol, rita):
    actions.report(system, by=carol, line=sp4.line, level=3, source=System.Source.HAND)
    actions.plan_import(system, sp4, by=carol, planned_for=timezone.localdate())

    withdraw(sp4, rita)

    assert not Recall.objects.exists()


def test_providers_hear_of_it_only_for_whom_they_import(sp4, file, alpina, alice, rita):
    people = {}
    for service in (Service.IMPORTS, Service.TICKETS):
        mandate = MandateFactory(insurer=alpina, carries=[service])
        provider = mandate.provider
        people[service] = UserFactory(organisation=provider, roles=["coordinator"])
    fetched(file, alpina, alice)

    withdraw(sp4, rita)

    assert people[Service.IMPORTS] in told()
    assert people[Service.TICKETS] not in told()
    assert not Recall.objects.visible_to(people[Service.TICKETS]).exists()


def test_called_back_twice_it_is_told_once(sp4, file, alpina, alice, rita):
    fetched(file, alpina, alice)
    withdraw(sp4, rita)
    before = Notice.objects.count()

    assert actions.recall(sp4, by=User.objects.desk()) == []
    all_told()

    assert Notice.objects.count() == before


def test_whoever_reports_it_afterwards_is_told_then(sp4, system, carol, rita):
    withdraw(sp4, rita)
    assert not Recall.objects.exists()

    report(system, carol, sp4)

    assert told() == {carol}


def test_confirmed_it_comes_back_with_another_system_only(sp4, alpina, carol, rita):
    system = running(alpina, sp4, code="A1")
    withdraw(sp4, rita)
    actions.confirm_recall(Recall.objects.get(), by=carol)

    report(system, carol, sp4)  # the same as before
    assert not Recall.objects.open().exists()
    report(fleet.known(SystemFactory(organisation=alpina, code="A2")), carol, sp4)

    assert Recall.objects.open().exists()
    assert Notice.objects.filter(event=EVENT, user=carol).count() == 2


def test_a_coordinator_confirms_once_and_nobody_else_does(
    sp4, file, alpina, alice, carol, mallory, rita
):
    fetched(file, alpina, alice)
    withdraw(sp4, rita)
    row = Recall.objects.get()

    for person in (alice, rita):
        with pytest.raises(NotAllowed):
            actions.confirm_recall(row, by=person)
    with pytest.raises(Recall.DoesNotExist):
        actions.confirm_recall(row, by=mallory)
    assert actions.confirm_recall(row, by=carol).confirmed_by == carol
    with pytest.raises(WrongState):
        actions.confirm_recall(row, by=carol)


def test_the_banner_stands_on_each_page_until_it_is_confirmed(
    client, sp4, file, alpina, alice, carol, mallory, rita
):
    fetched(file, alpina, alice)
    successor = PackageFactory(line=sp4.line, level=5)
    withdraw(sp4, rita, successor)
    words = "It prints twice."

    client.force_login(mallory)
    assert words not in client.get(reverse("home")).content.decode()
    client.force_login(alice)
    page = client.get(reverse("ticket_list")).content.decode()
    assert words in page
    assert str(successor) in page
    assert "recalls/" not in page  # a coordinator confirms
    client.force_login(carol)
    address = reverse("recall_confirm", args=[Recall.objects.get().pk])
    assert address in client.get(reverse("home")).content.decode()
    done = client.post(address, follow=True).content.decode()
    assert words not in done

    client.force_login(rita)
    office = client.get(reverse("admin:releases_package_change", args=[sp4.pk])).content.decode()
    assert carol.name in office


def test_the_successor_brings_what_was_withdrawn_without_a_new_assessment(sp4, rita):
    line, correction = sp4.line, CorrectionFactory()
    fleet.assess(correction, line, [(2, 4)])
    again = CorrectionFactory()
    fleet.assess(again, line, [(2, 4), (5, 7)])  # SP 5 has this fault itself
    before = list(correction.validity.values_list("pk", "affected"))
    sp5, sp6 = (fleet.package(line, level, Status.COMPOSING) for level in (5, 6))

    withdraw(sp4, rita, sp5)

    assert list(sp5.content()) == [correction]
    assert list(type(sp5).objects.bringing(correction).order_by("level")) == [sp4, sp5]
    assert not sp6.content().exists()
    assert list(correction.validity.values_list("pk", "affected")) == before


def test_a_successor_that_is_withdrawn_itself_hands_it_on(sp4, rita):
    line, correction = sp4.line, CorrectionFactory()
    fleet.assess(correction, line, [(2, 4)])
    sp5 = PackageFactory(line=line, level=5)
    sp6 = fleet.package(line, 6, Status.COMPOSING)

    withdraw(sp4, rita, sp5)
    withdraw(sp5, rita, sp6)

    sp4.refresh_from_db()
    assert sp4.successor == sp6
    assert list(sp6.content()) == [correction]


def test_a_successor_that_is_withdrawn_is_none(sp4, rita):
    gone = fleet.package(sp4.line, 5, Status.WITHDRAWN)

    with pytest.raises(Invalid):
        actions.withdraw(sp4, by=rita, why="It prints twice.", successor=gone)


def test_the_gates_of_the_successor_are_open_again(sp4, rita):
    sp5 = fleet.package(sp4.line, 5, Status.IN_QA)

    withdraw(sp4, rita, sp5)

    sp5.refresh_from_db()
    assert sp5.status == Status.COMPOSING


def test_the_database_keeps_recalls(sp4, alpina, carol):
    row = Recall.objects.create(package=sp4, organisation=alpina)
    for change in (
        lambda: Recall.objects.create(package=sp4, organisation=alpina),
        lambda: Recall.objects.filter(pk=row.pk).update(confirmed_by=carol),
        lambda: Recall.objects.filter(pk=row.pk).update(confirmed_at=timezone.now()),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_withdrawn_and_reported_at_once_there_is_one_recall(at_once, alpina, carol, rita):
    """Whichever commits last sees the other, and both leave one row and one letter."""
    for n in range(4):
        package = PackageFactory(level=4, line__name=f"race {n}")
        system = fleet.known(SystemFactory(organisation=alpina, code=f"R{n}"))
        source, turns = System.Source.HAND, iter(["withdraw", "report"])

        def act(turns=turns, package=package, system=system, source=source):
            if next(turns) == "withdraw":
                actions.withdraw(package, by=rita, why="It prints twice.", successor=None)
            else:
                line, level = package.line, package.level
                actions.report(system, by=carol, line=line, level=level, source=source)
            all_told()

        at_once(2, act)

        all_told()
        assert package.recalls.count() == 1
        assert Notice.objects.filter(event=EVENT, user=carol).count() == n + 1
