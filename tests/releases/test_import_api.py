"""A script plans, confirms and takes back imports, with a token that may do nothing else."""

import pytest
from django.utils import timezone

from releases.models import Import, Installed
from supportdesk.accounts.access import Role
from supportdesk.accounts.actions.tokens import offered_scopes
from supportdesk.accounts.models import Mandate, Scope, Service
from tests.api import calling_as
from tests.factories import SystemFactory, UserFactory
from tests.releases import fleet

pytestmark = pytest.mark.django_db
IMPORTS = "/api/v1/imports/"


@pytest.fixture
def wanted(system, sp4):
    """Into Alpina's system, which runs SP 3."""
    day = str(timezone.localdate())
    return {"system": system.code, "line": sp4.line.name, "level": 4, "planned_for": day}


def test_a_script_plans_and_confirms(wanted, system, carol):
    script = calling_as(carol, scopes=[Scope.IMPORTS])

    plan = script.post(IMPORTS, wanted)
    done = script.post(f"{IMPORTS}{plan.json()['id']}/confirm/")

    assert (plan.status_code, plan.json()["state"]) == (201, "planned")
    assert (done.status_code, done.json()["state"]) == (200, "confirmed")
    assert (done.json()["before_line"], done.json()["before_level"]) == ("2026.1", 3)
    assert Installed.objects.get(system=system).level == 4


def test_a_repeat_with_the_same_key_confirms_once(wanted, carol):
    script, key = calling_as(carol), {"Idempotency-Key": "RUN-1"}
    plan = script.post(IMPORTS, wanted, headers=key).json()
    assert script.post(IMPORTS, wanted, headers=key).json()["id"] == plan["id"]
    address, key = f"{IMPORTS}{plan['id']}/confirm/", {"Idempotency-Key": "RUN-2"}

    answers = [script.post(address, headers=key) for _n in range(2)]

    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert script.post(address).status_code == 409
    assert Import.objects.count() == 1


def test_a_script_says_what_failed_and_why_it_went_back(wanted, system, carol):
    script = calling_as(carol)
    first = script.post(IMPORTS, wanted).json()["id"]
    assert script.post(f"{IMPORTS}{first}/fail/", {}).status_code == 400
    failed = script.post(f"{IMPORTS}{first}/fail/", {"text": "RC 12"}).json()
    second = script.post(IMPORTS, wanted).json()["id"]
    script.post(f"{IMPORTS}{second}/confirm/")

    back = script.post(f"{IMPORTS}{second}/roll_back/", {"why": "It stood still."}).json()

    assert (failed["state"], failed["failure"], failed["ended_by"]) == (
        "failed",
        "RC 12",
        "Carol Brandt",
    )
    assert (back["state"], back["rolled_back_because"]) == ("rolled_back", "It stood still.")
    assert Installed.objects.get(system=system).level == 3
    third = script.post(IMPORTS, wanted).json()["id"]
    assert script.post(f"{IMPORTS}{third}/drop/").json()["state"] == "dropped"


def test_a_script_asks_what_is_planned(wanted, line, alpina, carol):
    script = calling_as(carol)
    script.post(IMPORTS, wanted)
    other = SystemFactory(organisation=alpina)
    done = script.post(IMPORTS, {**wanted, "system": other.code}).json()["id"]
    script.post(f"{IMPORTS}{done}/confirm/")

    def found(**asked):
        return [row["system"] for row in script.get(IMPORTS, asked).json()["results"]]

    assert found(state="planned") == [wanted["system"]]
    assert found(system=other.code) == [other.code]
    assert found(planned_since="2999-01-01T00:00:00Z") == []


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"level": 9}, "level"),  # is not delivered
        ({"level": True}, "level"),
        ({"level": "4"}, "level"),
        ({"level": 4.5}, "level"),
        ({"line": "1999.1"}, "line"),
        ({"system": "HAN-P1"}, "system"),
        ({"planned_for": "2020-01-01"}, "planned_for"),
        ({"planned_for": ""}, "planned_for"),
    ],
    ids=str,
)
def test_what_cannot_be_planned_names_the_field(wanted, hansa, carol, facts, field):
    SystemFactory(organisation=hansa, code="HAN-P1")

    answer = calling_as(carol).post(IMPORTS, {**wanted, **facts})

    assert answer.status_code == 400
    assert field in str(answer.json()["errors"])
    assert not Import.objects.exists()


def test_a_package_that_cannot_follow_what_runs_is_said_at_its_level(wanted, alpina, carol, line):
    ahead = fleet.running(alpina, line, 9)

    answer = calling_as(carol).post(IMPORTS, {**wanted, "system": ahead.code})

    assert [one["field"] for one in answer.json()["errors"]] == ["level"]


def test_a_token_without_the_scope_changes_nothing(wanted, carol):
    reader = calling_as(carol, scopes=[Scope.PRODUCT_READ, Scope.TICKETS_WRITE])

    assert reader.get(IMPORTS).status_code == 200
    assert reader.post(IMPORTS, wanted).status_code == 403
    assert not Import.objects.exists()


def test_the_scope_is_offered_to_those_who_import(alice, carol, sam, paul):
    offered = [Scope.IMPORTS in offered_scopes(one) for one in (alice, carol, sam, paul)]

    assert offered == [False, True, False, False]


@pytest.mark.parametrize("carries", [[Service.IMPORTS], [Service.TICKETS]], ids=str)
def test_a_provider_calls_within_its_mandate(nord, hansa, line, carries):
    Mandate.objects.update(carries=carries)
    system, package = SystemFactory(organisation=hansa), fleet.given_to(hansa, line, 4)
    pia = UserFactory(organisation=nord, roles=[Role.COORDINATOR])
    body = {"system": system.code, "line": package.line.name, "level": 4}
    script = calling_as(pia)

    answer = script.post(IMPORTS, {**body, "planned_for": str(timezone.localdate())})

    may = carries == [Service.IMPORTS]
    assert answer.status_code == (201 if may else 400)
    assert len(script.get(IMPORTS).json()["results"]) == may
