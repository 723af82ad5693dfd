"""That the clocks of many tickets are read again, and how far that has come."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import Organisation
from supportdesk.worktime.models import Calendar
from tickets.models.agreement import Agreement
from tickets.models.ticket import Ticket, TicketQuerySet


class RecomputationQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(finished_at=None)


class Recomputation(models.Model):
    """Open tickets of a calendar or a customer, or all, in the order of their numbers.

    A batch is read in one transaction with `last`, so that a killed worker loses and repeats none.
    """

    calendar = models.ForeignKey(Calendar, models.CASCADE, null=True, related_name="recomputations")
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="recomputations"
    )
    started_at = models.DateTimeField(default=timezone.now)
    total = models.IntegerField(default=0)  # when it began; some are done meanwhile
    done = models.IntegerField(default=0)
    last = models.BigIntegerField(default=0)  # the number of the last ticket read
    until = models.BigIntegerField(default=0)  # later ones began with what holds now
    finished_at = models.DateTimeField(null=True)

    objects = RecomputationQuerySet.as_manager()

    class Meta:
        verbose_name = _("recomputation of clocks")
        verbose_name_plural = _("recomputations of clocks")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_recomputation_of_the_same",
                fields=["calendar", "organisation"],
                condition=Q(finished_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="recomputations_do_not_run_ahead", condition=Q(done__lte=F("total"))
            ),
        ]

    def tickets(self) -> TicketQuerySet:
        """Whose clocks depend on what has changed."""
        rows = Ticket.objects.unresolved()
        if self.organisation_id:
            return rows.filter(organisation=self.organisation_id)
        if self.calendar_id:
            agreed = Agreement.objects.filter(calendar=self.calendar_id).values("organisation")
            return rows.filter(Q(team__calendar=self.calendar_id) | Q(organisation__in=agreed))
        return rows
