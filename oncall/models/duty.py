"""The final plan as rows: pages, feeds, the API and the paging engine all read these."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from oncall.models.schedule import Schedule
from oncall.spans import Span
from supportdesk.accounts.models import User

# What has been is evidence: of who was paged, of rest and of pay. A duty that runs may end early
# or last longer, never in the past, and nobody else slips into it. By the database's clock.
PAST_STAYS = """
    IF TG_OP = 'DELETE' THEN
        IF lower(OLD.during) < now() THEN
            RAISE check_violation USING MESSAGE = 'duties that began are not deleted';
        END IF;
        RETURN OLD;
    END IF;
    IF lower(OLD.during) < now() AND (
        upper(OLD.during) < now() OR upper(NEW.during) < now()
        OR lower(NEW.during) <> lower(OLD.during)
        OR (NEW.schedule_id, NEW.person_id, NEW.position)
            IS DISTINCT FROM (OLD.schedule_id, OLD.person_id, OLD.position)
    ) THEN
        RAISE check_violation USING MESSAGE = 'what has been on duty stays as it was';
    END IF;
    RETURN NEW;
"""


class DutyQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self if user.is_active and user.is_vendor else self.none()

    def at(self, at: datetime) -> Self:
        return self.filter(during__contains=at)

    def within(self, window: Span) -> Self:
        """Those that meet the window, also in part."""
        return self.filter(during__overlap=tuple(window))

    def to_come(self, at: datetime) -> Self:
        """Running or still to begin."""
        return self.filter(during__endswith__gt=at)

    def to_remind(self, now: datetime, before: timedelta) -> Self:
        """Beginning within this time, with nobody asked yet."""
        soon = self.filter(during__startswith__gt=now, during__startswith__lte=now + before)
        return soon.filter(reminded_at=None, confirmed_at=None)

    def unanswered(self, now: datetime, before: timedelta, patience: timedelta) -> Self:
        """Beginning within `before`, or under way, and asked longer than `patience` ago."""
        soon = self.filter(during__startswith__lte=now + before, during__endswith__gt=now)
        asked = soon.filter(reminded_at__lte=now - patience)
        return asked.filter(confirmed_at=None, fallback_told_at=None)


class Duty(models.Model):
    """A person is on call without interruption, on a position: 1 is asked first."""

    schedule = models.ForeignKey(
        Schedule, models.PROTECT, related_name="duties", verbose_name=_("schedule")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    person = models.ForeignKey(
        User, models.PROTECT, related_name="duties", verbose_name=_("person")
    )
    during = DateTimeRangeField(_("on duty"))
    # Asked beforehand whether they can be reached; without an answer the fallback hears of it.
    reminded_at = models.DateTimeField(_("reminded"), null=True, editable=False)
    confirmed_at = models.DateTimeField(_("reachable"), null=True, editable=False)
    fallback_told_at = models.DateTimeField(_("fallback told"), null=True, editable=False)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering = ["during", "position"]
        constraints = [
            ExclusionConstraint(
                name="one_person_on_a_position",
                expressions=[
                    ("schedule", RangeOperators.EQUAL),
                    ("position", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="nobody_twice_in_a_schedule",
                expressions=[
                    ("schedule", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="a_duty_begins_and_ends",
                condition=Q(during__startswith__isnull=False, during__endswith__isnull=False)
                & Q(
                    Func(F("during"), function="isempty", output_field=models.BooleanField()),
                    _negated=True,
                ),
            ),
            models.CheckConstraint(name="positions_count_from_one", condition=Q(position__gte=1)),
        ]
        indexes = [models.Index(fields=["person", "during"], name="duties_of_a_person")]
        triggers = [
            pgtrigger.Trigger(
                name="past_duties_stay",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=PAST_STAYS,
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.span.start:%Y-%m-%d %H:%M}"

    @property
    def span(self) -> Span:
        return Span(self.during.lower, self.during.upper)
