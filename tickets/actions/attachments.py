"""Files that come with a message: examined, limited, stored under names of our own."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid
from supportdesk.messaging import outbox
from supportdesk.web import filenames
from supportdesk.web.uploads import Hashed
from tickets import content
from tickets.models import Attachment, Message


@transaction.atomic(savepoint=False)  # the caller's verb has one, and fails with it
def attach(message: Message, files: Sequence[UploadedFile], *, by: User) -> list[Attachment]:
    """Store the files with a message of a ticket that the caller has claimed.

    One bad file refuses them all (Invalid names it and the rule), so that nobody believes a file
    arrived that did not. What is stored before a transaction rolls back has no row; sweep_files
    removes it.
    """
    if not files:
        return []
    access.require(by, "ticket.attach")
    _check_amount(message, files)
    found = [examined(file) for file in files]
    return [
        _keep(message, file, name, content_type, by=by)
        for file, (name, content_type) in zip(files, found, strict=True)
    ]


def _check_amount(message: Message, files: Sequence[UploadedFile]) -> None:
    if len(files) > settings.ATTACHMENTS_PER_MESSAGE:
        raise Invalid(
            _("No more than %(count)s files at a time.")
            % {"count": settings.ATTACHMENTS_PER_MESSAGE},
            "files",
        )
    kept = message.ticket.attachments.aggregate(size=Sum("size", default=0))["size"]
    if kept + sum(file.size or 0 for file in files) > settings.ATTACHMENTS_MOST_BYTES:
        raise Invalid(
            _("The files of one ticket must not exceed %(size)s together.")
            % {"size": filesizeformat(settings.ATTACHMENTS_MOST_BYTES)},
            "files",
        )


def examined(file: UploadedFile) -> tuple[str, str]:
    """The name and type it would be kept with; Invalid names the rule it breaks."""
    name = filenames.cleaned(file.name or "")
    try:
        if not file.size:
            raise content.Unacceptable(_("it is empty"))
        if file.size > settings.ATTACHMENT_MOST_BYTES:
            limit = filesizeformat(settings.ATTACHMENT_MOST_BYTES)
            raise content.Unacceptable(_("it is larger than %(size)s") % {"size": limit})
        return content.examined(file, name)
    except content.Unacceptable as error:
        refusal = _("“%(name)s” cannot be attached: %(reason)s.")
        raise Invalid(refusal % {"name": name or _("file"), "reason": error}, "files") from error


def _keep(
    message: Message, file: UploadedFile, name: str, content_type: str, *, by: User
) -> Attachment:
    hashed = Hashed(file)
    attachment = Attachment(
        ticket=message.ticket,
        message=message,
        uploaded_by=by,
        name=name,
        size=file.size or 0,
        content_type=content_type,
        scan=Attachment.Scan.PENDING if settings.CLAMD_URL else Attachment.Scan.UNCHECKED,
    )
    attachment.file.save(name, hashed, save=False)
    attachment.sha256 = hashed.digest.hexdigest()
    attachment.save()
    audit.record(
        "ticket.attached",
        message.ticket,
        by=by,
        attachment=attachment.pk,
        message=message.pk,
        sha256=attachment.sha256,
    )
    outbox.emit("attachment.added", attachment=attachment.pk)
    return attachment
