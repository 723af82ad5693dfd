"""Two who speak about the same import at the same moment: one wins, and the rows agree."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from releases import actions
from releases.models import Import, ImportState, Installed, Status
from supportdesk.accounts.access import Role
from supportdesk.audit.models import Entry
from supportdesk.errors import Refused, WrongState
from supportdesk.messaging.models import Event
from tests.factories import SystemFactory, UserFactory
from tests.releases import fleet

State = ImportState


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_plan_for_the_same_system_and_one_wins(system, sp4, alpina, at_once):
    people = [UserFactory(organisation=alpina, roles=[Role.COORDINATOR]) for _n in range(6)]
    waiting = iter(people)
    day = timezone.localdate()

    outcomes = at_once(
        6, lambda: actions.plan_import(system, sp4, by=next(waiting), planned_for=day).state
    )

    assert sorted(map(str, outcomes)) == sorted(["planned", *[str(Refused)] * 5])
    assert Import.objects.count() == Event.objects.filter(name="import.planned").count() == 1


@pytest.mark.django_db(transaction=True)
def test_confirmed_while_the_package_is_withdrawn_the_level_is_known(carol, rita, alpina, line):
    """In whatever order they come, the level is the system's, and nobody plans it afterwards."""
    for n in range(8):
        package = fleet.given_to(alpina, line, 4 + n)
        system = SystemFactory(organisation=alpina)
        day = timezone.localdate()
        plan = actions.plan_import(system, package, by=carol, planned_for=day)

        def confirm(plan=plan):
            try:
                return actions.confirm_import(plan, by=carol)
            finally:
                connections.close_all()

        def withdraw(package=package):
            try:
                return actions.withdraw(package, by=rita, why="It prints twice.", successor=None)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            both = pool.submit(confirm), pool.submit(withdraw)
            done, gone = (one.result() for one in both)

        assert (done.state, gone.status) == (State.CONFIRMED, Status.WITHDRAWN)
        assert Installed.objects.get(system=system).level == package.level
        said = Entry.objects.get(verb="import.confirmed", subject_id=done.pk).facts["package_is"]
        # What the confirmation saw is the order in which the two came to pass.
        order = [*Event.objects.filter(body__package=package.pk).order_by("pk")]
        names = [one.name for one in order if one.name != "import.planned"]
        late = ["package.withdrawn", "import.confirmed"]
        assert names == (late if said == Status.WITHDRAWN else late[::-1])
        other = SystemFactory(organisation=alpina)
        with pytest.raises(Refused):
            actions.plan_import(other, package, by=carol, planned_for=day)


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_dropped_at_once_it_is_one_of_them(system, sp4, alpina, carol):
    for _n in range(6):
        other = SystemFactory(organisation=alpina)
        plan = actions.plan_import(other, sp4, by=carol, planned_for=timezone.localdate())

        def attempt(verb, plan=plan):
            try:
                return verb(plan, by=carol).state
            except WrongState:
                return "refused"
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            ends = pool.map(attempt, [actions.confirm_import, actions.drop_import])

        first = Import.objects.get(pk=plan.pk).state
        assert sorted(ends) == sorted([first, "refused"])
        assert Installed.objects.get(system=other).level == (4 if first == "confirmed" else 3)
