"""How far the pilots of a package are, read for the rule in `waves.py` and said in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from releases.models import Delivery, Import, ImportState, Package, WaveWaiver
from releases.waves import Criterion, Pilot, Standing, standing


def of(package: Package) -> Standing:
    owners = package.deliveries.given().filter(wave=Delivery.Wave.PILOT)
    numbers = owners.values_list("organisation", flat=True)
    imports = Import.objects.filter(package=package, system__organisation__in=numbers)
    by_owner: dict[int, list[Import]] = {number: [] for number in numbers}
    for row in imports.select_related("system").order_by("pk"):
        by_owner[row.system.organisation_id or 0].append(row)
    line = package.line
    criterion = Criterion(line.pilot_imports, line.pilot_days)
    return standing([_pilot(rows) for rows in by_owner.values()], criterion)


def why_not_everybody(package: Package, at: datetime) -> str | None:
    """Why it may not go to everybody yet; None when it may, also by a lead's exception."""
    found = of(package)
    if found.is_over(at) or WaveWaiver.objects.filter(package=package).exists():
        return None
    if found.missing:
        return ngettext(
            "%(missing)d pilot customer has to import it first.",
            "%(missing)d pilot customers have to import it first.",
            found.missing,
        ) % {"missing": found.missing}
    day = date_format(timezone.localtime(found.open_from), "SHORT_DATETIME_FORMAT")
    return _("Without an alarm of the pilots it goes to everybody from %(day)s.") % {"day": day}


def _pilot(rows: Iterable[Import]) -> Pilot:
    """Since the first import that stands."""
    stands = [row.ended_at for row in rows if row.state == ImportState.CONFIRMED and row.ended_at]
    return Pilot(min(stands, default=None), [at for row in rows if (at := _alarm(row))])


def _alarm(row: Import) -> datetime | None:
    return row.ended_at if row.state == ImportState.FAILED else row.rolled_back_at
