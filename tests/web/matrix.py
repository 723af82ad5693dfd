"""Reads matrix.txt: what each address answers to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path

from tests.web.personas import AUDIENCES, DOORS
from tests.web.routes import Route

TABLE = Path(__file__).with_name("matrix.txt")
REST = "else"  # what an address of the group answers to methods that have no row of their own


@dataclass(frozen=True)
class Group:
    """A part of the table with columns of its own: audiences, or single people."""

    title: str
    door: str
    columns: list[str] = field(default_factory=list)
    rest: list[Row] = field(default_factory=list)

    def column_of(self, person: str) -> int:
        """A person's own column wins over that of a set they are in."""
        if person in self.columns:
            return self.columns.index(person)
        fits = [n for n, one in enumerate(self.columns) if person in AUDIENCES.get(one, [])]
        assert len(fits) == 1, f"{self.title}: {person} stands in {len(fits)} columns, not in one."
        return fits[0]


@dataclass(frozen=True)
class Row:
    group: Group
    methods: list[str]
    name: str
    codes: list[str]
    line: int

    def expected(self, person: str) -> str:
        return self.codes[self.group.column_of(person)]

    def variant(self) -> str:
        return self.name.partition("@")[2]

    def fits(self, route: Route) -> bool:
        return fnmatchcase(route.name, self.name.partition("@")[0])


@dataclass(frozen=True)
class Case:
    """One address asked by one method, with its row; none where somebody forgot it."""

    route: Route
    method: str
    row: Row | None

    def __str__(self) -> str:
        variant = self.row.variant() if self.row else ""
        return f"{self.method} {self.route.name}{'@' * bool(variant)}{variant}"


def rows() -> list[Row]:
    found, group = [], None
    for number, text in enumerate(TABLE.read_text("utf-8").splitlines(), 1):
        line = text.partition("#")[0].strip()
        if heading := re.fullmatch(r"== (\w+): (.+)", line):
            group = Group(heading[2], heading[1])
        elif line and group is not None and not group.columns:
            group.columns.extend(line.split())
            for person in DOORS[group.door]:
                group.column_of(person)
        elif line.startswith(REST) and group is not None:
            group.rest.extend(_rows(group, [REST, "*", *line.split()[1:]], number))
        elif line and group is not None:
            found += _rows(group, line.split(), number)
    return found


def _rows(group: Group, parts: list[str], line: int) -> Iterator[Row]:
    methods, names, *codes = parts
    assert len(codes) == len(group.columns), f"{TABLE.name}, line {line}: {len(codes)} codes."
    for name in _expanded(names):
        yield Row(group, methods.split(","), name, codes, line)


def _expanded(name: str) -> Iterator[str]:
    """`a_{b,c}` as `a_b` and `a_c`."""
    parts = [part.split(",") for part in re.split(r"[{}]", name)]
    for chosen in product(*parts):
        yield "".join(chosen)


def cases(routes: list[Route]) -> list[Case]:
    """Every address by every method; rows with a variant come on top. Exact names win."""
    table = rows()
    found = []
    for route in routes:
        fitting = [row for row in table if row.fits(route) and not row.variant()]
        fitting.sort(key=lambda row: "*" in row.name)
        found += [Case(route, method, _row(fitting, method)) for method in route.verbs]
        found += [
            Case(route, method, row)
            for row in table
            if row.variant() and row.fits(route)
            for method in row.methods
        ]
    return found


def _row(fitting: list[Row], method: str) -> Row | None:
    named = [row for row in fitting if method in row.methods]
    return next(iter([*named, *(rest for row in fitting for rest in row.group.rest)]), None)
