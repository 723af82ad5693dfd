"""The files of a package: put in before the release, compared with their digest on the way out."""

from __future__ import annotations

import hashlib
from typing import IO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from releases.actions.gates import reopen_one
from releases.models import OUT, Delivery, Download, Package, PackageFile, Status
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused, WrongState
from supportdesk.messaging import outbox
from supportdesk.web import filenames
from supportdesk.web.uploads import CHUNK, Hashed


class Damaged(Refused):
    """What lies in the storage is not what was released."""

    code = "damaged"
    status = 503
    title = gettext_lazy("This file is damaged")


@transaction.atomic
def add_file(package: Package, *, by: User, file: UploadedFile) -> PackageFile:
    """Put a file into a package that is not out yet; its gates are open again.

    Raises WrongState for a released package, Invalid for a file without content, one that is too
    large or one of a name that is there already.
    """
    row = _claim(package, by)
    name, size = filenames.cleaned(file.name or ""), file.size or 0
    if not name or not size:
        raise Invalid(_("This file has no name or no content."), "file")
    if size > settings.PACKAGE_FILE_MOST_BYTES:
        limit = filesizeformat(settings.PACKAGE_FILE_MOST_BYTES)
        raise Invalid(
            _("A file of a package is no larger than %(size)s.") % {"size": limit}, "file"
        )
    if row.files.filter(name=name).exists():
        raise Invalid(_("There is a file of this name. Please remove it first."), "file")
    hashed, kept = Hashed(file), PackageFile(package=row, name=name, size=size, uploaded_by=by)
    kept.file.save(name, hashed, save=False)
    kept.sha256 = hashed.digest.hexdigest()
    kept.save()
    audit.record("package.file_added", row, by=by, file=name, size=size, sha256=kept.sha256)
    reopen_one(row, by=by)
    return kept


@transaction.atomic
def remove_file(package: Package, file: PackageFile, *, by: User) -> Package:
    """Take a file out of a package that is not out yet; its gates are open again.

    What lies in the storage is swept a day later.
    """
    row = _claim(package, by)
    gone = row.files.get(pk=file.pk)
    gone.delete()
    audit.record("package.file_removed", row, by=by, file=gone.name, sha256=gone.sha256)
    reopen_one(row, by=by)
    return row


def download(file: PackageFile, delivery: Delivery, *, by: User) -> IO[bytes]:
    """The open content, for somebody who sees the delivery: compared with its digest, then logged.

    Raises Damaged, which we are told of at once, and Refused for what was withdrawn.
    """
    access.require(by, "package.download")
    place = Delivery.objects.visible_to(by).given().select_related("package").get(pk=delivery.pk)
    row = place.package.files.get(pk=file.pk)
    _refuse_withdrawn(place.package)  # before the effort; what counts is asked under the lock
    content = _sound(row)
    if content is None:
        _report_damage(row, by)
        raise Damaged(_("It is not handed out. We have been told and look after it."))
    try:
        _log(row, place, by)
    except BaseException:
        content.close()
        raise
    return content


def _claim(package: Package, by: User) -> Package:
    access.require(by, "package.configure")
    rows = Package.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    row = rows.select_related("line").get(pk=package.pk)
    if row.status in OUT:
        raise WrongState(Status(row.status), Status.COMPOSING)
    return row


def _sound(file: PackageFile) -> IO[bytes] | None:
    """Opened once, so that what was compared is what is handed out."""
    try:
        content = file.file.open("rb")
        digest = hashlib.sha256()
        while chunk := content.read(CHUNK):
            digest.update(chunk)
    except OSError:
        return None
    if digest.hexdigest() != file.sha256:
        content.close()
        return None
    content.seek(0)
    return content


@transaction.atomic
def _report_damage(file: PackageFile, by: User) -> None:
    audit.record("package.file_damaged", file.package, by=by, file=file.name)
    outbox.emit("package.file_damaged", file=file.pk)


@transaction.atomic
def _log(file: PackageFile, place: Delivery, by: User) -> None:
    """Under the package's lock: whoever has fetched it before it is withdrawn is in the log."""
    locked = Package.objects.select_for_update(of=("self",), no_key=True)
    _refuse_withdrawn(locked.get(pk=file.package_id))
    Download.objects.create(file=file, organisation_id=place.organisation_id, user=by)


def _refuse_withdrawn(package: Package) -> None:
    if package.status == Status.WITHDRAWN:
        raise Refused(_("This package is withdrawn and no longer handed out."))
