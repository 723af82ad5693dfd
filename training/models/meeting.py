"""A user meeting: its agenda, what customers bring, what they vote for, and what was decided."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models import Wish
from supportdesk.accounts.models import CustomerRows, Organisation, Service, User
from training.models.course import Course
from training.models.session import Session

# In the database, so that no way of writing a row forgets it; the constraint of the ballot is
# asked with every vote.
COUNT_POINTS = """
    IF TG_OP <> 'INSERT' THEN
        UPDATE training_ballot SET spent = spent - OLD.points WHERE id = OLD.ballot_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE training_ballot SET spent = spent + NEW.points WHERE id = NEW.ballot_id;
    END IF;
    RETURN NULL;
"""


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        sessions = Session.objects.visible_to(user)
        return self.filter(session__in=sessions.filter(course__kind=Course.Kind.USER_MEETING))


class Meeting(models.Model):
    """What a session of that kind has besides seats and trainers."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="meeting")
    call_until = models.DateTimeField(_("topics until"), null=True, blank=True)
    votes_until = models.DateTimeField(_("votes until"), null=True, blank=True)
    budget = models.PositiveSmallIntegerField(_("points per customer"), default=10)
    wishes = models.ManyToManyField(Wish, related_name="meetings", verbose_name=_("wishes"))
    minutes = models.TextField(_("minutes"), blank=True)
    published_at = models.DateTimeField(_("published"), null=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("user meeting")
        verbose_name_plural = _("user meetings")
        constraints = [
            models.CheckConstraint(
                name="published_minutes_say_something",
                condition=Q(published_at=None) | ~Q(minutes=""),
            )
        ]

    def __str__(self) -> str:
        return str(self.session)


class Slot(models.Model):
    """A part of the agenda; nothing else happens meanwhile."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="slots")
    during = DateTimeRangeField(_("time"))
    title = models.CharField(_("title"), max_length=160)
    speaker = models.CharField(_("by whom"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["during"]
        constraints = [
            ExclusionConstraint(
                name="slots_follow_each_other",
                expressions=[
                    ("meeting", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]


class ContributionState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")


CONTRIBUTION_NEXT: dict[ContributionState, set[ContributionState]] = {
    ContributionState.DRAFT: {ContributionState.SUBMITTED},
    ContributionState.SUBMITTED: {ContributionState.ACCEPTED, ContributionState.DECLINED},
    ContributionState.ACCEPTED: set(),
    ContributionState.DECLINED: set(),
}


class ContributionQuerySet(CustomerRows):
    carried_by = Service.TRAININGS

    def visible_to(self, user: User) -> Self:
        """One's own; what is accepted, for everybody; for the vendor all that is handed in."""
        if not user.is_active:
            return self.none()
        accepted = Q(state=ContributionState.ACCEPTED)
        if user.is_vendor:
            return self.exclude(state=ContributionState.DRAFT)
        return self.filter(Q(by=user) | accepted)


class Contribution(models.Model):
    """What somebody wants to talk about at the meeting."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="contributions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("what it is about"), blank=True)
    state = models.CharField(_("state"), max_length=9, choices=ContributionState)
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="declined_contributions_say_why",
                condition=~Q(state="declined") ^ ~Q(reason=""),
            )
        ]
        triggers = [
            pgtrigger.FSM(
                name="contribution_follows_next",
                field="state",
                transitions=[
                    (now, then)
                    for now, all_next in CONTRIBUTION_NEXT.items()
                    for then in sorted(all_next)
                ],
            )
        ]


class BallotQuerySet(CustomerRows):
    carried_by = Service.TRAININGS


class Ballot(models.Model):
    """What one customer has to give at one meeting. `spent` is counted by the database; that it
    never exceeds the budget is its constraint.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="ballots")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    budget = models.PositiveSmallIntegerField()
    spent = models.IntegerField(default=0, editable=False)

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [
            models.UniqueConstraint(
                name="one_ballot_per_customer", fields=["meeting", "organisation"]
            ),
            models.CheckConstraint(
                name="no_customer_outvotes_its_budget", condition=Q(spent__lte=F("budget"))
            ),
        ]


class Vote(models.Model):
    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="votes")
    wish = models.ForeignKey(Wish, models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField(_("points"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.UniqueConstraint(name="one_vote_per_wish", fields=["ballot", "wish"]),
            models.CheckConstraint(name="votes_have_points", condition=Q(points__gt=0)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="points_are_counted",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                func=COUNT_POINTS,
            )
        ]


class Decision(models.Model):
    """Who does what by when; shown at the next meeting until it is done."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions")
    what = models.CharField(_("what"), max_length=300)
    who = models.CharField(_("who"), max_length=120)
    due_on = models.DateField(_("by when"))
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["due_on", "pk"]
