"""Files that come with a message."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from supportdesk.accounts.models import User
from supportdesk.errors import Invalid
from tickets.models import Attachment, Message


def attach(message: Message, files: Sequence[UploadedFile], *, by: User) -> list[Attachment]:
    """Store the files with the message, in the caller's transaction."""
    if files:
        raise Invalid(_("Files cannot be attached yet."), "files")
    return []
