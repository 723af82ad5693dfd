"""The release plan by months, for pages: what came, what is to come, what breaks the rhythm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from releases import rhythm
from releases.models import Import, Package, System
from releases.models.package import OUT, PackageQuerySet
from supportdesk.accounts.models import User

PAST, AHEAD = timedelta(days=120), timedelta(days=550)


@dataclass(frozen=True)
class Entry:
    package: Package
    day: date
    plans: list[Import]  # into the reader's systems
    broken: list[str]  # how it breaks the rhythm, in words; for staff

    @property
    def is_big(self) -> bool:
        return self.package.level == 0


@dataclass(frozen=True)
class Month:
    first: date
    entries: list[Entry]


def months(user: User, today: date) -> list[Month]:
    """By day. Customers see the lines they run and all big releases; staff everything."""
    packages = _of(user).select_related("line", "successor")
    within = [(day, one) for one in packages if (day := _day(one)) and _near(day, today)]
    within.sort(key=lambda pair: (pair[0], pair[1].pk))
    plans, broken = _plans(user), breaks() if user.is_vendor else {}
    entries = [
        Entry(one, day, plans.get(one.pk, []), broken.get(one.pk, [])) for day, one in within
    ]
    return [
        Month(first, list(found))
        for first, found in groupby(entries, key=lambda one: one.day.replace(day=1))
    ]


def breaks() -> dict[int, list[str]]:
    """By package that is not out yet, in words: what came too soon or too late cannot be mended."""
    rows = {one.pk: one for one in Package.objects.select_related("line")}
    found: dict[int, list[str]] = defaultdict(list)
    for one in rhythm.warnings(_steps(rows.values())):
        if rows[one.step.package].status not in OUT:
            facts = {
                "days": one.days,
                "before": rows[one.before.package],
                "least": one.least,
                "most": one.most,
            }
            found[one.step.package].append(WORDS[one.kind]() % facts)
    return found


def _of(user: User) -> PackageQuerySet:
    rows = Package.objects.visible_to(user)
    if user.is_vendor:
        return rows
    runs = System.objects.visible_to(user).running().values("installed__line")
    return rows.filter(Q(line__in=runs) | Q(level=0))


def _day(package: Package) -> date | None:
    if package.released_at:
        return timezone.localtime(package.released_at).date()
    return package.planned_on


def _near(day: date, today: date) -> bool:
    return today - PAST <= day <= today + AHEAD


def _plans(user: User) -> dict[int, list[Import]]:
    found: dict[int, list[Import]] = defaultdict(list)
    if not user.is_vendor:
        for one in Import.objects.visible_to(user).planned().for_lists().order_by("planned_for"):
            found[one.package_id].append(one)
    return found


def _steps(packages: Iterable[Package]) -> list[rhythm.Step]:
    return [
        rhythm.Step(one.pk, one.line_id, one.level, day)
        for one in packages
        if (day := _day(one)) is not None
    ]


# Functions, since the words depend on who reads.
WORDS = {
    rhythm.Break.TOO_SOON: lambda: _(
        "Only %(days)s days after %(before)s; the rhythm is %(least)s to %(most)s."
    ),
    rhythm.Break.TOO_LATE: lambda: _(
        "%(days)s days after %(before)s; the rhythm is %(least)s to %(most)s."
    ),
    rhythm.Break.OUT_OF_ORDER: lambda: _("No later than %(before)s, which it follows."),
}
