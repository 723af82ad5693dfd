"""The rule, its SQL and the constraints against the acceptance cases."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from releases import verdicts
from releases.models import Delivery, Installed, Line, System, Validity
from releases.models.system import Applied
from releases.validity import Facts, Interval, Offer, came_back, is_affected, judge
from tests.cases import cases
from tests.factories import CorrectionFactory, OrganisationFactory
from tests.releases import fleet

DELIVERED = ("available", "downloaded")


def intervals(rows: list[dict[str, Any]]) -> list[Interval]:
    return [(row["from"], row["to"]) for row in rows if not row.get("empty")]


@cases("validity.json", "level")
def test_level_case(case):
    found = is_affected(intervals(case["rows"]), case["level"])

    assert found == case["expected"]["affected"]


@cases("validity.json", "verdict")
def test_verdict_case(case):
    system = case["system"]
    installed = system["installed"]
    here = installed["line"] if installed else None
    rows = [row for row in case["validity"] if row["line"] == here]
    finding = judge(
        Facts(
            known=system["inventory_reported"],
            level=installed["level"] if installed else None,
            intervals=intervals(rows) if rows else None,
            applied=case["applied"] == "implemented",
            offers=offers(case, here),
        )
    )

    compare(finding, case["expected"])


def offers(case: dict[str, Any], line: str | None) -> list[Offer]:
    given = {
        row["level"]
        for row in case["deliveries"]
        if (row["line"], row["customer"]) == (line, case["system"]["customer"])
        and row["state"] in DELIVERED
    }
    return [
        Offer(
            row["level"],
            released=row["state"] == "released",
            delivered=row["state"] == "released" and row["level"] in given,
        )
        for row in case["packages"]
        if row["line"] == line and row["state"] != "withdrawn"
    ]


def compare(finding: Any, expected: dict[str, Any]) -> None:
    assert finding.verdict == expected["verdict"]
    if "import_level" in expected:
        assert finding.import_level == expected["import_level"]


@pytest.mark.django_db
@cases("validity.json", "verdict")
def test_verdict_case_in_sql(case):
    lines = {name: Line.objects.create(name=name) for name in case["lines"]}
    correction = CorrectionFactory()
    for row in case["validity"]:
        fleet.assess(correction, lines[row["line"]], intervals([row]))
    packages = {
        (row["line"], row["level"]): fleet.package(lines[row["line"]], row["level"], row["state"])
        for row in case["packages"]
    }
    customers: dict[str, Any] = {}
    for row in case["deliveries"]:
        customer = customers.setdefault(row["customer"], OrganisationFactory())
        delivery = fleet.deliver(packages[row["line"], row["level"]], customer)
        if row["state"] not in DELIVERED:
            Delivery.objects.filter(pk=delivery.pk).update(delivered_at=None)
    system = installation(case, lines, customers)
    if case["applied"]:
        Applied.objects.create(system=system, correction=correction, state=case["applied"])

    [found] = verdicts.of([system.pk], [correction.pk], timezone.now())

    compare(found.finding, case["expected"])


def installation(case: dict[str, Any], lines: dict[str, Line], customers: dict[str, Any]) -> System:
    facts = case["system"]
    owner = customers.get(facts["customer"]) or OrganisationFactory()
    system = System.objects.create(organisation=owner, code="SYS")
    if facts["inventory_reported"]:
        fleet.known(system)
    if facts["installed"]:
        line, level = lines[facts["installed"]["line"]], facts["installed"]["level"]
        Installed.objects.create(system=system, line=line, level=level)
    return system


@pytest.mark.django_db
@cases("validity.json", "insert_row")
def test_row_case(case):
    correction, new = CorrectionFactory(), case["new"]
    for row in case["existing"]:
        fleet.assess(correction, line(row), intervals([row]))
    before = Validity.objects.count()
    try:
        with transaction.atomic():
            fleet.assess(correction, line(new), intervals([new]))
        refused = False
    except IntegrityError:
        refused = True

    assert refused == case["expected"]["refused"]
    assert Validity.objects.count() == before + (not refused)


def line(row: dict[str, Any]) -> Line:
    return Line.objects.get_or_create(name=row["line"])[0]


@cases("regression.json")
def test_regression_case(case):
    resolution, report = case["resolution"], case["report"]
    outcome = came_back(
        resolution["level"] if resolution else None,
        report["level"] if report else None,
        later=bool(resolution) and resolution["mode"] == "in_next_release",
    )

    assert outcome == case["expected"]["outcome"]
