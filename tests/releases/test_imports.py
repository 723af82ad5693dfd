"""The life of an import: who may say what, what is refused, and what it does to the level."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import Error, IntegrityError, transaction
from django.utils import timezone

from releases import actions, offers
from releases.models import Delivery, Import, ImportState, Installed, Package, Status
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Mandate, Service
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging import notices, outbox
from supportdesk.messaging.models import Dispatch, Event, Notice
from tests.factories import LineFactory, PackageFactory, SystemFactory, UserFactory
from tests.releases import fleet

pytestmark = pytest.mark.django_db
State = ImportState
ENDED = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def planned(system, sp4, carol, today):
    """Into Alpina's system, which runs SP 3."""
    return actions.plan_import(system, sp4, by=carol, planned_for=today)


def told():
    while outbox.react():
        pass
    return [*Notice.objects.order_by("pk").values_list("user__name", "title")]


def test_a_coordinator_plans_and_confirms_and_the_level_follows(planned, system, carol):
    done = actions.confirm_import(planned, by=carol)

    system.refresh_from_db()
    assert (done.state, done.before, done.ended_by) == (State.CONFIRMED, "2026.1 SP 3", carol)
    assert (str(system.installed), system.inventory_source) == ("2026.1 SP 4", "import")
    said = [*Entry.objects.order_by("pk").values_list("verb", flat=True)]
    assert said == ["import.planned", "system.reported", "import.confirmed"]
    assert Event.objects.filter(name="import.confirmed").get().body["import"] == done.pk


def test_a_failure_is_told_to_us_and_changes_no_level(planned, system, carol, rita, sam):
    with pytest.raises(Invalid):
        actions.import_failed(planned, by=carol, text=" ")

    done = actions.import_failed(planned, by=carol, text="RC 12 in step 4.")

    assert (done.state, done.failure) == (State.FAILED, "RC 12 in step 4.")
    assert Installed.objects.get(system=system).level == 3
    assert told() == [(rita.name, "Import failed: 2026.1 SP 4 on ALP-P1")]
    assert Dispatch.objects.get(channel="mail").recipient == rita


def test_a_rollback_brings_back_what_ran_and_is_told_to_us(planned, system, carol, rita):
    done = actions.confirm_import(planned, by=carol)

    done = actions.roll_back(done, by=carol, why="The nightly run stood still.")

    assert (done.state, done.before) == (State.ROLLED_BACK, "2026.1 SP 3")
    assert str(Installed.objects.get(system=system)) == "2026.1 SP 3"
    assert told() == [(rita.name, "Import rolled back: 2026.1 SP 4 on ALP-P1")]
    with pytest.raises(WrongState):
        actions.roll_back(done, by=carol, why="Again.")


def test_a_rollback_waits_for_what_was_imported_on_top(planned, system, line, carol, alpina, today):
    first = actions.confirm_import(planned, by=carol)
    later = actions.plan_import(
        system, fleet.given_to(alpina, line, 5), by=carol, planned_for=today
    )
    later = actions.confirm_import(later, by=carol)
    # Said by hand, as if that one had never been: it stands on record all the same.
    actions.report(system, by=carol, line=line, level=4, source="hand")
    with pytest.raises(Refused, match="SP 5 was imported on top"):
        actions.roll_back(first, by=carol, why="No.")
    actions.report(system, by=carol, line=line, level=5, source="hand")

    actions.roll_back(later, by=carol, why="No.")
    actions.roll_back(first, by=carol, why="No.")

    assert Installed.objects.get(system=system).level == 3


def test_what_was_reported_since_is_not_rolled_over(planned, system, line, carol):
    done = actions.confirm_import(planned, by=carol)
    actions.report(system, by=carol, line=line, level=6, source="hand")

    with pytest.raises(Refused, match="SP 6"):
        actions.roll_back(done, by=carol, why="No.")
    with pytest.raises(Invalid):
        actions.roll_back(done, by=carol, why=" ")


def test_a_dropped_plan_makes_room_for_another(planned, system, sp4, carol, today):
    with pytest.raises(Refused, match="planned already"):
        actions.plan_import(system, sp4, by=carol, planned_for=today)
    assert actions.drop_import(planned, by=carol).state == State.DROPPED

    actions.plan_import(system, sp4, by=carol, planned_for=today)


@pytest.mark.parametrize("end", ["confirm_import", "drop_import", "import_failed"])
def test_an_import_ends_once(planned, carol, end):
    actions.confirm_import(planned, by=carol)
    more = {"text": "RC 12"} if end == "import_failed" else {}

    with pytest.raises(WrongState):
        getattr(actions, end)(planned, by=carol, **more)


def test_what_only_was_planned_is_not_rolled_back(planned, carol):
    with pytest.raises(WrongState):
        actions.roll_back(planned, by=carol, why="No.")


def test_only_what_was_delivered_to_this_customer(system, line, carol, alpina, hansa, today):
    theirs = fleet.given_to(hansa, line, 4)
    with pytest.raises(Package.DoesNotExist):
        actions.plan_import(system, theirs, by=carol, planned_for=today)

    Delivery.objects.create(package=theirs, organisation=alpina)  # prepared, not given
    with pytest.raises(Package.DoesNotExist):
        actions.plan_import(system, theirs, by=carol, planned_for=today)


def test_a_provider_does_not_carry_packages_from_one_customer_to_another(
    nord, line, alpina, hansa, today
):
    Mandate.objects.create(
        provider=nord, insurer=alpina, during=Mandate.objects.get().during, carries=["imports"]
    )
    pia = UserFactory(organisation=nord, roles=[Role.COORDINATOR])
    package = fleet.given_to(hansa, line, 4)

    def plan_at_alpina():
        theirs = SystemFactory(organisation=alpina)
        with pytest.raises(Invalid) as refused:
            actions.plan_import(theirs, package, by=pia, planned_for=today)
        assert refused.value.field == "package"

    plan_at_alpina()
    Delivery.objects.create(package=package, organisation=alpina)  # prepared, not given
    plan_at_alpina()
    actions.plan_import(SystemFactory(organisation=hansa), package, by=pia, planned_for=today)


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.IN_QA])
def test_only_what_is_released(system, line, carol, alpina, today, status):
    package = fleet.package(line, 4, status)
    Package.objects.filter(pk=package.pk).update(planned_on="2027-01-14")
    fleet.deliver(package, alpina)

    with pytest.raises(Refused, match=str(Status(status).label)):
        actions.plan_import(system, package, by=carol, planned_for=today)


def test_only_what_may_follow(system, line, carol, alpina, today):
    branch = LineFactory(name="2026.2", parent=line, branch_level=3)
    wrong = [fleet.given_to(alpina, line, 3), fleet.given_to(alpina, branch, 1)]
    wrong.append(fleet.given_to(alpina, LineFactory(name="2019.1"), 0))
    for package in wrong:
        with pytest.raises(Invalid) as refused:
            actions.plan_import(system, package, by=carol, planned_for=today)
        assert refused.value.field == "package"
        assert str(package.line) in str(refused.value)
    upgrade, step = fleet.given_to(alpina, branch, 0), fleet.given_to(alpina, line, 4)

    assert {*offers.for_system(system)} == {upgrade, step}
    actions.confirm_import(
        actions.plan_import(system, upgrade, by=carol, planned_for=today), by=carol
    )
    assert str(Installed.objects.get(system=system)) == "2026.2 SP 0"


def test_where_nothing_is_known_nothing_is_planned(system, sp4, carol, today):
    Installed.objects.all().delete()

    with pytest.raises(Invalid, match="do not know"):
        actions.plan_import(system, sp4, by=carol, planned_for=today)
    assert offers.for_system(type(system).objects.get()) == []


def test_a_day_that_is_over_is_none_to_plan_for(system, sp4, carol, today):
    with pytest.raises(Invalid) as refused:
        actions.plan_import(system, sp4, by=carol, planned_for=today - timedelta(days=1))
    assert refused.value.field == "planned_for"


@pytest.mark.parametrize("source", ["hand", "file"])
def test_a_level_reported_before_the_confirmation_does_not_hinder_it(
    planned, system, line, carol, source
):
    actions.report(system, by=carol, line=line, level=4, source=source)

    done = actions.confirm_import(planned, by=carol)

    assert (done.state, done.before) == (State.CONFIRMED, "2026.1 SP 3")
    actions.roll_back(done, by=carol, why="No.")
    assert str(Installed.objects.get(system=system)) == "2026.1 SP 3"


def test_what_ran_at_the_confirmation_comes_back_not_what_ran_at_the_planning(
    system, line, alpina, carol, today
):
    plan = actions.plan_import(system, fleet.given_to(alpina, line, 5), by=carol, planned_for=today)
    actions.report(system, by=carol, line=line, level=4, source="hand")

    actions.roll_back(actions.confirm_import(plan, by=carol), by=carol, why="No.")

    assert str(Installed.objects.get(system=system)) == "2026.1 SP 4"


def test_a_plan_that_was_overtaken_is_not_confirmed(planned, system, line, carol):
    actions.report(system, by=carol, line=line, level=5, source="hand")

    with pytest.raises(Invalid, match="no later level"):
        actions.confirm_import(planned, by=carol)


def test_members_strangers_and_we_ourselves_import_nothing(
    planned, system, sp4, alice, mallory, rita, today
):
    for person in (alice, rita):
        with pytest.raises(NotAllowed):
            actions.plan_import(system, sp4, by=person, planned_for=today)
        for verb in (actions.confirm_import, actions.drop_import):
            with pytest.raises(NotAllowed):
                verb(planned, by=person)
    with pytest.raises(type(system).DoesNotExist):
        actions.plan_import(system, sp4, by=mallory, planned_for=today)
    with pytest.raises(Import.DoesNotExist):
        actions.confirm_import(planned, by=mallory)


@pytest.mark.parametrize(
    ("carries", "may"),
    [([Service.IMPORTS], True), ([Service.TICKETS, Service.ACCESS], False), ([], False)],
)
def test_a_provider_imports_within_its_mandate(nord, hansa, line, today, carries, may):
    Mandate.objects.update(carries=carries)
    pia = UserFactory(organisation=nord, roles=[Role.COORDINATOR])
    system, package = SystemFactory(organisation=hansa), fleet.given_to(hansa, line, 4)

    def everything():
        plan = actions.plan_import(system, package, by=pia, planned_for=today)
        return actions.confirm_import(plan, by=pia).state

    if may:
        assert everything() == State.CONFIRMED
        Mandate.objects.update(carries=[])
        assert not Import.objects.visible_to(pia).exists()
    else:
        with pytest.raises(type(system).DoesNotExist):
            everything()
        with pytest.raises(type(system).DoesNotExist):
            actions.report(system, by=pia, line=line, level=9, source="hand")


def test_a_withdrawal_is_told_to_whoever_plans_to_import(planned, sp4, carol, rita, line):
    later = PackageFactory(line=line, level=5)
    actions.withdraw(sp4, by=rita, why="It prints twice.", successor=later)

    titles = told()

    words = "Please do not import 2026.1 SP 4: it is withdrawn (ALP-P1)"
    assert (carol.name, words) in titles
    assert [name for name, _title in titles] == [carol.name]


def test_what_runs_though_it_is_withdrawn_is_known_and_told(planned, sp4, system, carol, rita):
    actions.withdraw(sp4, by=rita, why="It prints twice.", successor=None)

    actions.confirm_import(planned, by=carol)

    assert Installed.objects.get(system=system).level == 4
    assert (rita.name, "Withdrawn, but imported: 2026.1 SP 4 on ALP-P1") in told()


def test_each_may_switch_off_what_concerns_them_only(carol, alice, rita, sam):
    def offered(person):
        return {one.event for one in notices.preferences(person)} & {
            "import.trouble",
            "import.withdrawn",
        }

    assert [offered(one) for one in (carol, alice, rita, sam)] == [
        {"import.withdrawn"},
        set(),
        {"import.trouble"},
        set(),
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"package": None},
        {"planned_for": date(2030, 1, 1)},
        {"state": State.ROLLED_BACK},
        {"state": State.FAILED},
        {"failure": "RC 12"},
        {"ended_at": ENDED},
        {"before_level": 4},
        {"before_line": None, "before_level": None},
    ],
    ids=str,
)
def test_the_database_keeps_a_plan_what_it_is(planned, line, facts):
    if "package" in facts:
        facts = {"package": PackageFactory(line=line, level=9)}
    with pytest.raises(Error), transaction.atomic():
        Import.objects.update(**facts)


@pytest.mark.parametrize(
    "facts",
    [
        {"state": State.PLANNED, "ended_at": None, "ended_by": None},
        {"state": State.DROPPED, "before_line": None, "before_level": None},
        {"before_level": 1},
        {"ended_at": ENDED},
        {"state": State.ROLLED_BACK},
        {"rolled_back_because": "No."},
    ],
    ids=str,
)
def test_the_database_keeps_what_was_confirmed(planned, carol, facts):
    actions.confirm_import(planned, by=carol)

    with pytest.raises(Error), transaction.atomic():
        Import.objects.update(**facts)
    with pytest.raises(Error), transaction.atomic():
        Import.objects.all().delete()


def test_the_database_keeps_what_is_over(planned, carol):
    actions.import_failed(planned, by=carol, text="RC 12")

    with pytest.raises(Error), transaction.atomic():
        Import.objects.update(failure="Nothing.")


def test_the_database_knows_one_plan_per_system(planned, sp4, carol, today):
    with pytest.raises(IntegrityError, match="one_planned_import"), transaction.atomic():
        Import.objects.create(
            system=planned.system, package=sp4, planned_by=carol, planned_for=today
        )
