"""The timetable of releases."""

from __future__ import annotations

from celery import shared_task

from releases.models import PackageFile
from releases.models.package_file import FOLDER
from supportdesk.web.uploads import sweep


@shared_task
def sweep_files() -> None:
    """Daily: remove stored files of packages that no row knows, uploads given up and files removed.

    Safe to repeat: what is gone is gone.
    """
    sweep(
        FOLDER,
        lambda names: PackageFile.objects.filter(file__in=names).values_list("file", flat=True),
    )
