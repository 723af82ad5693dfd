"""What the answers after a session say together. Pure; hidden while they could be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 5  # answers: fewer would say who said what
POINTS = range(1, 6)


@dataclass(frozen=True)
class Tally:
    """Of one question: how often each of the five points was given, the lowest first."""

    counts: tuple[int, ...]

    @property
    def mean(self) -> float:
        given = zip(POINTS, self.counts, strict=True)
        return sum(point * n for point, n in given) / sum(self.counts)


def tallies(answers: Sequence[Sequence[int]]) -> list[Tally] | None:
    """One per question, of answers that each hold all questions; None for fewer than FEWEST."""
    if len(answers) < FEWEST:
        return None
    return [
        Tally(tuple(points.count(point) for point in POINTS))
        for points in zip(*answers, strict=True)
    ]
