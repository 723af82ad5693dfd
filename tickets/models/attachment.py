"""Files on tickets: stored under random names, served only after a visibility check and a scan."""

from __future__ import annotations

import secrets
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import User
from tickets.models.message import Message
from tickets.models.ticket import Ticket


def storage_name(attachment: Attachment, filename: str) -> str:
    """Ours alone: nothing of the sender's name reaches the disk."""
    token = secrets.token_hex(16)
    return f"attachments/{token[:2]}/{token}"


class AttachmentQuerySet(models.QuerySet):
    def readable_by(self, user: User) -> Self:
        """Files of one visible ticket, where the reader may see the message; unscanned only own."""
        rows = self
        if not user.is_vendor:
            rows = rows.filter(Q(message__visibility=Message.Visibility.PUBLIC))
        return rows.filter(
            Q(scan=Attachment.Scan.CLEAN) | Q(uploaded_by=user, scan=Attachment.Scan.PENDING)
        )


class Attachment(models.Model):
    class Scan(models.TextChoices):
        PENDING = "pending", _("not yet scanned")
        CLEAN = "clean", _("scanned")
        INFECTED = "infected", _("blocked: malware found")

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="attachments")
    message = models.ForeignKey(Message, models.PROTECT, related_name="attachments")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    file = models.FileField(upload_to=storage_name, max_length=120)
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    content_type = models.CharField(_("type"), max_length=100)
    sha256 = models.CharField(max_length=64)
    scan = models.CharField(max_length=10, choices=Scan, default=Scan.PENDING)
    scanned_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(scan="pending"), name="attachments_to_scan"
            )
        ]
