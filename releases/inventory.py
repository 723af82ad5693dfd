"""A customer's list of what runs where, as CSV or JSON: read without trust, never in silence.

Pure: says per line what stands there or what is wrong with it; `releases/stocktaking.py` compares
it with what we know.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

MOST_BYTES = 256 * 1024
MOST_LINES = 2_000
LONGEST = 60  # characters of a cell; codes and lines are far shorter
COLUMNS = {
    "system": "system",
    "code": "system",
    "line": "line",
    "linie": "line",
    "release": "line",
    "level": "level",
    "stand": "level",
    "sp": "level",
    "support package": "level",
}
NEEDED = ("system", "line", "level")
LEVEL = re.compile(r"(?:SP\s*)?([0-9]{1,4})", re.IGNORECASE)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ARCHIVE = b"PK\x03\x04"  # an Excel workbook is one


class Problem(StrEnum):
    """Why the whole cannot be read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    WORKBOOK = "workbook"
    NOT_UTF8 = "not_utf8"
    NOT_TEXT = "not_text"
    NOT_JSON = "not_json"
    NOT_CSV = "not_csv"
    NO_COLUMNS = "no_columns"
    TOO_MANY = "too_many"


class Fault(StrEnum):
    """What is wrong with one line."""

    MISSING = "missing"
    FORMULA = "formula"
    TOO_LONG = "too_long"
    NO_LEVEL = "no_level"
    NO_OBJECT = "no_object"
    TWICE = "twice"


class Unreadable(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True)
class Said:
    """What one line says. `number` is its line, or in JSON its place from 1."""

    number: int
    system: str = ""
    line: str = ""
    level: int | None = None
    fault: Fault | None = None
    others: tuple[int, ...] = ()  # the lines that name the system too


def read(raw: bytes) -> list[Said]:
    """Line by line. Raises Unreadable where there is no line to speak of."""
    text = _text(raw)
    found = list(_json(text) if text[0] in "[{" else _csv(text))
    if not found:
        raise Unreadable(Problem.EMPTY)
    return _once_each(found)


def _text(raw: bytes) -> str:
    if len(raw) > MOST_BYTES:
        raise Unreadable(Problem.TOO_LARGE)
    if raw.startswith(ARCHIVE):
        raise Unreadable(Problem.WORKBOOK)
    try:
        text = raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise Unreadable(Problem.NOT_UTF8) from None
    if "\0" in text:
        raise Unreadable(Problem.NOT_TEXT)
    if not text:
        raise Unreadable(Problem.EMPTY)
    return text


def _json(text: str) -> Iterator[Said]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(Problem.NOT_JSON) from None
    rows = given.get("systems") if isinstance(given, dict) else given
    if not isinstance(rows, list):
        raise Unreadable(Problem.NO_COLUMNS)
    if len(rows) > MOST_LINES:
        raise Unreadable(Problem.TOO_MANY)
    for number, row in enumerate(rows, 1):
        if isinstance(row, dict):
            yield _said(number, {name: _plain(row.get(name)) for name in NEEDED})
        else:
            yield Said(number, fault=Fault.NO_OBJECT)


def _plain(value: Any) -> str:
    """Texts and whole numbers; truth values and half characters are nothing."""
    known = isinstance(value, str | int) and not isinstance(value, bool)
    text = str(value)[: LONGEST + 1] if known else ""
    return text if text.isprintable() else ""


def _csv(text: str) -> Iterator[Said]:
    first = text.split("\n", 1)[0]
    between = max(";,\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    try:
        place = _places(next(rows))
        begun = rows.line_num
        for count, cells in enumerate(rows):
            if count >= MOST_LINES:
                raise Unreadable(Problem.TOO_MANY)
            number, begun = begun + 1, rows.line_num
            if any(cell.strip() for cell in cells):
                yield _said(number, {name: _cell(cells, place[name]) for name in NEEDED})
    except csv.Error:
        raise Unreadable(Problem.NOT_CSV) from None


def _places(head: list[str]) -> dict[str, int]:
    """In which column each thing stands; of two that mean the same, the first."""
    found: dict[str, int] = {}
    for n, name in enumerate(head):
        meant = COLUMNS.get(" ".join(name.split()).lower())
        if meant:
            found.setdefault(meant, n)
    if found.keys() != set(NEEDED):
        raise Unreadable(Problem.NO_COLUMNS)
    return found


def _cell(cells: list[str], n: int) -> str:
    return cells[n] if n < len(cells) else ""


def _said(number: int, cells: dict[str, str]) -> Said:
    system, line, level = (cells[name].strip()[: LONGEST + 1] for name in NEEDED)
    said = Said(number, system[:LONGEST], line[:LONGEST])
    if any(cells[name].lstrip(" ").startswith(FORMULA) for name in NEEDED):
        return replace(said, fault=Fault.FORMULA)
    if max(len(system), len(line), len(level)) > LONGEST:
        return replace(said, fault=Fault.TOO_LONG)
    if not (system and line and level):
        return replace(said, fault=Fault.MISSING)
    found = LEVEL.fullmatch(level)
    if found is None:
        return replace(said, fault=Fault.NO_LEVEL)
    return replace(said, level=int(found[1]))


def _once_each(found: list[Said]) -> list[Said]:
    """Of a system that is named twice nobody knows which line is meant: neither counts."""
    lines: dict[str, list[int]] = defaultdict(list)
    for one in found:
        if one.system:
            lines[one.system.upper()].append(one.number)
    return [
        replace(one, fault=Fault.TWICE, others=tuple(n for n in others if n != one.number))
        if len(others := lines[one.system.upper()]) > 1 and one.system
        else one
        for one in found
    ]
