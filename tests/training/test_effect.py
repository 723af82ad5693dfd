"""Whether trainings help: the rule, with figures by hand."""

from __future__ import annotations

from training.effect import Held, measure

MARCH = 2026 * 12 + 3
LATER = MARCH + 12
OURS, THEIRS = 1, 2


def counts(ours_before, ours_after, theirs_before, theirs_after):
    """The same number in each of the three months on a side."""
    found = {}
    for customer, before, after in (
        (OURS, ours_before, ours_after),
        (THEIRS, theirs_before, theirs_after),
    ):
        for n in (1, 2, 3):
            found[customer, MARCH - n], found[customer, MARCH + n] = before, after
    return found


TICKETS = counts(20, 25, 10, 10)
HELD = [Held(MARCH, frozenset({OURS}))]


def test_the_trained_are_compared_with_those_who_stayed_away():
    found = measure(HELD, counts(4, 1, 2, 1), TICKETS, LATER)

    assert (found.before.errors, found.before.tickets) == (12, 60)
    assert (found.before.per_100, found.after.per_100) == (20.0, 4.0)
    assert (found.others_before.per_100, found.others_after.per_100) == (20.0, 10.0)
    assert found.change == -6.0


def test_the_month_of_the_session_belongs_to_neither_side():
    loud = counts(1, 1, 1, 1) | {(OURS, MARCH): 99, (OURS, MARCH + 4): 99, (OURS, MARCH - 4): 99}
    assert measure(HELD, loud, TICKETS, LATER).before.errors == 3
    assert measure(HELD, loud, TICKETS, LATER).after.errors == 3


def test_fewer_than_five_tickets_on_a_side_say_nothing():
    few = counts(20, 25, 10, 1)
    assert measure(HELD, few, few, LATER) is None
    assert measure(HELD, TICKETS, TICKETS | {(THEIRS, MARCH + 4): 50}, LATER) is not None


def test_who_was_at_another_session_is_no_other():
    both = [*HELD, Held(MARCH - 1, frozenset({THEIRS}))]
    assert measure(both, TICKETS, TICKETS, LATER) is None


def test_a_month_beside_two_sessions_counts_once():
    twice = [*HELD, Held(MARCH, frozenset({OURS}))]
    assert measure(twice, counts(4, 1, 2, 1), TICKETS, LATER) == measure(
        HELD, counts(4, 1, 2, 1), TICKETS, LATER
    )


def test_a_session_counts_once_its_months_after_are_over():
    assert measure(HELD, TICKETS, TICKETS, MARCH + 3) is None
    assert measure(HELD, TICKETS, TICKETS, MARCH + 4) is not None
