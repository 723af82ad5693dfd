"""A page: somebody must look now. Open until a person has it in hand or the last resort knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oncall.escalation import Course
from oncall.escalation import State as CourseState
from oncall.models.policy import Policy, PolicyVersion
from supportdesk.accounts.models import User


class PageQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The vendor's own affair."""
        return self if user.is_active and user.is_vendor else self.none()

    def open(self) -> Self:
        """Triggered or in somebody's hand: what has a due time."""
        return self.filter(due_at__isnull=False)

    def triggered(self) -> Self:
        """Those that still call people."""
        return self.filter(state=Page.State.TRIGGERED)

    def calling(self) -> Self:
        """Those whose messages still go out. The last resort is called by a page that has ended."""
        return self.filter(state__in=[Page.State.TRIGGERED, Page.State.EXHAUSTED])

    def due(self) -> Self:
        """By the database's clock, the longest overdue first."""
        return self.filter(due_at__lte=Now()).order_by("due_at", "pk")

    def stormy(self) -> Self:
        """With alarms counted that nobody has been told of in a digest."""
        return self.filter(storm_since__isnull=False)

    def overdue(self, by: timedelta) -> Self:
        return self.filter(due_at__lte=Now() - by)


class Page(models.Model):
    """One is open per key; later alarms under the same key are counted on it."""

    class State(models.TextChoices):
        TRIGGERED = "triggered", _("calling")
        ACKNOWLEDGED = "acknowledged", _("in hand")
        RESOLVED = "resolved", _("resolved")
        EXHAUSTED = "exhausted", _("nobody answered")

    key = models.CharField(max_length=200)
    title = models.CharField(_("subject"), max_length=200)
    url = models.CharField(max_length=250, blank=True)
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.BigIntegerField(null=True)
    policy = models.ForeignKey(
        Policy, models.PROTECT, related_name="pages", verbose_name=_("policy")
    )
    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="pages")
    is_test = models.BooleanField(_("test"), default=False)

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.TRIGGERED)
    due_at = models.DateTimeField(_("goes on"), null=True, db_default=Now())
    round = models.IntegerField(default=0)
    step = models.IntegerField(default=0)
    since_round = models.IntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    alarms = models.PositiveIntegerField(_("alarms"), default=1)
    told_alarms = models.PositiveIntegerField(default=1, db_default=1)
    storm_since = models.DateTimeField(null=True)
    last_alarm_at = models.DateTimeField(_("last alarm"), default=timezone.now)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    acknowledged_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("in hand of")
    )
    acknowledged_at = models.DateTimeField(_("taken"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            # A page that hangs cannot be written: whatever is open goes on at some time.
            models.CheckConstraint(
                name="an_open_page_is_due",
                condition=Q(state__in=["triggered", "acknowledged"], due_at__isnull=False)
                | Q(state__in=["resolved", "exhausted"], due_at__isnull=True),
            ),
            models.CheckConstraint(
                name="whoever_has_a_page_in_hand_is_known",
                condition=~Q(state="acknowledged")
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ended_pages_know_when",
                condition=Q(due_at__isnull=False, ended_at__isnull=True)
                | Q(due_at__isnull=True, ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="nobody_is_told_of_alarms_to_come",
                condition=Q(told_alarms__lte=F("alarms")),
            ),
            models.UniqueConstraint(
                name="one_open_page_per_key", fields=["key"], condition=Q(due_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="due"),
            models.Index(
                fields=["storm_since"], condition=Q(storm_since__isnull=False), name="stormy"
            ),
            models.Index(fields=["about_type", "about_id"], name="pages_about"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def course(self) -> Course:
        state = CourseState(self.state)
        return Course(self.due_at, state, self.round, self.step, self.since_round)

    def stand_at(self, course: Course, **facts: Any) -> None:
        """Write where it stands now, with what else became of it."""
        self.state, self.due_at = Page.State(course.state.value), course.due_at
        self.round, self.step, self.since_round = course.round, course.step, course.since
        for name, value in facts.items():
            setattr(self, name, value)
        where = ["state", "due_at", "round", "step", "since_round"]
        self.save(update_fields=[*where, *facts])


class StepRun(models.Model):
    """A step was entered: once per round, whoever runs the engine and however often."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="runs")
    round = models.IntegerField()
    step = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_step_runs_once", fields=["page", "round", "step"])
        ]


class PageEvent(models.Model):
    """A line of a page's timeline. Written once, never changed."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("Opened")
        STEP = "step", _("Step")
        NOBODY = "nobody", _("Nobody there, on to the next")
        LAST_RESORT = "last_resort", _("Last resort")
        UNREACHED = "unreached", _("The last resort cannot be reached")
        TAKEN = "taken", _("Taken")
        SHIFT_ENDED = "shift_ended", _("Shift ended, calling again")
        HANDED_OVER = "handed_over", _("Hand-over note")
        ESCALATED = "escalated", _("On to the next step")
        REASSIGNED = "reassigned", _("Another policy")
        RESOLVED = "resolved", _("Resolved")
        BROUGHT_FORWARD = "brought_forward", _("A way failed, the next one now")
        REPORTED = "reported", _("The late report came")
        FAILED = "failed", _("Something went wrong, tried again")

    page = models.ForeignKey(Page, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=15, choices=Kind)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="timelines_only_grow", operation=pgtrigger.Update)]


class HandOver(models.Model):
    """What the next one must have read before the page is theirs."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="hand_overs")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    note = models.TextField(_("note"))
    at = models.DateTimeField(default=timezone.now)
    read_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="notes_know_who_read_them",
                condition=Q(read_by__isnull=True, read_at__isnull=True)
                | Q(read_by__isnull=False, read_at__isnull=False),
            ),
            models.CheckConstraint(name="notes_say_something", condition=~Q(note="")),
        ]
