"""What participants take home: put there by trainers, one version after the other."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from releases.models import Line
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid
from supportdesk.web import filenames
from supportdesk.web.uploads import Hashed
from training.models import Course, Material


@transaction.atomic
def add_material(
    course: Course, *, by: User, file: UploadedFile, version: str, line: Line | None = None
) -> Material:
    """Put a file beside a course, for a release or for all of them.

    Raises Invalid for a file without content, one that is too large, or a version there is.
    """
    access.require(by, "material.add")
    course = Course.objects.visible_to(by).select_for_update(no_key=True).get(pk=course.pk)
    name, size = filenames.cleaned(file.name or ""), file.size or 0
    if not name or not size:
        raise Invalid(_("This file has no name or no content."), "file")
    if size > settings.ATTACHMENT_MOST_BYTES:
        limit = filesizeformat(settings.ATTACHMENT_MOST_BYTES)
        raise Invalid(_("A file is no larger than %(size)s.") % {"size": limit}, "file")
    if course.materials.filter(line=line, name=name, version=version).exists():
        raise Invalid(_("This version is there. Another content is another version."), "version")
    hashed = Hashed(file)
    row = Material(course=course, line=line, version=version, name=name, size=size, uploaded_by=by)
    row.file.save(name, hashed, save=False)
    row.sha256 = hashed.digest.hexdigest()
    row.save()
    facts = {"file": name, "version": version, "sha256": row.sha256}
    audit.record("course.material_added", course, by=by, **facts)
    return row
