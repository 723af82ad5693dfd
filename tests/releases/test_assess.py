"""Which levels are affected: said, released, taken over by a branch, and doubted."""

from __future__ import annotations

from datetime import date

import pytest

from releases import actions
from releases.models import Correction, Doubt, Line, System
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch, Event
from tests.factories import CorrectionFactory, LineFactory, SystemFactory
from tests.releases import fleet

pytestmark = pytest.mark.django_db


def levels(correction: Correction, line: Line) -> list[str]:
    rows = correction.validity.filter(line=line).order_by("affected")
    return ["empty" if one.affected.isempty else str(one.affected) for one in rows]


def test_an_assessment_takes_the_place_of_the_one_before(rita):
    line, correction = LineFactory(), CorrectionFactory()
    actions.assess(correction, line, by=rita, intervals=[(2, 4), (6, None)])

    actions.assess(correction, line, by=rita, intervals=[])

    assert levels(correction, line) == ["empty"]
    assert correction.validity.get().author == rita
    entry = Entry.objects.filter(verb="validity.assessed").latest("pk")
    assert entry.facts["before"] == ["[2, 4)", "[6, None)"]
    assert Event.objects.filter(name="validity.assessed").count() == 2


@pytest.mark.parametrize("wrong", [[(4, 2)], [(3, 3)], [(0, None), (5, 6)], [(0, 4), (3, 6)]])
def test_levels_that_contradict_each_other_are_refused(rita, wrong):
    with pytest.raises(Invalid):
        actions.assess(CorrectionFactory(), LineFactory(), by=rita, intervals=wrong)


def test_an_agent_assesses_nothing(sam):
    with pytest.raises(NotAllowed):
        actions.assess(CorrectionFactory(), LineFactory(), by=sam, intervals=[])


def test_a_correction_is_released_once_every_line_in_maintenance_is_assessed(rita):
    new, old, correction = LineFactory(), LineFactory(name="2025.2"), CorrectionFactory()
    Line.objects.create(name="2024.1", maintained_until=date(2025, 1, 1))
    actions.assess(correction, new, by=rita, intervals=[(0, 4)])
    with pytest.raises(Refused, match=r"2025\.2"):
        actions.release_correction(correction, by=rita)

    actions.assess(correction, old, by=rita, intervals=[])
    actions.release_correction(correction, by=rita)

    with pytest.raises(WrongState):
        actions.release_correction(correction, by=rita)
    with pytest.raises(Refused):
        actions.assess(correction, old, by=rita, intervals=None)


def test_customers_see_released_corrections_only(alice, sam):
    correction = CorrectionFactory()
    assert not Correction.objects.visible_to(alice).exists()
    assert Correction.objects.visible_to(sam).get() == correction


def test_a_branch_takes_over_what_its_parent_is_assessed_with(rita):
    parent = LineFactory()
    kinds = {
        "gone by then": [(0, 3)],
        "gone in it": [(0, 5)],
        "open in it": [(2, 6)],
        "without a fix": [(5, None)],
        "came later": [(6, None)],
        "not affected": [],
        "came back": [(0, 2), (4, 7)],
    }
    made = {name: CorrectionFactory(symptom=name) for name in [*kinds, "not assessed"]}
    for name, intervals in kinds.items():
        fleet.assess(made[name], parent, intervals)

    child = actions.open_line(Line(name="2026.2", parent=parent, branch_level=5), by=rita)

    assert {name: levels(row, child) for name, row in made.items()} == {
        "gone by then": ["empty"],
        "gone in it": ["empty"],
        "open in it": ["[0, None)"],
        "without a fix": ["[0, None)"],
        "came later": ["empty"],
        "not affected": ["empty"],
        "came back": ["[0, None)"],
        "not assessed": [],
    }


@pytest.fixture
def assessed(rita, alpina):
    """A released correction that rita has assessed, and Alpina's system that lacks it."""
    system = SystemFactory(organisation=alpina)
    correction = CorrectionFactory()
    actions.assess(correction, system.installed.line, by=rita, intervals=[(2, 4)])
    actions.release_correction(correction, by=rita)
    return correction, system


def test_a_doubt_reaches_who_has_assessed_and_the_answer_who_has_doubted(assessed, alice, rita):
    correction, system = assessed
    doubt = actions.doubt(correction, system, by=alice, text="We see it on SP 4 too.")
    with pytest.raises(Refused):
        actions.doubt(correction, system, by=alice, text="Once more.")
    while outbox.react():
        pass
    assert [letter.recipient for letter in Dispatch.objects.all()] == [rita]
    assert "We see it on SP 4 too." in Dispatch.objects.get().content["text"]

    actions.settle(doubt, by=rita, answer="You are right: fixed in SP 5.")
    while outbox.react():
        pass

    letter = Dispatch.objects.latest("pk")
    assert letter.recipient == alice
    assert "fixed in SP 5" in letter.content["text"]
    assert doubt.verdict == "no_fix"


def test_a_doubt_about_a_strangers_system_finds_nothing(assessed, mallory):
    with pytest.raises(System.DoesNotExist):
        actions.doubt(*assessed, by=mallory, text="Not mine.")
    assert not Doubt.objects.exists()
