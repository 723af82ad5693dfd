"""A few files on the demo's tickets: the logs that customers say they have enclosed."""

from __future__ import annotations

import hashlib
import random

from django.conf import settings
from django.core.files.base import ContentFile

from demo import texts
from tickets.models import Attachment, Message

HOW_MANY = 30  # the latest; files are on the disk, and cannot be copied in with the rows
ENCLOSED = [texts.ANSWERS[0], texts.REOPENED[1]]  # "the log is enclosed", "examples are enclosed"


def write(dice: random.Random) -> int:
    """Returns how many there are now."""
    messages = Message.objects.filter(text__in=ENCLOSED).select_related("ticket").order_by("-pk")
    for message in messages[:HOW_MANY]:
        _attach(message, dice)
    return min(HOW_MANY, messages.count())


def _attach(message: Message, dice: random.Random) -> None:
    run = f"{message.at:%y%m%d}-{dice.randrange(1, 40):02}"
    content = _log(message, run, dice).encode()
    Attachment.objects.create(
        ticket=message.ticket,
        message=message,
        uploaded_by_id=message.author_id,
        file=ContentFile(content, name="log"),
        name=f"Protokoll {run}.txt",
        size=len(content),
        content_type="text/plain",
        sha256=hashlib.sha256(content).hexdigest(),
        scan=Attachment.Scan.PENDING if settings.CLAMD_URL else Attachment.Scan.UNCHECKED,
        created_at=message.at,
    )


def _log(message: Message, run: str, dice: random.Random) -> str:
    ticket = message.ticket
    lines = [f"Lauf {run}  {ticket.job or 'Dialog'}", ""]
    for minute in range(dice.randrange(12, 40)):
        lines.append(
            f"02:{minute:02}:{dice.randrange(60):02}  {dice.randrange(900):>5} Konten, 0 Hinweise"
        )
    return "\n".join([*lines, f"03:00:00  {ticket.message_id}  {ticket.subject}", ""])
