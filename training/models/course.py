"""A course: what can be learnt, for whom, and under which rules one books and cancels."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from releases.models import Line
from supportdesk.accounts.models import User
from training.models.topic import Topic


class CourseQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Customers see what is offered."""
        if not user.is_active:
            return self.none()
        return self if user.is_vendor else self.filter(is_active=True)


class Course(models.Model):
    """Held in sessions. User meetings are courses too: they have seats, days and invitations."""

    class Kind(models.TextChoices):
        COURSE = "course", _("Course")
        WORKSHOP = "workshop", _("Workshop")
        USER_MEETING = "user_meeting", _("User meeting")

    class Audience(models.IntegerChoices):
        """The level of support its people work in."""

        HELP_DESK = 1, _("Level 1: help desk")
        IT_SERVICE = 2, _("Level 2: IT service")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.COURSE)
    title = models.CharField(_("title"), max_length=120, unique=True)
    text = models.TextField(_("what one learns"), blank=True)
    audience = models.PositiveSmallIntegerField(
        _("for"), choices=Audience, default=Audience.IT_SERVICE
    )
    topics = models.ManyToManyField(
        Topic, related_name="courses", verbose_name=_("topics"), blank=True
    )
    line = models.ForeignKey(
        Line,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="courses",
        verbose_name=_("release"),
        help_text=_("The release it accompanies."),
    )
    wants_approval = models.BooleanField(
        _("approval"), default=False, help_text=_("We confirm each place by hand.")
    )
    free_until_days = models.PositiveSmallIntegerField(
        _("cancelling is free"),
        default=7,
        help_text=_("Until so many days before it begins; later it counts as late."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def free_until(self, start: datetime) -> datetime:
        """Until when a place in a session that begins at `start` is given back free."""
        return start - timedelta(days=self.free_until_days)
