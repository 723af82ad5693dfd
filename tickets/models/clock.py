"""Where a ticket's clocks stand: what runs is read from the history, what has ended stays."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from supportdesk.worktime.models import CalendarVersion
from tickets import clocks
from tickets.models.ticket import Ticket


class ClockReading(models.Model):
    class Clock(models.TextChoices):
        FIRST_RESPONSE = clocks.Clock.FIRST_RESPONSE.value, _("First response")
        ANSWER = clocks.Clock.ANSWER.value, _("Our answer")
        NEXT_WORD = clocks.Clock.NEXT_WORD.value, _("Next word")
        RESOLUTION = clocks.Clock.RESOLUTION.value, _("Solution")

    class State(models.TextChoices):
        NONE = clocks.State.NONE.value, _("nothing promised")
        IDLE = clocks.State.IDLE.value, _("nothing owed")
        RUNNING = clocks.State.RUNNING.value, _("running")
        PAUSED = clocks.State.PAUSED.value, _("paused")
        STOPPED = clocks.State.STOPPED.value, _("stopped")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="clocks")
    clock = models.CharField(_("clock"), max_length=16, choices=Clock)
    state = models.CharField(_("state"), max_length=8, choices=State)
    due_at = models.DateTimeField(_("due"), null=True)
    # What it ended with, or the longest of its exchanges: working time, and the terms of then.
    used = models.DurationField(_("used"), null=True)
    target = models.DurationField(_("target"), null=True)
    calendar = models.ForeignKey(CalendarVersion, models.PROTECT, null=True, related_name="+")
    # How many of its promises have ended, and how many of them too late.
    ended = models.SmallIntegerField(default=0, db_default=0)
    missed = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints = [
            models.UniqueConstraint(name="one_reading_per_clock", fields=["ticket", "clock"]),
            models.CheckConstraint(
                name="running_clocks_are_due",
                condition=Q(state="running") ^ Q(due_at__isnull=True),
            ),
            models.CheckConstraint(
                name="figures_have_a_target",
                condition=Q(used__isnull=True) ^ Q(target__isnull=False),
            ),
            models.CheckConstraint(
                name="promises_are_missed_when_ended", condition=Q(missed__lte=F("ended"))
            ),
        ]

    @property
    def kept(self) -> clocks.Kept:
        """What the rule need not measure again."""
        figure = None
        if self.used is not None and self.target is not None:
            figure = clocks.Figure(self.used, self.target, self.calendar_id or "")
        return clocks.Kept(self.ended, self.missed, figure)
