"""Where something has to be learnt: handling errors by topic and customer. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

SHADES = 5


@dataclass(frozen=True)
class Cell:
    count: int
    shade: int  # 0: none; SHADES: as many as the most of all cells


@dataclass(frozen=True)
class Row:
    topic: str
    cells: list[Cell]
    total: int


@dataclass(frozen=True)
class Heat:
    """Topics and customers with most errors first."""

    customers: list[str]
    rows: list[Row]


def heat(counts: Iterable[tuple[str, str, int]], most: int = 12) -> Heat:
    """Of (topic, customer, tickets); the customers beyond the first `most` only count in totals."""
    cells: Counter[tuple[str, str]] = Counter()
    for topic, customer, n in counts:
        cells[topic, customer] += n
    topics, customers = Counter[str](), Counter[str]()
    for (topic, customer), n in cells.items():
        topics[topic] += n
        customers[customer] += n
    shown = [name for name, _n in sorted(customers.items(), key=_most_first)][:most]
    peak = max(cells.values(), default=0)
    rows = [
        Row(topic, [_cell(cells[topic, one], peak) for one in shown], total)
        for topic, total in sorted(topics.items(), key=_most_first)
        if total > 0
    ]
    return Heat(shown, rows)


def _most_first(named: tuple[str, int]) -> tuple[int, str]:
    return -named[1], named[0]


def _cell(count: int, peak: int) -> Cell:
    """Any error at all has a shade."""
    return Cell(count, -(-count * SHADES // peak) if count > 0 else 0)
