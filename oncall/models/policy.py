"""Whom a page reaches in which order, and what of that a page keeps from the moment it opens."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oncall.models.schedule import Schedule
from supportdesk.accounts.models import User

LONGEST_DELAY = 24 * 60


class PolicyQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self if user.is_active and user.is_vendor else self.none()


class Policy(models.Model):
    """Steps, each so many minutes after the one before; at the end, or where nobody is, the last
    resort.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    repeat = models.SmallIntegerField(
        _("further rounds"),
        default=1,
        validators=[MinValueValidator(-1), MaxValueValidator(20)],
        help_text=_("How often all steps are gone through again; -1 is without end."),
    )
    last_resort = models.ManyToManyField(
        User,
        related_name="+",
        verbose_name=_("last resort"),
        help_text=_("Told when nobody in any step could be reached or has answered."),
    )
    is_default = models.BooleanField(
        _("for tickets"), default=False, help_text=_("Urgent tickets are paged by this policy.")
    )

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("paging policy")
        verbose_name_plural = _("paging policies")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="one_policy_for_tickets", fields=["is_default"], condition=Q(is_default=True)
            ),
            models.CheckConstraint(name="rounds_are_few", condition=Q(repeat__range=(-1, 20))),
        ]

    def __str__(self) -> str:
        return self.name


class PolicyStep(models.Model):
    """Whoever is meant is told at once when the step is entered."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("position"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes until the next step"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DELAY)],
    )
    schedules = models.ManyToManyField(
        Schedule, blank=True, related_name="+", verbose_name=_("whoever is on duty")
    )
    people = models.ManyToManyField(User, blank=True, related_name="+", verbose_name=_("people"))

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["policy", "position"]
        constraints = [
            models.UniqueConstraint(name="one_step_per_position", fields=["policy", "position"]),
            models.CheckConstraint(
                name="steps_take_a_minute_at_least",
                condition=Q(minutes__range=(1, LONGEST_DELAY)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy}, {self.position}"


class PolicyVersion(models.Model):
    """A policy and everybody's personal rules as they were when a page opened. Never changes;
    pages that open under the same facts share one.
    """

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="versions")
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_version_per_content", fields=["policy", "digest"])
        ]
        triggers = [
            pgtrigger.Protect(
                name="versions_are_frozen", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
