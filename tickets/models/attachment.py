"""Files on tickets: stored under random names, served only after a visibility check and a scan."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import User
from supportdesk.web.uploads import random_name
from tickets.models import stale
from tickets.models.message import Message
from tickets.models.ticket import Ticket

FOLDER = "attachments"


def storage_name(attachment: Attachment, filename: str) -> str:
    return random_name(FOLDER)


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(ticket__in=Ticket.objects.visible_to(user).values("pk")).readable_by(
            user
        )

    def readable_by(self, user: User) -> Self:
        """Files of a ticket the reader already sees, on messages they may read. They are listed
        whatever the scanner says; `withheld_from` decides whether their content is handed out.
        """
        return (
            self if user.is_vendor else self.filter(message__visibility=Message.Visibility.PUBLIC)
        )

    def waiting_for_scan(self, at: datetime) -> Self:
        """Due at the scanner, oldest first. Unchecked ones too: they came before there was one."""
        return self.filter(
            scan__in=[Attachment.Scan.PENDING, Attachment.Scan.UNCHECKED], scan_due_at__lte=at
        ).order_by("scan_due_at", "pk")


class Attachment(models.Model):
    class Scan(models.TextChoices):
        PENDING = "pending", _("not yet scanned")
        CLEAN = "clean", _("scanned")
        INFECTED = "infected", _("blocked: malware found")
        UNCHECKED = "unchecked", _("no scanner set up")  # the operator's decision, by CLAMD_URL

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="attachments")
    message = models.ForeignKey(Message, models.PROTECT, related_name="attachments")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    file = models.FileField(upload_to=storage_name, max_length=120)
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    content_type = models.CharField(_("type"), max_length=100)
    sha256 = models.CharField(max_length=64)
    scan = models.CharField(max_length=10, choices=Scan, default=Scan.PENDING)
    scan_due_at = models.DateTimeField(default=timezone.now)
    scan_attempts = models.PositiveSmallIntegerField(default=0)
    scanned_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["scan_due_at", "id"],
                condition=Q(scan__in=["pending", "unchecked"]),
                name="attachments_to_scan",
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="scanned_files_know_when",
                condition=Q(scan__in=["clean", "infected"]) ^ Q(scanned_at__isnull=True),
            )
        ]
        triggers = [stale.when_written("ticket_id")]

    def __str__(self) -> str:
        return self.name

    def withheld_from(self, user: User) -> str:
        """Why a reader who sees the file does not get its content; empty when they do."""
        if self.scan == self.Scan.INFECTED:
            return gettext("Malware was found in this file. It stays blocked for everybody.")
        if self.scan == self.Scan.PENDING and self.uploaded_by_id != user.pk:
            return gettext("This file is still being checked for malware. Please try again soon.")
        return ""
