"""While a ticket is written: what is known already, for the writer's own systems alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.models import Correction, System
from tests.factories import CorrectionFactory, LineFactory, ModuleFactory, SystemFactory
from tests.releases import fleet
from tickets import hints
from tickets.forms import ReportForm
from tickets.hints import Sketch

TWICE = "Storno weist Krankengeld doppelt an"
WRITTEN = {
    "subject": "Krankengeld doppelt angewiesen",
    "text": "Nach einem Storno wurde das Krankengeld zweimal überwiesen.",
}


@pytest.fixture
def line(system):
    return system.installed.line


@pytest.fixture
def known(module, line):
    """A released correction, which SP 4 brings and the systems on SP 3 lack."""

    def known(symptom=TWICE, levels=((2, 4),), on=line, **facts):
        facts = {"module": module, "released_at": timezone.now(), "object_keys": [], **facts}
        row = CorrectionFactory(symptom=symptom, **facts)
        fleet.assess(row, on, levels)
        return row

    return known


def shown(reader, **facts):
    return [one.correction for one in hints.of(Sketch(**facts), reader=reader)]


def test_what_tells_of_the_same_is_shown_with_its_verdict(known, alice, system, module):
    row = known()
    known("Beitragsbescheid ohne Anschrift")

    [hint] = hints.of(Sketch(system, module, **WRITTEN), reader=alice)

    assert hint.correction == row
    assert hint.said.verdict == "no_fix"
    assert not hint.solves


def test_a_message_id_comes_before_words(known, alice, system, module):
    words, named = known(), known("Lauf bricht ab", object_keys=["ZKG104"])

    found = shown(alice, system=system, module=module, message_id="zkg104", **WRITTEN)

    assert found == [named, words]


def test_one_that_both_fit_is_shown_once(known, alice, system):
    row = known(object_keys=["ZKG104"])

    assert shown(alice, system=system, message_id="ZKG104", **WRITTEN) == [row]


def test_five_at_most_and_those_of_the_module_first(known, alice, system, module):
    of_module = [known(), known()]
    other = ModuleFactory()
    for _ in range(4):
        known(module=other)

    found = shown(alice, system=system, module=module, **WRITTEN)

    assert len(found) == 5
    assert set(found[:2]) == set(of_module)


@pytest.mark.parametrize("level", ["planned", "released", "delivered"])
def test_what_a_package_brings_solves_it(known, alice, system, line, alpina, level):
    known()
    package = fleet.package(line, 4, "planned" if level == "planned" else "released")
    if level == "delivered":
        fleet.deliver(package, alpina)

    [hint] = hints.of(Sketch(system, **WRITTEN), reader=alice)

    assert hint.solves


def test_what_the_system_has_or_never_lacked_is_not_told_by_words(known, alice, system):
    known(levels=((2, 3),))
    known(levels=())

    assert shown(alice, system=system, **WRITTEN) == []


def test_nothing_of_lines_the_system_does_not_run(known, alice, system):
    elsewhere = LineFactory(name="2027.1")
    known(on=elsewhere, object_keys=["ZKG104"])

    assert shown(alice, system=system, message_id="ZKG104", **WRITTEN) == []
    System.objects.update(inventory_at=timezone.now() - timedelta(days=90))
    assert shown(alice, system=system, message_id="ZKG104", **WRITTEN) == []


def test_what_does_not_concern_the_system_crowds_out_nothing(known, alice, system):
    row, elsewhere = known(), LineFactory(name="2027.1")
    for _ in range(hints.LOOKED_AT + 1):
        known(on=elsewhere)

    assert shown(alice, system=system, **WRITTEN) == [row]


def test_customers_hear_of_released_corrections_only(known, alice, sam, system):
    row = known(object_keys=["ZKG104"])
    Correction.objects.update(released_at=None)

    assert shown(alice, system=system, message_id="ZKG104", **WRITTEN) == []
    assert shown(sam, system=system, message_id="ZKG104", **WRITTEN) == [row]


def test_the_cause_is_no_way_to_find_one(known, alice, system):
    known("Etwas anderes", cause=WRITTEN["text"])

    assert shown(alice, system=system, **WRITTEN) == []


def test_one_shared_word_is_too_little(known, alice, system):
    """Also where it is half of what was written."""
    known("Krankengeld ohne Nachweis")

    assert shown(alice, system=system, **WRITTEN) == []
    assert shown(alice, system=system, subject="Krankengeld Zinslauf") == []


def test_without_a_system_or_its_level_nothing_is_told(known, alice, alpina):
    known(object_keys=["ZKG104"])
    bare = System.objects.create(organisation=alpina, code="ALP-NEU")

    assert shown(alice, message_id="ZKG104", **WRITTEN) == []
    assert shown(alice, system=bare, message_id="ZKG104", **WRITTEN) == []


def test_words_cost_the_same_however_many_fit(
    known, alice, system, module, django_assert_max_num_queries
):
    for _ in range(30):
        known()

    with django_assert_max_num_queries(6):
        hints.of(Sketch(system, module, message_id="ZKG1", **WRITTEN), reader=alice)


def test_another_customers_system_stands_in_no_sketch(mallory, hansa, system):
    SystemFactory(organisation=hansa)
    assert ReportForm(mallory, {"system": system.pk}).sketch().system is None
