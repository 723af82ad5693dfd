"""A customer's objection to a changed priority: once per ticket, decided by a lead for good."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import CustomerRows, User
from tickets.models.ticket import Priority, Ticket


class ObjectionQuerySet(CustomerRows):
    organisation_field = "ticket__organisation"

    def visible_to(self, user: User) -> Self:
        """Whoever sees the ticket."""
        return self.filter(ticket__in=Ticket.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(decided_at=None)


class Objection(models.Model):
    # One to one: whoever objects twice meets this row.
    ticket = models.OneToOneField(Ticket, models.PROTECT, related_name="objection")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    text = models.TextField(_("text"))
    priority = models.SmallIntegerField(_("against priority"), choices=Priority)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision = models.TextField(_("decision"), blank=True)
    priority_after = models.SmallIntegerField(_("priority"), null=True, choices=Priority)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                name="decisions_on_objections_are_whole",
                condition=Q(
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    decision="",
                    priority_after__isnull=True,
                )
                | Q(
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    priority_after__isnull=False,
                )
                & ~Q(decision=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["at"], condition=Q(decided_at__isnull=True), name="objections_undecided"
            )
        ]

    @property
    def is_open(self) -> bool:
        return self.decided_at is None
