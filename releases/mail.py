"""Who is told what about the product, and in which letter."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from releases.models import Doubt, Download, Import, PackageFile, Recall
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Mandate, Service, User
from supportdesk.messaging import notices

EVENTS = {"doubted": "validity.doubted", "settled": "doubt.settled"}


def doubted(doubt: Doubt) -> None:
    """To whoever assessed the line that runs there; where nobody is left, to release managers."""
    url = reverse("admin:releases_correction_validity", args=[doubt.correction_id])
    for reader in _authors(doubt):
        _write(doubt, reader, "doubted", url)


def settled(doubt: Doubt) -> None:
    if doubt.raised_by.is_vendor:
        url = reverse("admin:releases_correction_validity", args=[doubt.correction_id])
    else:
        url = reverse("home")
    _write(doubt, doubt.raised_by, "settled", url)


def import_trouble(row: Import, what: str) -> None:
    """To our release managers: it failed, was rolled back, or runs although it is withdrawn."""
    text = {"failed": row.failure, "rolled_back": row.rolled_back_because}.get(what, "")
    url = reverse("admin:releases_package_change", args=[row.package_id])
    for reader in User.objects.active().holding(Role.RELEASE_MANAGER):
        _about(row, reader, what, url, text)


def planned_is_withdrawn(row: Import) -> None:
    """To whoever planned it, before the day comes."""
    url, text = reverse("systems") + f"?system={row.system_id}", row.package.withdrawn_because
    _about(row, row.planned_by, "withdrawn", url, text)


def _about(row: Import, reader: User, what: str, url: str, text: str) -> None:
    letter = "withdrawn" if what == "withdrawn" else "trouble"
    notices.tell(
        reader,
        f"import.{letter}",
        f"import/{letter}",
        key=f"import.{what}:{row.pk}",
        url=url,
        subject=row,
        row=row,
        what=what,
        text=text,
        link=settings.BASE_URL.rstrip("/") + url,
    )


def recalled(row: Recall) -> None:
    """To the customer's coordinators, those who import for it, and whoever fetched it."""
    url = reverse("systems")
    for reader in _concerned(row):
        notices.tell(
            reader,
            "package.recalled",
            "package/recalled",
            key=f"package.recalled:{row.pk}:{row.raised_at:%s%f}",
            url=url,
            subject=row,
            row=row,
            text=row.package.withdrawn_because,
            link=settings.BASE_URL.rstrip("/") + url,
        )


def _concerned(row: Recall) -> list[User]:
    """Those who see the recall: a mandate that ended tells its provider nothing more."""
    held = Mandate.objects.valid().filter(insurer=row.organisation_id)
    acting = held.filter(carries__contains=[Service.IMPORTS]).values("provider")
    owners = Q(organisation=row.organisation_id) | Q(organisation__in=acting)
    downloads = Download.objects.filter(
        file__package=row.package_id, organisation=row.organisation_id
    )
    told = Q(roles__overlap=[Role.COORDINATOR]) | Q(pk__in=downloads.values("user"))
    return list(User.objects.active().filter(owners, told).order_by("pk"))


def damaged(file: PackageFile) -> None:
    """To release managers, once a day while somebody asks for it."""
    url = reverse("admin:releases_package_change", args=[file.package_id])
    for reader in User.objects.active().holding(Role.RELEASE_MANAGER):
        notices.tell(
            reader,
            "package.file_damaged",
            "package/damaged",
            key=f"package.file_damaged:{file.pk}:{timezone.localdate()}",
            url=url,
            file=file,
            link=settings.BASE_URL.rstrip("/") + url,
        )


def _authors(doubt: Doubt) -> list[User]:
    runs = doubt.system.runs
    rows = doubt.correction.validity.filter(line=runs.line_id if runs else None)
    wanted = {*rows.values_list("author", flat=True), doubt.correction.author_id}
    people = User.objects.active()
    return list(people.filter(pk__in=wanted - {None})) or list(people.holding(Role.RELEASE_MANAGER))


def _write(doubt: Doubt, reader: User, name: str, url: str) -> None:
    notices.tell(
        reader,
        EVENTS[name],
        f"doubt/{name}",
        key=f"doubt.{name}:{doubt.pk}",
        url=url,
        subject=doubt,
        doubt=doubt,
        text=doubt.text if name == "doubted" else doubt.answer,
        link=settings.BASE_URL.rstrip("/") + url,
    )
