"""Who gets what: every address of the resolver, by every method, asked by everybody.

The answers stand in matrix.txt. A new address fails here until somebody has said who may.
"""

from collections import Counter

import pytest
from django.http import HttpResponse
from django.urls import reverse

from tests.web import bodies, matrix, world
from tests.web.matrix import Case
from tests.web.personas import DOORS, Visitor
from tests.web.routes import all_routes

pytestmark = pytest.mark.django_db
ROUTES = all_routes()
HOW = """
{name} ({method}) has no row in tests/web/matrix.txt, so nobody has said who may.
Put a line under the group whose columns fit. At this moment it answers
{observed}
which is what it does, not what it should: check every code before you write the line, e.g.
    {method:<7} {name}   <one code for each column of the group>
A POST needs a valid body in tests/web/bodies.py, else the form answers before the verb does.
"""


def answered(answer: HttpResponse) -> str:
    """The code; of redirects, where they lead when it tells a refusal from a success."""
    target = answer.headers.get("Location", "")
    if target.startswith((reverse("account_login"), reverse("admin:login"))):
        return "login"
    if target.startswith(reverse("account_reauthenticate")):
        return "again"
    return "office" if target.startswith("/office/") else str(answer.status_code)


def asked(case: Case, house: world.World, visitor: Visitor, number: int) -> str:
    path = case.route.path(house, case.row.variant() if case.row else "")
    data, kind = bodies.of(case.route, house) if case.method == "POST" else (None, None)
    more = {"content_type": kind} if kind else {}
    # Each from an address of its own: how often one may knock is not asked here.
    return answered(visitor.ask(case.method, path, data, REMOTE_ADDR=f"10.0.{number}.1", **more))


@pytest.mark.parametrize("case", matrix.cases(ROUTES), ids=str)
def test_everybody_gets_what_the_table_says(case, house, knocking):
    door = case.row.group.door if case.row else ("api" if case.route.is_api else "pages")
    got = {
        person: asked(case, house, visitor, number)
        for number, (person, visitor) in enumerate(knocking[door].items())
    }
    if case.row is None:
        observed = "\n".join(f"    {person:<10} {code}" for person, code in got.items())
        pytest.fail(HOW.format(name=case.route.name, method=case.method, observed=observed))
    wrong = [
        f"{person}: {code}, not {case.row.expected(person)}"
        for person, code in got.items()
        if code != case.row.expected(person)
    ]
    assert not wrong, f"{case} (matrix.txt, line {case.row.line}): " + "; ".join(wrong)


def test_every_row_of_the_table_has_its_address():
    table = matrix.rows()
    idle = [row for row in table if not any(row.fits(route) for route in ROUTES)]
    twice = Counter((row.name, method) for row in table for method in row.methods)

    assert [f"line {row.line}: {row.name}" for row in idle] == []
    assert [one for one, times in twice.items() if times > 1] == []


def test_the_bodies_are_those_of_addresses():
    assert bodies.GIVEN.keys() <= {route.name for route in ROUTES}


def test_everybody_stands_in_the_table():
    assert {len(set(people)) for people in DOORS.values()} == {15, 17}
