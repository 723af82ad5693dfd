"""The back office's menu: lines with the numbers of what waits, folded away under headings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

SHOWN_COUNT = 99  # a menu says "99+" and never counts further


def shortened(count: int) -> str:
    return f"{SHOWN_COUNT}+" if count > SHOWN_COUNT else str(count)


class Section(models.TextChoices):
    """The menu's headings, in their order."""

    TICKETS = "tickets", _("Tickets")
    ON_CALL = "on_call", _("On call")
    REPORTS = "reports", _("Reports")
    PRODUCT = "product", _("Product")
    TRAINING = "training", _("Training")
    CUSTOMERS = "customers", _("Customers")
    TEAMS = "teams", _("Teams")
    ADMINISTRATION = "administration", _("Administration")


@dataclass(frozen=True)
class MenuLine:
    """One line of the menu, with the number of its `rows`: `hot` ones are red, since nobody has
    these in hand; of `silent` ones nothing is said where there are none. `first` ones lead.
    """

    label: Any
    url: str
    section: str = Section.ADMINISTRATION
    rows: models.QuerySet | None = None
    hot: bool = False
    silent: bool = False
    first: bool = False
    count: int | None = None
    current: bool = False

    def numbered(self, count: int) -> MenuLine:
        shown = None if self.silent and not count else count
        return replace(self, count=shown, hot=self.hot and count > 0)

    @property
    def shown(self) -> str:
        return shortened(self.count or 0)


@dataclass(frozen=True)
class Folder:
    """A heading of the menu with its lines. `open` where the page being looked at is in it."""

    name: str
    label: str
    lines: list[MenuLine]
    open: bool = False

    @property
    def waiting(self) -> int:
        """What nobody has in hand: said on the heading while its lines are folded away."""
        return sum(line.count or 0 for line in self.lines if line.hot)

    @property
    def shown(self) -> str:
        return shortened(self.waiting)


def counted(lines: list[MenuLine]) -> list[MenuLine]:
    """The lines with their numbers: one statement, which never counts further than is shown."""
    asked = {n: line.rows for n, line in enumerate(lines) if line.rows is not None}
    parts: list[str] = []
    values: list[Any] = []
    for rows in asked.values():
        first = rows.order_by().values("pk")[: SHOWN_COUNT + 1]
        statement, params = first.query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({statement}) found)")  # noqa: S608 - Django's own
        values += params
    if not parts:
        return lines
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), values)
        numbers = dict(zip(asked, cursor.fetchone(), strict=True))
    return [line.numbered(numbers[n]) if n in numbers else line for n, line in enumerate(lines)]


def line_of(lines: list[MenuLine], here: str) -> MenuLine | None:
    """The line that leads here: its path above or at this address, its query part of this one."""
    there = urlsplit(here)
    asked = set(parse_qsl(there.query))

    def closeness(line: MenuLine) -> tuple[int, int]:
        url = urlsplit(line.url)
        query = set(parse_qsl(url.query))
        fits = there.path.startswith(url.path) and query <= asked
        return (len(url.path), len(query)) if fits else (0, 0)

    best = max(lines, key=closeness, default=None)
    return best if best and closeness(best)[0] else None


def folded(lines: list[MenuLine]) -> list[Folder]:
    """The lines under their headings. One is open: the one in use, else the first."""
    lines = sorted(lines, key=lambda line: not line.first)
    by_section = {s: [line for line in lines if line.section == s] for s in Section}
    found = {section: lines for section, lines in by_section.items() if lines}
    in_use = (s for s, lines in found.items() if any(line.current for line in lines))
    opened = next(in_use, next(iter(found), None))
    return [Folder(s.value, str(s.label), lines, s == opened) for s, lines in found.items()]
