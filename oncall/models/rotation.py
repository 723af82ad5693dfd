"""Who takes turns in a schedule; `oncall.rota` is the rule that reads it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from oncall import rota
from oncall.models.schedule import Schedule
from oncall.spans import Span
from supportdesk.accounts.models import User
from supportdesk.worktime.arithmetic import resolve
from supportdesk.worktime.models import Hours


def every_day() -> list[int]:
    return sorted(rota.ALL_DAYS)


class RotationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self if user.is_active and user.is_vendor else self.none()


class Rotation(models.Model):
    """Groups that follow each other from `starts_on` on, handing off at the same local time.

    Of a schedule's rotations the highest layer that is on duty counts; equal layers are on duty
    together.
    """

    class Unit(models.TextChoices):
        HOUR = "hour", _("hours")
        DAY = "day", _("days")
        WEEK = "week", _("weeks")
        MONTH = "month", _("months")

    schedule = models.ForeignKey(
        Schedule, models.PROTECT, related_name="rotations", verbose_name=_("schedule")
    )
    name = models.CharField(_("name"), max_length=80)
    layer = models.SmallIntegerField(_("layer"), default=0)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("ends before"), null=True, blank=True)
    hands_off_at = models.TimeField(_("hand-off"))
    every = models.PositiveSmallIntegerField(_("every"), default=1)
    unit = models.CharField(_("unit"), max_length=5, choices=Unit, default=Unit.WEEK)
    weekdays = ArrayField(
        models.SmallIntegerField(choices=Hours.Weekday),
        verbose_name=_("weekdays"),
        default=every_day,
    )
    slot_minutes = models.PositiveIntegerField(
        _("minutes on duty after each hand-off"), null=True, blank=True
    )
    counts_days = models.BooleanField(_("only these weekdays count as turns"), default=False)

    objects = RotationQuerySet.as_manager()

    class Meta:
        verbose_name = _("rotation")
        verbose_name_plural = _("rotations")
        ordering = ["schedule", "layer", "pk"]
        constraints = [
            models.CheckConstraint(name="rotations_step_on", condition=Q(every__gte=1)),
            models.CheckConstraint(
                name="slots_have_a_length",
                condition=Q(slot_minutes__isnull=True) | Q(slot_minutes__gt=0),
            ),
            models.CheckConstraint(
                name="weekdays_are_some_of_seven",
                condition=Q(weekdays__len__gt=0, weekdays__contained_by=every_day()),
            ),
            models.CheckConstraint(
                name="only_days_are_counted", condition=Q(counts_days=False) | Q(unit="day")
            ),
            models.CheckConstraint(
                name="rotations_begin_before_they_end",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule}: {self.name}"

    def handover(self, day: date) -> datetime:
        """The instant of this local day's hand-off time."""
        return resolve(datetime.combine(day, self.hands_off_at), self.schedule.clock)

    def rule(self) -> rota.Rotation | None:
        """As the pure rule reads it; None while nobody is in it."""
        groups: dict[int, list[rota.Member]] = defaultdict(list)
        for member in self.members.all():
            groups[member.group].append(rota.Member(member.person_id, member.span(self)))
        if not groups:
            return None
        end = self.handover(self.ends_on) if self.ends_on else rota.EVER.end
        return rota.Rotation(
            zone=self.schedule.clock,
            anchor=datetime.combine(self.starts_on, self.hands_off_at),
            unit=rota.Unit(self.unit),
            every=self.every,
            groups=tuple(tuple(groups[number]) for number in sorted(groups)),
            weekdays=frozenset(self.weekdays),
            slot=timedelta(minutes=self.slot_minutes) if self.slot_minutes else None,
            counts_days=self.counts_days,
            during=Span(self.handover(self.starts_on), end),
        )


class Member(models.Model):
    """A person's place in a group of a rotation, between the hand-offs of two days."""

    rotation = models.ForeignKey(Rotation, models.CASCADE, related_name="members")
    group = models.PositiveSmallIntegerField(_("turn"))
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    during = DateRangeField(_("days"), null=True, blank=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["group", "pk"]
        constraints = [
            models.CheckConstraint(
                name="a_membership_lasts",
                condition=Q(during__isnull=True)
                | Q(
                    Func(F("during"), function="isempty", output_field=models.BooleanField()),
                    _negated=True,
                ),
            ),
        ]

    def span(self, rotation: Rotation) -> Span:
        if self.during is None:
            return rota.EVER
        first, last = self.during.lower, self.during.upper
        return Span(
            rotation.handover(first) if first else rota.EVER.start,
            rotation.handover(last) if last else rota.EVER.end,
        )
