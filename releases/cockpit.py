"""A line at one look: its packages, who has them how far, and which levels our lab does not run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from releases import lab
from releases.matrix import Cell, Place, Stand, cell
from releases.models import (
    OUT,
    Delivery,
    Gate,
    GateKind,
    Import,
    ImportState,
    Line,
    Package,
    System,
    Validity,
)
from supportdesk.accounts.models import Organisation

COLUMNS = 12  # packages of a line, about a year of them
# The colour of a cell, its sign and its word.
LOOKS: dict[Stand, tuple[str, str, Any]] = {
    Stand.NOTHING: ("none", "minus", _("not delivered")),
    Stand.FAILED: ("bad", "alert", _("failed")),
    Stand.IMPORTED: ("ok", "check", _("imported")),
    Stand.PARTLY: ("wait", "clock", _("imported")),
    Stand.PLANNED: ("wait", "clock", _("planned")),
    Stand.DELIVERED: ("wait", "package", _("delivered")),
    Stand.PREPARED: ("none", "clock", _("prepared")),
}


@dataclass(frozen=True)
class Column:
    package: Package
    corrections: int
    closed: int
    failed: int
    gates: int
    delivered: int

    @property
    def is_out(self) -> bool:
        return self.package.status in OUT


@dataclass(frozen=True)
class Shown:
    cell: Cell
    look: str
    sign: str
    word: Any


@dataclass(frozen=True)
class Customer:
    organisation: Organisation
    systems: int
    unknown: int
    cells: list[Shown]


@dataclass(frozen=True)
class Gap:
    """A level that customers run and no system of our lab does."""

    level: int
    systems: int
    near: lab.Near | None


@dataclass(frozen=True)
class Board:
    columns: list[Column]
    customers: list[Customer]
    gaps: list[Gap]


def board(line: Line, at: datetime) -> Board:
    packages = list(line.packages.select_related("line").order_by("-level")[:COLUMNS])
    running = list(System.objects.running().with_level().filter(installed__line=line))
    return Board(_columns(packages), _customers(packages, running, at), gaps(line, running, at))


def gaps(line: Line, running: list[System], at: datetime) -> list[Gap]:
    """Levels nobody has reported lately are no gaps: nobody knows whether they are run."""
    levels = {one.pk: one.runs.level for one in running if one.runs and one.is_known(at)}
    theirs = Counter(levels[one.pk] for one in running if one.organisation_id and one.pk in levels)
    labs = [
        lab.Place(one.code, line.pk, one.runs.level)
        for one in running
        if one.organisation_id is None and one.runs
    ]
    ours = {one.level for one in labs}
    return [
        Gap(level, theirs[level], lab.nearest(line.pk, level, labs))
        for level in sorted(set(theirs) - ours, reverse=True)
    ]


def _columns(packages: list[Package]) -> list[Column]:
    brought = _brought(packages)
    mandatory = GateKind.objects.mandatory()
    gates = Gate.objects.filter(package__in=packages, kind__in=mandatory)
    closed = Counter(gates.closed().values_list("package", flat=True))
    failed = Counter(gates.filter(result=Gate.Result.FAILED).values_list("package", flat=True))
    given = Delivery.objects.given().filter(package__in=packages)
    delivered = Counter(given.values_list("package", flat=True))
    asked = mandatory.count()
    return [
        Column(one, brought[one.pk], closed[one.pk], failed[one.pk], asked, delivered[one.pk])
        for one in packages
    ]


def _brought(packages: list[Package]) -> dict[int, int]:
    """How many corrections each brings. Successors of withdrawn packages, which are few, also
    inherit theirs, and are asked one by one.
    """
    pks = [one.pk for one in packages]
    inherits = set(Package.objects.filter(successor__in=pks).values_list("successor", flat=True))
    lines = {one.line_id for one in packages}
    ends = Validity.objects.filter(line__in=lines, affected__endswith__isnull=False)
    counts = ends.values_list("affected__endswith").annotate(n=Count("correction", distinct=True))
    by_level = dict(counts.order_by())
    return {
        one.pk: one.content().count() if one.pk in inherits else by_level.get(one.level, 0)
        for one in packages
    }


def _customers(packages: list[Package], running: list[System], at: datetime) -> list[Customer]:
    deliveries = {
        (one.organisation_id, one.package_id): one.delivered_at is not None
        for one in Delivery.objects.filter(package__in=packages)
    }
    places: dict[int, list[Place]] = {}
    for one in running:
        level = one.runs.level if one.runs and one.is_known(at) else None
        places.setdefault(one.organisation_id or 0, []).append(Place(one.pk, level))
    last = _last_imports(packages)
    owners = Organisation.objects.filter(pk__in={*places, *(owner for owner, _pk in deliveries)})
    return [
        _customer(one, packages, places.get(one.pk, []), deliveries, last)
        for one in owners.order_by("name")
    ]


def _last_imports(packages: list[Package]) -> dict[int, dict[str, set[int]]]:
    """By package, the systems whose last import of it failed, was rolled back, or is planned."""
    rows = Import.objects.filter(package__in=packages).exclude(state=ImportState.DROPPED)
    pairs = rows.order_by("pk").values_list("package", "system", "state")
    last = {(pk, system): state for pk, system, state in pairs}
    found: dict[int, dict[str, set[int]]] = {}
    for (pk, system), state in last.items():
        shown = ImportState.FAILED if state == ImportState.ROLLED_BACK else state
        found.setdefault(pk, {}).setdefault(shown, set()).add(system)
    return found


def _customer(
    owner: Organisation,
    packages: list[Package],
    places: list[Place],
    deliveries: dict[tuple[int, int], bool],
    last: dict[int, dict[str, set[int]]],
) -> Customer:
    cells = []
    for one in packages:
        states = last.get(one.pk, {})
        failed, planned = (
            states.get(state, set()) for state in (ImportState.FAILED, ImportState.PLANNED)
        )
        found = cell(one.level, places, deliveries.get((owner.pk, one.pk)), failed, planned)
        cells.append(Shown(found, *LOOKS[found.stand]))
    unknown = sum(place.level is None for place in places)
    return Customer(owner, len(places), unknown, cells)
