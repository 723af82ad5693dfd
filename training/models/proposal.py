"""A course we propose to a customer, because a ticket of theirs would not have come with it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import CustomerRows, Organisation, Service, User
from training.models.course import Course
from training.models.enrolment import booked_for


class ProposalQuerySet(CustomerRows):
    carried_by = Service.TRAININGS

    def visible_to(self, user: User) -> Self:
        """Those to oneself, and to people one books for. All, for the vendor."""
        if not user.is_active:
            return self.none()
        if user.is_vendor:
            return self
        return self.filter(Q(person=user) | Q(organisation__in=booked_for(user)))


class Proposal(models.Model):
    """Made once per course and ticket; whoever opened the ticket is told."""

    course = models.ForeignKey(
        Course, models.PROTECT, related_name="proposals", verbose_name=_("course")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    person = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("proposed to")
    )
    ticket = models.PositiveBigIntegerField(_("ticket"))  # its number: tickets stand above
    proposed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed course")
        verbose_name_plural = _("proposed courses")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="a_course_is_proposed_once_per_ticket", fields=["course", "ticket"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.course}: {self.organisation}"
