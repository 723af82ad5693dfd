"""What is said on a ticket, and what happened to it."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import Team, User
from tickets.models import stale
from tickets.models.ticket import Priority, Status, Ticket


class MessageQuerySet(models.QuerySet):
    def readable_by(self, user: User) -> Self:
        """Messages of a ticket the reader already sees: customers never read internal notes."""
        return self if user.is_vendor else self.filter(visibility=Message.Visibility.PUBLIC)


class Message(models.Model):
    class Visibility(models.TextChoices):
        PUBLIC = "public", _("public")
        INTERNAL = "internal", _("internal")

    class Channel(models.TextChoices):
        PORTAL = "portal", _("portal")
        OFFICE = "office", _("back office")
        API = "api", _("API")
        MAIL = "mail", _("mail")
        DESK = "desk", _("the desk")

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="messages")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), default=timezone.now)
    visibility = models.CharField(max_length=8, choices=Visibility)
    channel = models.CharField(max_length=8, choices=Channel)
    text = models.TextField(_("text"))
    # Where a mail's quoted history or signature begins; a reader folds the rest.
    folds_at = models.PositiveIntegerField(null=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["ticket", "at"], name="messages_of_ticket")]
        triggers = [
            stale.when_written("ticket_id"),
            stale.when_changed("ticket_id", "text", "visibility"),
        ]

    @property
    def is_public(self) -> bool:
        return self.visibility == self.Visibility.PUBLIC

    @property
    def own_words(self) -> str:
        return self.text[: self.folds_at]

    @property
    def folded(self) -> str:
        return "" if self.folds_at is None else self.text[self.folds_at :].strip("\n")


class HistoryQuerySet(models.QuerySet):
    def readable_by(self, user: User) -> Self:
        return self if user.is_vendor else self.filter(public=True)


class HistoryEntry(models.Model):
    """One step in a ticket's life. Clocks and reports are computed from these rows."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        ROUTED = "routed", _("routed")
        UNROUTED = "unrouted", _("nobody found")
        ASSIGNED = "assigned", _("assigned")
        TAKEN = "taken", _("taken")
        HANDED_ON = "handed_on", _("handed on")
        TAKEN_AWAY = "taken_away", _("taken away, because the customer waited in silence")
        REGRADED = "regraded", _("priority changed")
        WAITING = "waiting", _("waiting")
        RESUMED = "resumed", _("resumed")
        DIAGNOSED = "diagnosed", _("cause found")
        RETRACTED = "retracted", _("cause withdrawn")
        TO_DEV = "to_dev", _("handed over to development")
        FIXED = "fixed", _("corrected, waits for delivery")
        RETURNED = "returned", _("back from development")
        DELIVERED = "delivered", _("delivered, waits for the import")
        PROMISED = "promised", _("comes with another package or on another day")
        RECALLED = "recalled", _("the package was withdrawn")
        UNLINKED = "unlinked", _("it was another correction")
        RESOLVED = "resolved", _("resolved")
        CONFIRMED = "confirmed", _("confirmed")
        REOPENED = "reopened", _("reopened")
        CLOSED = "closed", _("closed")
        OBJECTED = "objected", _("objection to the priority")
        RULED = "ruled", _("decision on the objection")
        ESCALATED = "escalated", _("escalated")
        ASSESSED = "assessed", _("escalation assessed")
        DECIDED = "decided", _("decision on the escalation")
        WITHDRAWN = "withdrawn", _("escalation withdrawn")
        IN_FAULT = "in_fault", _("counted to a major fault")
        OUT_FAULT = "out_fault", _("not counted to the major fault any more")

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="history")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=Status)  # after this step
    assignee = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+"
    )  # after this step
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")  # after this step
    reason = models.TextField(blank=True)
    public = models.BooleanField(default=True)
    # What changes the priority names both: a change of it, or a decision on an objection.
    priority_before = models.SmallIntegerField(null=True, choices=Priority)
    priority = models.SmallIntegerField(null=True, choices=Priority)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["ticket", "at"], name="history_of_ticket"),
            models.Index(
                fields=["at"],
                condition=Q(kind__in=["routed", "assigned", "taken"]),
                name="history_routing",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="changes_of_priority_name_both",
                condition=Q(
                    kind__in=["regraded", "ruled"],
                    priority__isnull=False,
                    priority_before__isnull=False,
                )
                & ~Q(priority=F("priority_before"))
                | ~Q(kind="regraded") & Q(priority__isnull=True, priority_before__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="history_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
