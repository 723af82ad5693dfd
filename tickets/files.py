"""How a file of a ticket is handed out."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from supportdesk.accounts.models import User
from supportdesk.errors import Refused
from supportdesk.web.files import handed_out
from tickets.models import Attachment


class Withheld(Refused):
    """The reader sees that there is a file, but does not get its content."""

    code = "withheld"
    status = 403
    title = _("This file is not handed out")


@require_safe
def attachment(request: HttpRequest, pk: int) -> FileResponse:
    reader: Any = request.user
    return download(get_object_or_404(Attachment.objects.visible_to(reader), pk=pk), reader)


def download(attachment: Attachment, reader: User) -> FileResponse:
    """The content of a file the reader sees; pages and API answer with this. Or Withheld."""
    if reason := attachment.withheld_from(reader):
        raise Withheld(reason)
    return handed_out(attachment.file.open("rb"), attachment.name, attachment.content_type)
