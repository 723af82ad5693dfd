"""What people changed about the plan: overrides, swaps, absences, temporary plans."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oncall import plan
from oncall.models.rotation import Rotation
from oncall.models.schedule import Schedule
from oncall.spans import Span
from supportdesk.accounts.models import User

OVERRIDES = ["exclusive", "remove", "replace", "add"]
WITH_STAND_IN = ["replace", "swap"]


class ChangeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self if user.is_active and user.is_vendor else self.none()

    def valid(self) -> Self:
        return self.filter(withdrawn_at=None)

    def within(self, window: Span) -> Self:
        return self.filter(during__overlap=tuple(window))

    def on_offer(self, at: datetime) -> Self:
        """Swaps that somebody may still take."""
        offers = self.valid().filter(kind=Change.Kind.SWAP, stand_in=None)
        return offers.filter(during__startswith__gt=at)


class Change(models.Model):
    """One change of a schedule's plan. `oncall.plan` says in which order they apply."""

    class Kind(models.TextChoices):
        REPLACE = plan.Kind.REPLACE.value, _("Somebody steps in")
        ADD = plan.Kind.ADD.value, _("Somebody more")
        REMOVE = plan.Kind.REMOVE.value, _("Somebody less")
        EXCLUSIVE = plan.Kind.EXCLUSIVE.value, _("On call alone")
        ABSENCE = plan.Kind.ABSENCE.value, _("Not available")
        SWAP = plan.Kind.SWAP.value, _("Swap")
        TEMPORARY = plan.Kind.TEMPORARY.value, _("Temporary plan")

    schedule = models.ForeignKey(
        Schedule, models.PROTECT, related_name="changes", verbose_name=_("schedule")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    during = DateTimeRangeField(_("when"))
    person = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who is concerned"),
    )
    stand_in = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who steps in"),
    )
    rank = models.SmallIntegerField(_("rank"), default=0)
    # A swap is of a turn, not of hours: it moves with the shift when the hand-off moves.
    rotation = models.ForeignKey(Rotation, models.PROTECT, null=True, editable=False)
    turn = models.IntegerField(null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    written_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", editable=False, verbose_name=_("entered by")
    )
    written_at = models.DateTimeField(_("entered"), default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of the plan")
        verbose_name_plural = _("changes of the plan")
        ordering = ["-during"]
        constraints = [
            # Two orders about one person at a time would contradict each other (as in GoAlert).
            ExclusionConstraint(
                name="one_override_of_a_person_at_a_time",
                expressions=[
                    ("schedule", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at__isnull=True, kind__in=OVERRIDES),
            ),
            ExclusionConstraint(
                name="one_swap_of_a_person_at_a_time",
                expressions=[
                    ("schedule", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at__isnull=True, kind="swap"),
            ),
            models.CheckConstraint(
                name="a_change_begins_and_ends",
                condition=Q(during__startswith__isnull=False, during__endswith__isnull=False)
                & Q(
                    Func(F("during"), function="isempty", output_field=models.BooleanField()),
                    _negated=True,
                ),
            ),
            models.CheckConstraint(
                name="changes_concern_somebody",
                condition=Q(kind="temporary", person__isnull=True)
                | (~Q(kind="temporary") & Q(person__isnull=False)),
            ),
            models.CheckConstraint(
                name="only_replacements_and_swaps_have_stand_ins",
                condition=Q(kind="replace", stand_in__isnull=False)
                | Q(kind="swap")
                | (~Q(kind__in=WITH_STAND_IN) & Q(stand_in__isnull=True)),
            ),
            models.CheckConstraint(
                name="nobody_steps_in_for_themselves",
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("person")),
            ),
            models.CheckConstraint(
                name="only_swaps_are_of_turns",
                condition=Q(rotation__isnull=True, turn__isnull=True)
                | Q(kind="swap", rotation__isnull=False, turn__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.span.start:%Y-%m-%d}"

    @property
    def span(self) -> Span:
        return Span(self.during.lower, self.during.upper)

    @property
    def is_open_swap(self) -> bool:
        return self.kind == self.Kind.SWAP and self.stand_in_id is None


class Instead(models.Model):
    """A shift of a temporary plan."""

    change = models.ForeignKey(Change, models.CASCADE, related_name="instead")
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    during = DateTimeRangeField(_("when"))

    class Meta:
        verbose_name = _("temporary shift")
        verbose_name_plural = _("temporary shifts")
        ordering = ["during"]
        constraints = [
            models.CheckConstraint(
                name="a_temporary_shift_begins_and_ends",
                condition=Q(during__startswith__isnull=False, during__endswith__isnull=False)
                & Q(
                    Func(F("during"), function="isempty", output_field=models.BooleanField()),
                    _negated=True,
                ),
            )
        ]

    @property
    def span(self) -> Span:
        return Span(self.during.lower, self.during.upper)
