"""A report as a table with a bar per line, on the page and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

ROW, FULL = 26, 220  # a bar's row, and the length of 100 %, in SVG units
ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")  # what a spreadsheet takes for a formula


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
    """With a byte order mark and semicolons, as German spreadsheets read it; nothing computes."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for cells in _cells(table):
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in cells])
    return "\ufeff" + out.getvalue()


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(ACTIVE) else text


def _cells(table: Table) -> Iterator[list[str | int]]:
    yield [*table.heads]
    for line in table.lines:
        yield [line.name, *line.numbers, line.share]
