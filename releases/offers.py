"""Which packages may go into a system, and in words why one may not."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from releases.models import Installed, Line, Package, System
from releases.succession import FIRST, Objection, Place, ancestors, objection
from supportdesk.accounts.models import Organisation


def why_not(runs: Installed, package: Package) -> str | None:
    found = _objection(runs, package, _parents())
    return str(WORDS[found]() % {"runs": runs, "package": package}) if found else None


def for_system(system: System) -> list[Package]:
    """What the customer could import there now, the latest first."""
    if system.runs is None or system.organisation_id is None:
        return []
    had = Package.objects.delivered_to(system.organisation_id).released().select_related("line")
    parents = _parents()
    return [one for one in had if _objection(system.runs, one, parents) is None]


def customers_of(package: Package) -> QuerySet[Organisation]:
    """Who runs its line. A big release begins a line: also who runs one that it descends from."""
    lines = {package.line_id}
    if package.level == FIRST:
        lines |= ancestors(package.line_id, _parents())
    runs = System.objects.running().filter(installed__line__in=lines)
    return Organisation.objects.filter(pk__in=runs.values("organisation"))


def _objection(
    runs: Installed, package: Package, parents: dict[int, int | None]
) -> Objection | None:
    wanted = Place(package.line_id, package.level)
    above = ancestors(package.line_id, parents)
    return objection(Place(runs.line_id, runs.level), wanted, above)


def _parents() -> dict[int, int | None]:
    return dict(Line.objects.values_list("pk", "parent"))


# Functions, since the words depend on who reads.
WORDS = {
    Objection.NOT_LATER: lambda: _("%(runs)s runs there: %(package)s is no later level."),
    Objection.FOREIGN_LINE: lambda: _("%(package)s does not follow the line that runs: %(runs)s."),
    Objection.NOT_THE_FIRST: lambda: _(
        "%(runs)s runs there. Another line begins with its big release, not with %(package)s."
    ),
}
