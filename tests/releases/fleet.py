"""A line of packages, corrections and systems, written as the rule takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils import timezone

from releases.models import Correction, Delivery, Installed, Line, Package, Status, System, Validity
from releases.validity import Interval
from supportdesk.accounts.models import Organisation
from tests.factories import PackageFactory, SystemFactory

EMPTY = NumericRange(empty=True)


def stretch(interval: Interval | None) -> NumericRange:
    return NumericRange(*interval) if interval else EMPTY


def assess(correction: Correction, line: Line, intervals: Sequence[Interval]) -> None:
    for one in intervals or [None]:
        Validity.objects.create(correction=correction, line=line, affected=stretch(one))


def package(line: Line, level: int, status: str) -> Package:
    facts: dict[str, Any] = {}
    if status in (Status.RELEASED, Status.WITHDRAWN):
        facts["released_at"] = timezone.now()
    if status == Status.WITHDRAWN:
        facts |= {"withdrawn_at": timezone.now(), "withdrawn_because": "It prints twice."}
    return Package.objects.create(line=line, level=level, status=status, **facts)


def deliver(package: Package, organisation: Organisation) -> Delivery:
    return Delivery.objects.create(
        package=package, organisation=organisation, delivered_at=timezone.now()
    )


def known(system: System) -> System:
    system.inventory_at, system.inventory_source = timezone.now(), System.Source.HAND
    system.save(update_fields=["inventory_at", "inventory_source"])
    return system


def running(organisation: Organisation | None, line: Line, level: int, **facts: Any) -> System:
    """A system of theirs at this level, known today."""
    system = known(SystemFactory(organisation=organisation, **facts))
    runs = {"line": line, "level": level}
    Installed.objects.update_or_create(system=system, defaults=runs)
    return system


def given_to(organisation: Organisation, line: Line, level: int, **facts: Any) -> Package:
    """A package that this customer has."""
    package = PackageFactory(line=line, level=level, **facts)
    deliver(package, organisation)
    return package
