"""An escalation: why a ticket needs somebody who decides, how far up, and what was decided."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import CustomerRows, User
from tickets.models.clock import ClockReading
from tickets.models.ticket import Ticket

LEVELS = [1, 2, 3]


class EscalationQuerySet(CustomerRows):
    organisation_field = "ticket__organisation"

    def visible_to(self, user: User) -> Self:
        """Whoever sees the ticket; customers only what they raised themselves."""
        rows = self.filter(ticket__in=Ticket.objects.visible_to(user))
        return rows if user.is_vendor else rows.filter(reason__in=THEIRS)

    def open(self) -> Self:
        return self.filter(ended_at=None)

    def by_urgency(self) -> Self:
        """The highest level first, then the longest open."""
        return self.order_by("-level", "raised_at", "pk")

    def for_board(self) -> Self:
        return self.select_related(
            "ticket__organisation", "ticket__assignee", "ticket__team", "raised_by"
        )


class Escalation(models.Model):
    class Reason(models.TextChoices):
        DEADLINE = "deadline", _("a deadline")
        CUSTOMER = "customer", _("the customer asks for it")
        OBJECTION = "objection", _("an objection to the priority")
        WORST_CASE = "worst_case", _("the worst case")
        AGE = "age", _("its age")

    class End(models.TextChoices):
        DECIDED = "decided", _("decided")
        WITHDRAWN = "withdrawn", _("withdrawn")
        DONE = "done", _("the ticket is done")

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="escalations")
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    clock = models.CharField(_("clock"), max_length=16, choices=ClockReading.Clock, blank=True)
    level = models.SmallIntegerField(_("level"), default=1)
    text = models.TextField(_("text"), blank=True)
    raised_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("raised by")
    )
    raised_at = models.DateTimeField(_("raised"), default=timezone.now)
    watchers = models.ManyToManyField(User, related_name="+", verbose_name=_("watchers"))

    stands_back = models.BooleanField(_("must other work stand back?"), null=True)
    assessment = models.TextField(_("assessment"), blank=True)
    assessed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("assessed by")
    )
    decision = models.TextField(_("decision"), blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    told = models.ManyToManyField(User, related_name="+", verbose_name=_("told"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    end = models.CharField(_("how it ended"), max_length=9, choices=End, blank=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_escalation_per_reason",
                fields=["ticket", "reason"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="escalations_have_three_levels", condition=Q(level__in=LEVELS)
            ),
            models.CheckConstraint(
                name="deadlines_name_their_clock", condition=~Q(reason="deadline") ^ ~Q(clock="")
            ),
            models.CheckConstraint(
                name="assessments_say_why",
                condition=Q(stands_back__isnull=True, assessment="", assessed_by__isnull=True)
                | Q(stands_back__isnull=False, assessed_by__isnull=False) & ~Q(assessment=""),
            ),
            models.CheckConstraint(
                name="ended_escalations_say_how",
                condition=Q(ended_at__isnull=True, end="", decision="", decided_by__isnull=True)
                | Q(ended_at__isnull=False, end="decided", decided_by__isnull=False)
                & ~Q(decision="")
                | Q(
                    ended_at__isnull=False,
                    end__in=["withdrawn", "done"],
                    decision="",
                    decided_by__isnull=True,
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-level", "raised_at", "id"],
                condition=Q(ended_at__isnull=True),
                name="escalations_on_board",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}, {self.get_reason_display()}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def move(self) -> Any:
        """Whose move it is, in words."""
        if not self.is_open:
            return self.get_end_display()
        return _("Lead assesses") if self.stands_back is None else _("Lead decides")


THEIRS = [Escalation.Reason.CUSTOMER, Escalation.Reason.OBJECTION]
