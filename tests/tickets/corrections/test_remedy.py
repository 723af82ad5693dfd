"""The rule that says how a ticket goes on with its correction."""

from datetime import date

import pytest

from releases.validity import Verdict
from tickets.remedy import WAYS, Step, Way, farthest, promised, step

TODAY, EARLIER, LATER = date(2026, 6, 15), date(2026, 6, 1), date(2026, 7, 1)


def test_each_verdict_leads_somewhere():
    assert set(WAYS) == set(Verdict)


@pytest.mark.parametrize(
    ("way", "had_package", "then"),
    [
        (Way.AWAIT, True, Step.AWAIT),
        (Way.IMPORT, False, Step.IMPORT),
        (Way.SOLVED, True, Step.RESOLVE),
        (Way.NOWHERE, True, Step.GIVE_BACK),
        (Way.NOWHERE, False, Step.STAY),  # nobody was told of a package
        (Way.NEEDLESS, True, Step.GIVE_BACK),
        (Way.UNKNOWN, True, Step.STAY),  # silence takes nothing back
    ],
)
def test_what_becomes_of_a_ticket_that_waits(way, had_package, then):
    assert step(way, had_package=had_package) == then


def test_the_system_farthest_from_the_solution_decides():
    done, coming = Verdict.FIXED_BY_PACKAGE, Verdict.FIX_PLANNED

    assert farthest([done, coming, Verdict.NOT_RELEVANT]) == 1
    assert farthest([Verdict.NOT_RELEVANT, done]) == 1
    assert farthest([]) is None


@pytest.mark.parametrize(
    ("planned", "before", "then"),
    [
        (LATER, None, LATER),
        (TODAY, None, TODAY),
        (LATER, EARLIER, LATER),
        (EARLIER, None, None),  # a day that has passed is no promise
        (EARLIER, TODAY, TODAY),  # what was promised stays
        (None, LATER, None),  # nobody names a day any more
    ],
)
def test_which_day_is_promised(planned, before, then):
    assert promised(planned, before, TODAY) == then
