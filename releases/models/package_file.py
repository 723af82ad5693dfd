"""The files of a package, which nobody changes once it is out, and who has fetched them."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models.package import Package
from supportdesk.accounts.models import CustomerRows, Organisation, Service, User
from supportdesk.audit.models import append_only
from supportdesk.web.uploads import random_name

FOLDER = "packages"
# The package is locked first: of a file and a release at once, the second sees the first.
NOT_ONCE_OUT = """
    PERFORM 1 FROM releases_package WHERE id IN (NEW.package_id, OLD.package_id) FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM releases_package WHERE id IN (NEW.package_id, OLD.package_id)
            AND status IN ('released', 'withdrawn')
    ) THEN
        RAISE check_violation USING MESSAGE = 'files of a released package stay as they are';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


def storage_name(_file: PackageFile, _name: str) -> str:
    return random_name(FOLDER)


class PackageFileQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Customers see those of packages they have been given."""
        return self.filter(package__in=Package.objects.given_to(user).values("pk"))


class PackageFile(models.Model):
    package = models.ForeignKey(
        Package, models.PROTECT, related_name="files", verbose_name=_("package")
    )
    file = models.FileField(upload_to=storage_name, max_length=120)
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)

    objects = PackageFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a package")
        verbose_name_plural = _("files of packages")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(name="one_file_of_a_name", fields=["package", "name"]),
            models.CheckConstraint(
                name="files_have_their_digest",
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="not_once_it_is_out",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=NOT_ONCE_OUT,
            )
        ]

    def __str__(self) -> str:
        return self.name


class DownloadQuerySet(CustomerRows):
    carried_by = Service.IMPORTS


class Download(models.Model):
    """Somebody fetched a file, for the customer it was delivered to. Never changed."""

    file = models.ForeignKey(PackageFile, models.PROTECT, related_name="downloads")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = DownloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        ordering = ["-at", "-pk"]
        triggers = append_only("downloads")

    def __str__(self) -> str:
        return f"{self.file}, {self.organisation}"
