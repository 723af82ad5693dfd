"""The levels a promise passes on its way: how they are set, and which were passed."""

from __future__ import annotations

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
        ]

    def __str__(self) -> str:
        return f"{self.get_priority_display()}, {self.get_clock_display()}: {self.share} %"

    @property
    def threshold(self) -> Threshold:
        return Threshold(Clock(self.clock), self.share, self.level)


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
