"""What a customer was promised by contract: other times than the published ones, for a while."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import CustomerRows, Organisation, User
from supportdesk.worktime.models import Calendar
from tickets.clocks import Clock
from tickets.models.ticket import CLOSING_NOTICE, Priority
from tickets.promises import Pledge

NO_TIME = timedelta(0)
SOONEST, LATEST = CLOSING_NOTICE.days, 365  # days: nobody is told of the end before the beginning


class AgreementQuerySet(CustomerRows):
    def visible_to(self, user: User) -> Self:
        """A contract is read by its two sides; who acts for a customer is neither."""
        rows = super().visible_to(user)
        return rows if user.is_vendor else rows.filter(organisation=user.organisation)

    def on(self, day: date) -> Self:
        return self.filter(during__contains=day)


class Agreement(models.Model):
    """A service agreement. It counts on its days; before and after it the published times do."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="agreements", verbose_name=_("organisation")
    )
    during = DateRangeField(_("valid"))
    calendar = models.ForeignKey(
        Calendar,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agreements",
        verbose_name=_("working hours"),
        help_text=_("Empty: those of the team in charge."),
    )
    around_the_clock = models.BooleanField(_("priority 1 runs around the clock"), default=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("service agreement")
        verbose_name_plural = _("service agreements")
        ordering = ["organisation__name", "-during"]
        constraints = [
            ExclusionConstraint(
                name="one_agreement_at_a_time",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Another agreement of this customer holds then."),
            ),
            models.CheckConstraint(
                name="agreements_begin_some_day",
                condition=Q(during__isempty=False, during__lower_inf=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)

    def pledges(self) -> dict[int, Pledge]:
        """What each priority is promised, as far as it differs from what is published."""
        return {line.priority: line.pledge(self.around_the_clock) for line in self.lines.all()}


class AgreedTimes(models.Model):
    """The times of one priority in an agreement, in working time; closing in calendar days."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="lines")
    priority = models.SmallIntegerField(_("priority"), choices=Priority)
    first_response = models.DurationField(_("first response"))
    answer = models.DurationField(_("our answer"))
    next_word = models.DurationField(_("next word"))
    resolution = models.DurationField(_("solution"))
    closes_after = models.SmallIntegerField(
        _("closes after days"),
        validators=[MinValueValidator(SOONEST), MaxValueValidator(LATEST)],
    )

    class Meta:
        verbose_name = _("agreed times")
        verbose_name_plural = _("agreed times")
        ordering = ["priority"]
        constraints = [
            models.UniqueConstraint(
                name="one_line_per_priority",
                fields=["agreement", "priority"],
                violation_error_message=_("Each priority has one line."),
            ),
            models.CheckConstraint(
                name="agreed_times_are_times",
                condition=Q(
                    first_response__gt=NO_TIME,
                    answer__gt=NO_TIME,
                    next_word__gt=NO_TIME,
                    resolution__gt=NO_TIME,
                ),
                violation_error_message=_("Every time is longer than nothing."),
            ),
            models.CheckConstraint(
                name="no_word_is_promised_after_the_solution",
                condition=Q(
                    first_response__lte=F("resolution"),
                    answer__lte=F("resolution"),
                    next_word__lte=F("resolution"),
                ),
                violation_error_message=_("No word may be promised later than the solution."),
            ),
            models.CheckConstraint(
                name="tickets_close_within_a_year",
                condition=Q(closes_after__gte=SOONEST, closes_after__lte=LATEST),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_priority_display())

    def pledge(self, around_the_clock: bool) -> Pledge:
        targets = {clock: getattr(self, clock.value) for clock in Clock}
        always = around_the_clock and self.priority == Priority.STANDSTILL
        return Pledge(targets, timedelta(days=self.closes_after), always)
