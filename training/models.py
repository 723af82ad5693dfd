"""What people are trained on, and how often it went wrong: topics, and counts per customer."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from releases.models import Module
from supportdesk.accounts.models import CustomerRows, Organisation, Service


class TopicQuerySet(models.QuerySet):
    def offered(self) -> Self:
        """Topics a handling error may be put to."""
        return self.filter(is_active=True)


class Topic(models.Model):
    """Something one can be trained on, across modules where the work is."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    process_area = models.CharField(_("process area"), max_length=80)
    modules = models.ManyToManyField(
        Module, related_name="topics", verbose_name=_("modules"), blank=True
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["process_area", "name"]

    def __str__(self) -> str:
        return self.name


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
