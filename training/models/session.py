"""A session: a course at a time and place, with its seats and its trainers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Count, F, Func, Q
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import Language, User
from training.models.course import Course

LINK_BEFORE = timedelta(days=1)  # how long before it begins people with a seat see the link
# A trainer's time is that of the session, however it is written.
TIME_OF_THE_SESSION = """
    NEW.during := (SELECT during FROM training_session WHERE id = NEW.session_id);
    RETURN NEW;
"""
TRAINERS_FOLLOW = """
    UPDATE training_assignment SET during = NEW.during WHERE session_id = NEW.id;
    RETURN NULL;
"""


class SessionState(models.TextChoices):
    DRAFT = "draft", _("in preparation")
    OPEN = "open", _("open for booking")
    DONE = "done", _("over")
    CANCELLED = "cancelled", _("cancelled")


SESSION_NEXT: dict[SessionState, set[SessionState]] = {
    SessionState.DRAFT: {SessionState.OPEN, SessionState.CANCELLED},
    SessionState.OPEN: {SessionState.DONE, SessionState.CANCELLED},
    SessionState.DONE: set(),
    SessionState.CANCELLED: set(),
}


class SessionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The catalogue is the same for every customer; what is being prepared is ours."""
        if not user.is_active:
            return self.none()
        return self if user.is_vendor else self.exclude(state=SessionState.DRAFT)

    def to_come(self, at: datetime) -> Self:
        """Running or still to begin."""
        return self.filter(during__endswith__gt=at)

    def bookable(self, at: datetime) -> Self:
        return self.filter(state=SessionState.OPEN, during__startswith__gt=at)

    def for_lists(self) -> Self:
        return self.select_related("course__line").prefetch_related("course__topics", "trainers")

    def with_waiting(self) -> Self:
        """Each with how many wait for a seat, as `waiting`; in order, which grouping would drop."""
        waiting = Count("enrolments", filter=Q(enrolments__state="waiting"))
        return self.annotate(waiting=waiting).order_by("during", "pk")

    def with_passed_offers(self, at: datetime) -> Self:
        """Where a seat is held for somebody who did not answer in time."""
        passed = Q(enrolments__state="offered", enrolments__offer_until__lte=at)
        return self.filter(passed).distinct()


class Session(models.Model):
    """`taken` is counted by the database; that it never exceeds `capacity` is its constraint."""

    course = models.ForeignKey(
        Course, models.PROTECT, related_name="sessions", verbose_name=_("course")
    )
    title = models.CharField(
        _("title"), max_length=120, blank=True, help_text=_("Empty: that of the course.")
    )
    during = DateTimeRangeField(_("time"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    link = models.URLField(
        _("link"),
        max_length=500,
        blank=True,
        help_text=_("For sessions online. Only people with a place see it, from the day before."),
    )
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.GERMAN
    )
    trainers = models.ManyToManyField(
        User, through="Assignment", related_name="sessions_given", verbose_name=_("trainers")
    )
    minimum = models.PositiveSmallIntegerField(_("takes place from"), default=1)
    capacity = models.PositiveSmallIntegerField(_("seats"))
    taken = models.PositiveSmallIntegerField(_("seats taken"), default=0, editable=False)
    state = models.CharField(
        _("state"), max_length=9, choices=SessionState, default=SessionState.DRAFT, editable=False
    )
    waitlist_open = models.BooleanField(_("waiting list"), default=True)
    auto_promote = models.BooleanField(
        _("free seats are offered at once"),
        default=True,
        help_text=_("To the waiting list, as soon as one is free."),
    )
    offer_hours = models.PositiveSmallIntegerField(_("an offer lasts (hours)"), default=48)
    overtaking = models.PositiveSmallIntegerField(
        _("seats small parties may take first"),
        default=0,
        help_text=_("So few free seats go to whoever fits, though a larger party waits longer."),
    )
    booking_until = models.DateTimeField(_("booking until"), null=True, blank=True)
    cancelled_because = models.TextField(_("why cancelled"), blank=True, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["during", "pk"]
        constraints = [
            models.CheckConstraint(
                name="no_seat_is_given_twice", condition=Q(taken__lte=F("capacity"))
            ),
            models.CheckConstraint(
                name="a_session_begins_and_ends",
                condition=Q(during__startswith__isnull=False, during__endswith__isnull=False)
                & Q(
                    Func(F("during"), function="isempty", output_field=models.BooleanField()),
                    _negated=True,
                ),
            ),
            models.CheckConstraint(
                name="a_session_is_somewhere", condition=~Q(place="") | ~Q(link="")
            ),
            models.CheckConstraint(
                name="cancelled_sessions_say_why",
                condition=Q(state="cancelled") ^ Q(cancelled_because=""),
            ),
        ]
        indexes = [models.Index(fields=["state", "during"], name="sessions_by_time")]
        triggers = [
            pgtrigger.FSM(
                name="session_follows_next",
                field="state",
                transitions=[
                    (now, then)
                    for now, all_next in SESSION_NEXT.items()
                    for then in sorted(all_next)
                ],
            ),
            pgtrigger.Trigger(
                name="trainers_follow_the_session",
                operation=pgtrigger.UpdateOf("during"),
                when=pgtrigger.After,
                func=TRAINERS_FOLLOW,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.starts_at:%Y-%m-%d}"

    @property
    def name(self) -> str:
        return self.title or self.course.title

    @property
    def starts_at(self) -> datetime:
        return self.during.lower

    @property
    def ends_at(self) -> datetime:
        return self.during.upper

    @property
    def closes_at(self) -> datetime:
        """From when nobody books or is offered a seat any more."""
        return min(self.booking_until or self.starts_at, self.starts_at)

    def takes_bookings(self, at: datetime) -> bool:
        return self.state == SessionState.OPEN and at < self.closes_at

    @property
    def free(self) -> int:
        return self.capacity - self.taken

    @property
    def is_sure(self) -> bool:
        """Whether enough people have a place for it to be held."""
        return self.taken >= self.minimum


class Assignment(models.Model):
    """A trainer gives a session, and nothing else at that time."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="assignments")
    trainer = models.ForeignKey(
        User, models.PROTECT, related_name="assignments", verbose_name=_("trainer")
    )
    during = DateTimeRangeField(_("time"), editable=False)

    class Meta:
        verbose_name = _("assignment of a trainer")
        verbose_name_plural = _("assignments of trainers")
        constraints = [
            ExclusionConstraint(
                name="no_trainer_is_in_two_places",
                expressions=[
                    ("trainer", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="at_the_time_of_the_session",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=TIME_OF_THE_SESSION,
            )
        ]
