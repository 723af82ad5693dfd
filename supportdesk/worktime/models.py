"""Calendars of working hours, their holidays, and absences of people."""

from __future__ import annotations

from datetime import date
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    DateRangeField,
    IntegerRangeField,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Calendar(models.Model):
    """When a team works: weekly hours in a zone. Rules read it as `arithmetic.Calendar`."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    zone = models.CharField(_("time zone"), max_length=40, default="Europe/Berlin")
    state = models.CharField(
        _("holidays of"), max_length=2, blank=True, help_text=_("Federal state; empty for none.")
    )
    regional_days = models.BooleanField(
        _("days of Catholic municipalities"),
        default=False,
        help_text=_("Assumption Day in Bavaria, Corpus Christi in parts of Saxony and Thuringia."),
    )

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Hours(models.Model):
    """One opening span on one weekday, local time. 24:00 is stored as minute 1440."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="hours")
    weekday = models.SmallIntegerField(_("weekday"), choices=Weekday)
    opens_minute = models.SmallIntegerField(_("opens (minutes after midnight)"))
    closes_minute = models.SmallIntegerField(_("closes (minutes after midnight)"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens_minute"]
        constraints = [
            models.CheckConstraint(
                name="hours_lie_within_a_day",
                condition=Q(
                    opens_minute__gte=0,
                    closes_minute__lte=1440,
                    opens_minute__lt=F("closes_minute"),
                ),
            ),
            ExclusionConstraint(
                name="hours_of_a_day_do_not_overlap",
                expressions=[
                    ("calendar", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (
                        Func(
                            F("opens_minute"),
                            F("closes_minute"),
                            function="int4range",
                            output_field=IntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("These hours overlap others of the same day."),
            ),
        ]

    def __str__(self) -> str:
        opens, closes = divmod(self.opens_minute, 60), divmod(self.closes_minute, 60)
        return "{} {}:{:02}–{}:{:02}".format(self.get_weekday_display(), *opens, *closes)


class SpecialDay(models.Model):
    """A day with hours of its own, every year if `yearly`. It counts more than public holidays.

    Without hours the calendar is closed; 24 and 31 December often have half of them.
    """

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="special_days")
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=80)
    yearly = models.BooleanField(_("every year"), default=False)
    hours = ArrayField(
        IntegerRangeField(),
        verbose_name=_("hours"),
        default=list,
        blank=True,
        help_text=_("For example 7:00–12:00, 13:00–15:00; empty is closed."),
    )  # minutes after midnight, in order

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(name="one_special_day_a_day", fields=["calendar", "day"])
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class CalendarVersion(models.Model):
    """The facts of a calendar as they once were: what was measured by them can be shown for good.

    Named by its facts, and so the same for equal ones. Rows are written, and never changed.
    """

    name = models.CharField(max_length=32, primary_key=True)
    facts = models.JSONField()
    since = models.DateTimeField(default=timezone.now)  # first needed

    class Meta:
        verbose_name = _("calendar version")
        verbose_name_plural = _("calendar versions")
        triggers = [
            pgtrigger.Protect(
                name="versions_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class AbsenceQuerySet(models.QuerySet):
    def on(self, day: date) -> Self:
        return self.filter(during__contains=day)


class Absence(models.Model):
    """A person is away on these local days; `deputy` stands in, else the person's usual deputy."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("Holiday")
        ILLNESS = "illness", _("Illness")
        TRAINING = "training", _("Training")
        OTHER = "other", _("Other")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences", verbose_name=_("person")
    )
    during = DateRangeField(
        _("days"), help_text=_("From the first day to before the day of return.")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.HOLIDAY)
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("deputy"),
    )

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-during"]
        constraints = [
            ExclusionConstraint(
                name="one_absence_at_a_time",
                expressions=[("person", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                name="nobody_is_their_own_deputy",
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("person")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.during}"
