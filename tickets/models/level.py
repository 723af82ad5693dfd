"""The levels a promise passes on its way: how they are set, and which were passed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tickets.clocks import Clock
from tickets.levels import Threshold
from tickets.models.clock import ClockReading
from tickets.models.escalation import LEVELS
from tickets.models.ticket import Priority, Ticket

LEAST, MOST = 10, 1000  # hundredths of the target


class EscalationLevel(models.Model):
    """Configuration: at so many hundredths of its target a clock takes the ticket to a level."""

    priority = models.SmallIntegerField(_("priority"), choices=Priority)
    clock = models.CharField(_("clock"), max_length=16, choices=ClockReading.Clock)
    share = models.SmallIntegerField(
        _("per cent of the time used"),
        validators=[MinValueValidator(LEAST), MaxValueValidator(MOST)],
        help_text=_("100 is the deadline; less is before it, more is after it."),
    )
    level = models.SmallIntegerField(_("level"), choices=[(n, n) for n in LEVELS])
    takes_away = models.BooleanField(
        _("takes the ticket away"),
        default=False,
        help_text=_(
            "Whoever has let the customer wait in silence loses the ticket: it is routed again."
        ),
    )

    class Meta:
        verbose_name = _("escalation level")
        verbose_name_plural = _("escalation levels")
        ordering = ["priority", "clock", "share"]
        constraints = [
            models.UniqueConstraint(
                name="one_level_per_share", fields=["priority", "clock", "share"]
            ),
            models.CheckConstraint(
                name="levels_are_within_reach",
                condition=Q(level__in=LEVELS, share__gte=LEAST, share__lte=MOST),
            ),
            models.CheckConstraint(
                name="a_late_solution_is_no_silence",
                condition=~Q(takes_away=True, clock="resolution"),
                violation_error_message=_(
                    "Work on a solution may take long without any silence: this clock takes"
                    " nothing away."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_priority_display()}, {self.get_clock_display()}: {self.share} %"

    @property
    def threshold(self) -> Threshold:
        return Threshold(Clock(self.clock), self.share, self.level, self.takes_away)


class AgeLimit(models.Model):
    """Configuration: open for so many days without a verdict, a ticket comes before a lead."""

    priority = models.SmallIntegerField(_("priority"), choices=Priority, unique=True)
    days = models.SmallIntegerField(
        _("days without a verdict"),
        validators=[MinValueValidator(1), MaxValueValidator(MOST)],
        help_text=_("Calendar days since it was opened."),
    )
    level = models.SmallIntegerField(_("level"), choices=[(n, n) for n in LEVELS], default=1)

    class Meta:
        verbose_name = _("age limit")
        verbose_name_plural = _("age limits")
        ordering = ["priority"]
        constraints = [
            models.CheckConstraint(
                name="age_limits_are_within_reach",
                condition=Q(level__in=LEVELS, days__gte=1, days__lte=MOST),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_priority_display()}: {self.days}"

    def reached_at(self, opened_at: datetime) -> datetime:
        return opened_at + timedelta(days=self.days)


class PassedLevel(models.Model):
    """That a level of one promise was passed, and told. Once, whoever finds it first."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="passed_levels")
    clock = models.CharField(max_length=16, choices=ClockReading.Clock)
    share = models.SmallIntegerField()
    since = models.DateTimeField()  # when the promise began
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("passed level")
        verbose_name_plural = _("passed levels")
        constraints = [
            models.UniqueConstraint(
                name="a_level_is_passed_once", fields=["ticket", "clock", "share", "since"]
            )
        ]
