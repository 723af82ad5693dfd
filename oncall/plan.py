"""The final plan: layers of planned shifts, and the changes people made to them.

Pure. At each instant only the highest layer present counts. Then, in this order: a temporary plan
hides everything and shows its own, a swap gives the owner's duty to whoever took it, exclusive
ones are on call alone, absent and removed people go, replacements step in, additions join. (The
verbs of GoAlert and Grafana OnCall, in one order; neither has them all.) Instants are in UTC, or
carry fixed offsets: within one zone Python compares wall clocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from heapq import heappop, heappush
from typing import TypeVar

from oncall.rota import Person
from oncall.spans import Span, merged


class Kind(StrEnum):
    TEMPORARY = "temporary"
    SWAP = "swap"
    EXCLUSIVE = "exclusive"
    ABSENCE = "absence"
    REMOVE = "remove"
    REPLACE = "replace"
    ADD = "add"


@dataclass(frozen=True)
class Planned:
    """Somebody's shift on a layer; the higher layer hides the lower one."""

    person: Person
    span: Span
    layer: int = 0


@dataclass(frozen=True)
class Change:
    """`person` is who is concerned: owner, added, removed or replaced; `by` who steps in, or took
    the swap. `instead` are the shifts of a temporary plan, `rank` orders exclusive ones.
    """

    kind: Kind
    span: Span
    person: Person | None = None
    by: Person | None = None
    rank: int = 0
    instead: tuple[Planned, ...] = ()


Row = TypeVar("Row", Planned, Change)


@dataclass(frozen=True)
class Place:
    """A person's duty without interruption, on a position from 1."""

    position: int
    person: Person
    span: Span


def who(base: Iterable[Planned], changes: Iterable[Change], at: datetime) -> set[Person]:
    """Everybody on call at this instant. Raises ValueError for an addition of nobody."""
    present = [planned for planned in base if planned.span.holds(at)]
    return _decide(present, [change for change in changes if change.span.holds(at)], at)


def final(
    base: Iterable[Planned], changes: Iterable[Change], window: Span
) -> list[tuple[Person, Span]]:
    """Every person's duties in the window, merged, by start and then by person."""
    shifts, edits = list(base), list(changes)
    cuts = _cuts([*shifts, *edits], window)
    duties: dict[Person, list[Span]] = {}
    steps = zip(cuts, cuts[1:], _present(shifts, cuts), _present(edits, cuts), strict=False)
    for start, end, present, edited in steps:
        for person in _decide(present, edited, start):
            duties.setdefault(person, []).append(Span(start, end))
    whole = [(person, span) for person, spans in duties.items() for span in merged(spans)]
    return sorted(whole, key=lambda duty: (duty[1].start, str(duty[0])))


def places(duties: Iterable[tuple[Person, Span]], held: Iterable[Place] = ()) -> list[Place]:
    """Put duties, in order of their start, on as few positions as they need.

    `held` are under way, and keep theirs until they end.
    """
    taken = sorted((place.span.end, place.position) for place in held)
    highest = max((position for _end, position in taken), default=0)
    free = sorted({*range(1, highest + 1)} - {position for _end, position in taken})
    placed = []
    for person, span in duties:
        while taken and taken[0][0] <= span.start:
            heappush(free, heappop(taken)[1])
        if not free:
            highest += 1
            heappush(free, highest)
        position = heappop(free)
        heappush(taken, (span.end, position))
        placed.append(Place(position, person, span))
    return placed


def _decide(present: list[Planned], changes: list[Change], at: datetime) -> set[Person]:
    def of(kind: Kind) -> list[Change]:
        return [change for change in changes if change.kind is kind]

    if temporary := of(Kind.TEMPORARY):
        present = [shift for plan in temporary for shift in plan.instead if shift.span.holds(at)]
    top = max((shift.layer for shift in present), default=0)
    on_call = {shift.person for shift in present if shift.layer == top}
    for swap in of(Kind.SWAP):
        on_call = _instead(on_call, swap)
    if exclusive := of(Kind.EXCLUSIVE):
        rank = max(change.rank for change in exclusive)
        on_call = {_known(change.person) for change in exclusive if change.rank == rank}
    on_call -= {change.person for change in of(Kind.ABSENCE) + of(Kind.REMOVE)}
    for replacement in of(Kind.REPLACE):
        on_call = _instead(on_call, replacement)
    return on_call | {_known(change.person) for change in of(Kind.ADD)}


def _instead(on_call: set[Person], change: Change) -> set[Person]:
    if change.by is None or change.person not in on_call:
        return on_call
    return on_call - {change.person} | {change.by}


def _known(person: Person | None) -> Person:
    if person is None:
        raise ValueError("This change needs somebody.")
    return person


def _cuts(rows: list[Planned | Change], window: Span) -> list[datetime]:
    """All instants at which the answer may change, the window's ends included."""
    instead = [shift for row in rows if isinstance(row, Change) for shift in row.instead]
    edges = {edge for row in [*rows, *instead] for edge in row.span}
    return sorted({*window, *(edge for edge in edges if window.holds(edge))})


def _present(rows: Iterable[Row], cuts: list[datetime]) -> Iterator[list[Row]]:
    """For each instant the rows whose span holds it; one pass over both."""
    coming = sorted(rows, key=lambda row: row.span.start, reverse=True)
    here: list[Row] = []
    for at in cuts:
        while coming and coming[-1].span.start <= at:
            here.append(coming.pop())
        here = [row for row in here if row.span.end > at]
        yield here
