"""How often it went wrong: counts of causes per topic, customer and month."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import CustomerRows, Organisation, Service
from training.models.topic import Topic


class CauseCountQuerySet(CustomerRows):
    carried_by = Service.TRAININGS


class CauseCount(models.Model):
    """How many tickets of a customer had this cause in a month. Fed by tickets, kept by training:
    what somebody needs to learn is known here without looking into any ticket.
    """

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="counts", verbose_name=_("topic"))
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="cause_counts",
        verbose_name=_("organisation"),
    )
    cause = models.CharField(_("cause"), max_length=20)
    month = models.DateField(_("month"), help_text=_("Its first day."))
    count = models.PositiveIntegerField(_("tickets"), default=0)

    objects = CauseCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("count of causes")
        verbose_name_plural = _("counts of causes")
        ordering = ["-month", "topic", "organisation", "cause"]
        constraints = [
            models.UniqueConstraint(
                name="one_count_per_month",
                fields=["topic", "organisation", "cause", "month"],
            ),
            models.CheckConstraint(
                name="months_begin_on_the_first", condition=models.Q(month__day=1)
            ),
        ]
