"""An enrolment: what one person has with one session; booked again, it is the same row."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import CustomerRows, Organisation, Service, User
from training.models.session import LINK_BEFORE, Session, SessionState


class State(models.TextChoices):
    REQUESTED = "requested", _("asked for")
    BOOKED = "booked", _("booked")
    WAITING = "waiting", _("on the waiting list")
    OFFERED = "offered", _("a seat is offered")
    ATTENDED = "attended", _("took part")
    NO_SHOW = "no_show", _("did not come")
    CANCELLED = "cancelled", _("cancelled")
    DECLINED = "declined", _("declined by us")
    REFUSED = "refused", _("no seat")
    EXPIRED = "expired", _("offer ran out")


MOST_WRONG_CODES = 5  # of six digits: one in 200,000 is right by chance
HOLDING = [State.BOOKED, State.OFFERED, State.ATTENDED, State.NO_SHOW]
ENDED = [State.CANCELLED, State.DECLINED, State.REFUSED, State.EXPIRED]
ANEW = {State.REQUESTED, State.BOOKED, State.WAITING, State.REFUSED}
NEXT: dict[State, set[State]] = {
    State.REQUESTED: {
        State.BOOKED,
        State.WAITING,
        State.REFUSED,
        State.DECLINED,
        State.CANCELLED,
    },
    State.BOOKED: {State.ATTENDED, State.NO_SHOW, State.CANCELLED},
    State.WAITING: {State.OFFERED, State.CANCELLED},
    State.OFFERED: {State.BOOKED, State.REFUSED, State.EXPIRED, State.CANCELLED},
    State.ATTENDED: {State.NO_SHOW},
    State.NO_SHOW: {State.ATTENDED},
    State.CANCELLED: ANEW,
    State.DECLINED: ANEW,
    State.REFUSED: ANEW - {State.REFUSED},
    State.EXPIRED: ANEW,
}
# In the database, so that no way of writing a row forgets it; the constraint of the session is
# asked with every seat.
COUNT_SEATS = """
    IF TG_OP <> 'INSERT' AND OLD.state IN ('booked', 'offered', 'attended', 'no_show') THEN
        change := change - 1;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state IN ('booked', 'offered', 'attended', 'no_show') THEN
        change := change + 1;
    END IF;
    IF change <> 0 THEN
        UPDATE training_session SET taken = taken + change
            WHERE id = COALESCE(NEW.session_id, OLD.session_id);
    END IF;
    RETURN NULL;
"""


def booked_for(user: User) -> list[int]:
    """The organisations for whose people this person books: their own for coordinators, and those
    that have given their provider a mandate for trainings.
    """
    reach = Organisation.objects.numbers_within_reach(user, Service.TRAININGS)
    if user.is_any(Role.COORDINATOR):
        return reach
    return [pk for pk in reach if pk != user.organisation_id]


class EnrolmentQuerySet(CustomerRows):
    carried_by = Service.TRAININGS

    def visible_to(self, user: User) -> Self:
        """One's own, and those of people one books for. All, for the vendor."""
        if not user.is_active:
            return self.none()
        if user.is_vendor:
            return self
        return self.filter(Q(person=user) | Q(organisation__in=booked_for(user)))

    def seated(self) -> Self:
        """With a seat of their own, used or to be used."""
        return self.filter(state__in=[State.BOOKED, State.ATTENDED, State.NO_SHOW])

    def to_remind(self, at: datetime) -> Self:
        """With a seat in a session that begins shortly."""
        soon = (at, at + LINK_BEFORE)
        seats = self.filter(state=State.BOOKED, session__state=SessionState.OPEN)
        return seats.filter(session__during__startswith__range=soon)

    def to_answer(self, at: datetime) -> Self:
        """With an offer that runs, the one that ends first before the others."""
        rows = self.filter(state=State.OFFERED, offer_until__gt=at)
        return rows.select_related("session__course").order_by("offer_until", "pk")

    def living(self) -> Self:
        return self.exclude(state__in=ENDED)

    def for_lists(self) -> Self:
        return self.select_related("session__course", "person", "organisation", "booked_by")


class Enrolment(models.Model):
    session = models.ForeignKey(
        Session, models.PROTECT, related_name="enrolments", verbose_name=_("session")
    )
    person = models.ForeignKey(
        User, models.PROTECT, related_name="enrolments", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="enrolments",
        verbose_name=_("organisation"),
    )
    booked_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("booked by")
    )
    state = models.CharField(_("state"), max_length=9, choices=State)
    priority = models.SmallIntegerField(_("precedence"), default=0)
    queued_at = models.DateTimeField(_("waits since"), null=True)
    offer_until = models.DateTimeField(_("offered until"), null=True)
    # Booked together: all get seats, or none.
    party = models.UUIDField(null=True, editable=False)
    reason = models.TextField(_("reason"), blank=True)
    was_late = models.BooleanField(_("cancelled late"), default=False)
    # Of the last calendar message about it; a later one is always higher. None: never invited.
    sequence = models.PositiveIntegerField(null=True, editable=False)
    is_invited = models.BooleanField(default=False, editable=False)
    # How often it has changed: what tells one message about it from the next.
    turn = models.PositiveIntegerField(default=0, editable=False)
    wrong_codes = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["session", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_enrolment_per_person", fields=["session", "person"]),
            models.CheckConstraint(
                name="offers_run_out",
                condition=Q(state="offered") ^ Q(offer_until__isnull=True),
            ),
            models.CheckConstraint(
                name="codes_are_not_guessed", condition=Q(wrong_codes__lte=MOST_WRONG_CODES)
            ),
            models.CheckConstraint(
                name="an_invitation_has_its_sequence",
                condition=Q(is_invited=False) | Q(sequence__isnull=False),
            ),
            models.CheckConstraint(
                name="who_waits_has_a_place_in_line",
                condition=~Q(state__in=["requested", "waiting", "offered"])
                | Q(queued_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state"], name="enrolments_of_customers"),
            models.Index(
                fields=["offer_until"], condition=Q(state="offered"), name="offers_that_run"
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="enrolment_follows_next",
                field="state",
                transitions=[
                    (now, then) for now, all_next in NEXT.items() for then in sorted(all_next)
                ],
            ),
            pgtrigger.ReadOnly(name="enrolments_stay_whose_they_are", fields=["session", "person"]),
            pgtrigger.Trigger(
                name="seats_are_counted",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                declare=[("change", "integer := 0")],
                func=COUNT_SEATS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.session}"

    def link(self, at: datetime) -> str:
        """Where to join, shortly before it begins, for those with a seat; else nothing."""
        shown = self.state == State.BOOKED and at >= self.session.starts_at - LINK_BEFORE
        return self.session.link if shown else ""

    @property
    def is_living(self) -> bool:
        return self.state not in ENDED
