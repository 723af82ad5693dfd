"""Mail for a desk without a mail server: shown in the terminal, as on a developer's machine."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from supportdesk.messaging.models import Dispatch

lease = timedelta(seconds=30)


def ready(due: QuerySet[Dispatch], *, urgent: bool) -> QuerySet[Dispatch]:
    return due


def send(dispatch: Dispatch) -> None:
    letter = dispatch.content
    sys.stdout.write(
        f"\nTo: {dispatch.address}\nSubject: {letter['subject']}\n\n{letter['text']}\n"
    )
    sys.stdout.flush()
