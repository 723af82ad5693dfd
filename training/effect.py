"""Whether trainings help: handling errors per 100 tickets before and after, beside customers who
stayed away. Pure; an indication, no proof, and never about a person.

Months are numbers (year x 12 + month). What is compared: the SPAN months before that of a session,
and the SPAN months after it; the month itself belongs to neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SPAN = 3
FEWEST = 5  # tickets: with fewer a single one would decide
Counts = Mapping[tuple[int, int], int]  # (customer, month): tickets


@dataclass(frozen=True)
class Held:
    """A session: when, and whose people were there."""

    month: int
    customers: frozenset[int]


@dataclass(frozen=True)
class Rate:
    errors: int
    tickets: int

    @property
    def per_100(self) -> float:
        return 100 * self.errors / self.tickets


@dataclass(frozen=True)
class Effect:
    before: Rate
    after: Rate
    others_before: Rate
    others_after: Rate

    @property
    def change(self) -> float:
        """By how much the rate of the trained moved more than that of the others."""
        trained = self.after.per_100 - self.before.per_100
        return trained - (self.others_after.per_100 - self.others_before.per_100)


def measure(held: Iterable[Held], errors: Counts, tickets: Counts, now: int) -> Effect | None:
    """Of one course. None where one of the four counts would rest on fewer than FEWEST tickets.

    Others are customers none of whose people were at any session of the course; sessions whose
    months after are not all over do not count yet.
    """
    sessions = [one for one in held if one.customers and one.month + SPAN < now]
    trained = frozenset[int]().union(*(one.customers for one in sessions))
    others = {customer for customer, _month in tickets} - trained
    sides = [
        _rate(errors, tickets, [(one, _months(one, sign)) for one in sessions], whom)
        for whom in (None, others)
        for sign in (-1, 1)
    ]
    if any(side.tickets < FEWEST for side in sides):
        return None
    return Effect(*sides)


def _months(session: Held, sign: int) -> list[int]:
    return [session.month + sign * n for n in range(1, SPAN + 1)]


def _rate(
    errors: Counts,
    tickets: Counts,
    spans: list[tuple[Held, list[int]]],
    whom: set[int] | None,
) -> Rate:
    """Each customer's month once, however many sessions it lies beside."""
    cells = {
        (customer, month)
        for session, months in spans
        for customer in (session.customers if whom is None else whom)
        for month in months
    }
    return Rate(sum(errors.get(one, 0) for one in cells), sum(tickets.get(one, 0) for one in cells))
