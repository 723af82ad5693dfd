"""The rule and its SQL say the same, on any fleet; and what the cases leave out."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from releases import compliance, verdicts
from releases.models import Line, Module, Status, System, Validity
from releases.models.system import Applied
from releases.validity import Facts, Finding, Offer, Verdict, judge
from tests.factories import CorrectionFactory, LineFactory, OrganisationFactory, SystemFactory
from tests.releases import fleet

LEVELS = range(7)
MAYBE = st.booleans()


@st.composite
def intervals(draw):
    """None, or any number of stretches that do not overlap."""
    if draw(st.integers(0, 5)) == 0:
        return None
    edges = sorted(draw(st.sets(st.sampled_from([*LEVELS, 7]), max_size=6)))
    pairs = [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=False)]
    if len(edges) % 2:
        pairs.append((edges[-1], None))
    if len(pairs) > 1 and draw(MAYBE):  # let the first two touch
        pairs[0] = (pairs[0][0], pairs[1][0])
    return pairs


WORLD = st.fixed_dictionaries(
    {
        "packages": st.dictionaries(
            st.sampled_from(LEVELS), st.tuples(st.sampled_from(Status.values), MAYBE, MAYBE)
        ),
        "corrections": st.lists(st.tuples(intervals(), MAYBE), min_size=1, max_size=4),
        "systems": st.lists(
            st.fixed_dictionaries(
                {
                    "age": st.sampled_from([None, 1, 400]),
                    "level": st.none() | st.sampled_from(LEVELS),
                    "modules": st.sampled_from(["none", "ours", "other"]),
                    "pilot": MAYBE,
                    "applied": st.sampled_from(["", "", "", "implemented", "failed"]),
                }
            ),
            min_size=1,
            max_size=4,
        ),
    }
)


CAME_BACK = {  # the only packages behind the fix have the fault again, but for the last
    "packages": {4: ("released", True, True), 5: ("released", True, True), 6: ("planned", 0, 0)},
    "corrections": [([(0, 2), (4, 6)], False)],
    "systems": [{"age": 1, "level": 1, "modules": "none", "pilot": True, "applied": ""}],
}


@pytest.mark.property
class TestBoth(TestCase):
    @example(CAME_BACK)
    @given(WORLD)
    def test_the_rule_and_the_statement_agree(self, world):
        systems, corrections = _build(world)
        expected = {
            (system.pk, correction.pk): judge(_facts(world, facts, rows, fact_pilot))
            for (system, facts, fact_pilot) in systems
            for (correction, rows) in corrections
        }
        ids = [system.pk for system, *_rest in systems]

        found = verdicts.of(ids, [one.pk for one, _rows in corrections], timezone.now())

        told = {(one.system, one.correction): one.finding for one in found}
        assert told == {pair: _plain(finding) for pair, finding in expected.items()}
        for correction, _rows in corrections:
            lacking = {one.system for one in verdicts.lacking(correction.pk, timezone.now())}
            worth = {*verdicts.MISSING, Verdict.UNKNOWN_INVENTORY}
            assert lacking == {
                system
                for (system, number), finding in expected.items()
                if number == correction.pk and finding.verdict in worth
            }
        self._matrix(systems, corrections, world)

    def _matrix(self, systems, corrections, world):
        """Counts what is assessed on known systems; individual corrections count by package."""
        counts = compliance.matrix(timezone.now())
        for system, facts, pilot in systems:
            judged = [
                judge(_facts(world, {**facts, "applied": ""}, rows, pilot)).verdict
                for _correction, rows in corrections
            ]
            left_out = {Verdict.UNKNOWN_INVENTORY, Verdict.NOT_RELEVANT, Verdict.NOT_ASSESSED}
            told = [one for one in judged if one not in left_out]
            assert counts.get(system.pk, {}) == {one: told.count(one) for one in told}


def _build(world):
    line = Line.objects.create(name="2026.1")
    customers = [OrganisationFactory(), OrganisationFactory()]
    for level, (status, to_pilot, to_all) in world["packages"].items():
        package = fleet.package(line, level, status)
        for given_to, customer in zip((to_pilot, to_all), customers, strict=True):
            if given_to:
                fleet.deliver(package, customer)
    corrections = []
    for rows, _more in world["corrections"]:
        module = Module.objects.first()
        correction = CorrectionFactory(module=module) if module else CorrectionFactory()
        if rows is not None:
            fleet.assess(correction, line, rows)
        corrections.append((correction, rows))
    other = CorrectionFactory().module
    systems = []
    for facts in world["systems"]:
        systems.append(_system(facts, line, customers, corrections, other))
    return systems, corrections


def _system(facts, line, customers, corrections, other):
    runs = (line, facts["level"] or 0)
    system = SystemFactory(organisation=customers[not facts["pilot"]], runs=runs)
    if facts["level"] is None:
        system.installed.delete()
    reported = facts["age"] and timezone.now() - timedelta(days=facts["age"])
    source = System.Source.HAND if reported else ""
    System.objects.filter(pk=system.pk).update(inventory_at=reported, inventory_source=source)
    if facts["modules"] != "none":
        system.modules.add(corrections[0][0].module if facts["modules"] == "ours" else other)
    if facts["applied"]:
        for correction, _rows in corrections:
            Applied.objects.create(system=system, correction=correction, state=facts["applied"])
    return system, facts, facts["pilot"]


def _facts(world, facts, rows, pilot) -> Facts:
    offers = [
        Offer(level, status == "released", status == "released" and (to_pilot if pilot else to_all))
        for level, (status, to_pilot, to_all) in world["packages"].items()
        if status != "withdrawn"
    ]
    return Facts(
        known=facts["age"] == 1,
        level=facts["level"],
        intervals=rows,
        relevant=facts["modules"] != "other",
        applied=facts["applied"] == "implemented",
        offers=offers,
    )


def _plain(finding: Finding) -> Finding:
    return finding if finding.verdict in verdicts.SHOWN else Finding(finding.verdict)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (Facts(known=False, level=3, intervals=[(0, None)]), Verdict.UNKNOWN_INVENTORY),
        (Facts(known=True, level=3, intervals=[(0, 3)]), Verdict.FIXED_BY_PACKAGE),
        (Facts(known=True, level=3, intervals=[]), Verdict.NOT_AFFECTED),
        (Facts(known=True, level=3, intervals=[(4, 5)]), Verdict.NOT_AFFECTED),
        (
            Facts(known=True, level=3, intervals=[(0, 4)], offers=[Offer(4)]),
            Verdict.FIX_PLANNED,
        ),
        (
            Facts(known=True, level=3, intervals=[(0, 4)], offers=[Offer(4)], relevant=False),
            Verdict.NOT_RELEVANT,
        ),
    ],
)
def test_what_the_cases_do_not_ask(facts, verdict):
    assert judge(facts).verdict == verdict


def test_a_level_on_which_it_came_back_is_no_remedy():
    offers = [Offer(4, True, True), Offer(5, True, True), Offer(6, True, True)]
    facts = Facts(known=True, level=3, intervals=[(0, 4), (4, 5), (5, 6)], offers=offers)

    assert judge(facts) == Finding(Verdict.DELIVERED_NOT_IMPORTED, 0, 6, 6)


@pytest.mark.django_db
def test_an_inventory_is_believed_for_45_days(settings):
    system = SystemFactory()
    correction = CorrectionFactory()
    fleet.assess(correction, system.installed.line, [])
    day = timedelta(days=settings.INVENTORY_DAYS)

    def verdict(at):
        [found] = verdicts.of([system.pk], [correction.pk], at)
        return found.finding.verdict

    assert verdict(system.inventory_at + day) == Verdict.NOT_AFFECTED
    assert verdict(system.inventory_at + day + timedelta(seconds=1)) == Verdict.UNKNOWN_INVENTORY


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [[None, (0, 4)], [(0, 4), None], [None, None]])
def test_not_affected_stands_alone(rows):
    line, correction = LineFactory(), CorrectionFactory()
    first, second = (fleet.stretch(row) for row in rows)
    Validity.objects.create(correction=correction, line=line, affected=first)

    with pytest.raises(IntegrityError), transaction.atomic():
        Validity.objects.create(correction=correction, line=line, affected=second)


@pytest.mark.django_db(transaction=True)
def test_two_who_assess_at_once_do_not_contradict_each_other():
    line, correction = LineFactory(), CorrectionFactory()
    ready, outcomes = threading.Barrier(2), []

    def write(row):
        try:
            with transaction.atomic():
                ready.wait()
                Validity.objects.create(
                    correction=correction, line=line, affected=fleet.stretch(row)
                )
            outcomes.append("written")
        except IntegrityError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(row,)) for row in (None, (0, 4))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["refused", "written"]
