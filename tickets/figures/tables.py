"""A report as a table with a bar per line, on the page and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from supportdesk.web import sheets

ROW, FULL = 26, 220  # a bar's row, and the length of 100 %, in SVG units


@dataclass(frozen=True)
class Line:
    name: str
    numbers: list[int]
    share: int  # in per cent, 0 to 100: the length of the bar


@dataclass(frozen=True)
class Bar:
    """A line's bar, placed in the chart."""

    row: int
    line: Line

    @property
    def y(self) -> int:
        return self.row * ROW

    @property
    def baseline(self) -> int:
        return self.y + 15

    @property
    def width(self) -> int:
        return FULL * self.line.share // 100


@dataclass(frozen=True)
class Table:
    slug: str
    title: str
    heads: list[str]  # of the name, of each number, of the share
    lines: list[Line]

    @property
    def bars(self) -> list[Bar]:
        return [Bar(row, line) for row, line in enumerate(self.lines)]

    @property
    def height(self) -> int:
        return len(self.lines) * ROW


def percent(part: int, whole: int) -> int:
    """Rounded to the nearest, but 100 only where nothing is missing and 0 only where nothing is."""
    if not whole:
        return 0
    share = round(100 * part / whole)
    if share == 100 and part < whole:
        return 99
    return 1 if share == 0 and part else share


def as_csv(table: Table) -> str:
    return sheets.as_csv(_cells(table))


def _cells(table: Table) -> Iterator[list[str | int]]:
    yield [*table.heads]
    for line in table.lines:
        yield [line.name, *line.numbers, line.share]
