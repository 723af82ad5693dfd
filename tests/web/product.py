"""What the desk knows of the product, and what one customer has and says of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Model
from django.utils import timezone

from releases.actions import plan_import
from releases.models import Doubt, GateKind, Module, Package, Recall, Status
from tests.factories import CorrectionFactory, PackageFactory, a_package_file
from tests.releases.fleet import assess, deliver
from tests.releases.fleet import package as a_package

if TYPE_CHECKING:
    from tests.web.world import Owned


def rows(module: Module, alpina: Owned, hansa: Owned) -> dict[type[Model], Model]:
    """A package that Alpina has been given, a correction in it, and what Alpina says of that."""
    line = alpina.system.installed.line
    package = PackageFactory(line=line, level=4)
    file = a_package_file(package)
    delivery = deliver(package, alpina.organisation)
    correction = CorrectionFactory(module=module, released_at=timezone.now())
    assess(correction, line, [(2, 4)])
    doubt = Doubt.objects.create(
        correction=correction,
        system=alpina.system,
        verdict="delivered_not_imported",
        text=f"{alpina.marker} doubt",
        raised_by=alpina.member,
    )
    for owned in (alpina, hansa):
        _plan(owned)
    gate, _new = GateKind.objects.get_or_create(name="Build")
    withdrawn = a_package(line, 1, Status.WITHDRAWN)
    recall = Recall.objects.create(package=withdrawn, organisation=alpina.organisation)
    found = [module, line, package, file, delivery, correction, doubt, gate, recall]
    return {type(row): row for row in found}


def _plan(owned: Owned) -> None:
    """A package that goes into its system in a week, and waits for that."""
    runs = owned.system.installed
    package = Package.objects.filter(line=runs.line, level=runs.level + 2).first()
    package = package or PackageFactory(line=runs.line, level=runs.level + 2)
    deliver(package, owned.organisation)
    day = timezone.localdate() + timedelta(days=7)
    plan_import(owned.system, package, by=owned.coordinator, planned_for=day)
