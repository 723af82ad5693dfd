"""Access to a customer's system: asked for with purpose and window, approved by the customer."""

from __future__ import annotations

from typing import Any, Self

import pgtrigger
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Case, F, Func, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from releases.models import System
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import CustomerRows, Mandate, Organisation, Service, User
from tickets.models.ticket import Ticket

# The clock that counts is the database's, at this very moment: not the transaction's begin.
CLOCK = Func(function="clock_timestamp", output_field=models.DateTimeField())


class Phase(models.TextChoices):
    """What a reader is told: the stored state, and what the clock makes of it."""

    ASKED = "asked", _("Waits for the customer")
    LAPSED = "lapsed", _("Not answered in time")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    COMING = "coming", _("Approved, not open yet")
    OPEN = "open", _("Open")
    EXPIRED = "expired", _("Expired")
    ENDED = "ended", _("Ended")


class AccessRequestQuerySet(CustomerRows):
    carried_by = Service.ACCESS
    organisation_field = "ticket__organisation"

    def visible_to(self, user: User) -> Self:
        """Whoever sees the ticket; providers only under a mandate that carries access, too."""
        rows = self.filter(ticket__in=Ticket.objects.visible_to(user))
        if user.is_vendor:
            return rows
        owners = Organisation.objects.numbers_within_reach(user, self.carried_by)
        return rows.filter(ticket__organisation__in=owners)

    def usable(self) -> Self:
        """Approved, and within the window by the database's clock."""
        return self.filter(state=AccessRequest.State.APPROVED, during__contains=CLOCK)

    def waiting(self) -> Self:
        """Asked for, not answered, and still of use."""
        return self.filter(state=AccessRequest.State.ASKED).exclude(during__endswith__lte=CLOCK)

    def waiting_for(self, user: User) -> Self:
        """What a coordinator of the customer has to answer."""
        if user.is_vendor or not user.is_any(Role.COORDINATOR):
            return self.none()
        return self.visible_to(user).waiting()

    def in_phase(self) -> Self:
        """With `phase`, as the database's clock has it."""
        state, kind = AccessRequest.State, Phase
        over = Q(during__endswith__lte=CLOCK)
        phase = Case(
            When(over, state=state.ASKED, then=Value(kind.LAPSED.value)),
            When(over, state=state.APPROVED, then=Value(kind.EXPIRED.value)),
            When(state=state.APPROVED, during__contains=CLOCK, then=Value(kind.OPEN.value)),
            When(state=state.APPROVED, then=Value(kind.COMING.value)),
            default=F("state"),
            output_field=models.CharField(),
        )
        return self.annotate(phase=phase)

    def with_ends(self) -> Self:
        """With both ends of the window as columns."""
        return self.annotate(starts_at=F("during__startswith"), ends_at=F("during__endswith"))

    def for_lists(self) -> Self:
        return self.in_phase().select_related(
            "ticket__organisation", "system", "asked_by", "decided_by", "ended_by"
        )


def deciders(organisation: Organisation) -> QuerySet[User]:
    """Coordinators of the customer, and of providers whose mandate carries access today."""
    mandates = Mandate.objects.valid().filter(
        insurer=organisation, carries__contains=[Service.ACCESS, Service.TICKETS]
    )
    near = Q(organisation=organisation) | Q(organisation__in=mandates.values("provider"))
    return User.objects.active().holding(Role.COORDINATOR).filter(near).order_by("name")


class AccessRequest(models.Model):
    """Personal: whoever asked uses it, nobody else. Holds no password and no address."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        ENDED = "ended", _("ended")

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="access_requests")
    system = models.ForeignKey(System, models.PROTECT, related_name="+", verbose_name=_("system"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"), db_default=CLOCK, editable=False)
    purpose = models.TextField(_("purpose"))
    during = DateTimeRangeField(_("window"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ASKED)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    answer = models.TextField(_("answer"), blank=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )

    objects = AccessRequestQuerySet.as_manager()
    phase: str  # of rows read `in_phase`

    class Meta:
        verbose_name = _("access request")
        verbose_name_plural = _("access requests")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="nobody_approves_their_own_access", condition=~Q(decided_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="access_windows_have_two_ends",
                condition=Q(during__isempty=False)
                & Q(during__lower_inf=False)
                & Q(during__upper_inf=False),
            ),
            models.CheckConstraint(
                name="answered_access_requests_say_by_whom",
                condition=Q(state__in=["asked", "withdrawn"], decided_by__isnull=True)
                | Q(state__in=["approved", "declined", "ended"], decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="ended_access_says_by_whom",
                condition=Q(state="ended", ended_by__isnull=False)
                | ~Q(state="ended") & Q(ended_by__isnull=True),
            ),
            models.UniqueConstraint(
                name="one_open_access_request",
                fields=["ticket", "system", "asked_by"],
                condition=Q(state="asked"),
            ),
        ]
        indexes = [
            models.Index(fields=["ticket"], condition=Q(state="asked"), name="access_asked_for"),
        ]
        triggers = [
            # What the customer has approved stays what it was: another window is another request.
            pgtrigger.ReadOnly(
                name="access_is_not_widened",
                fields=["ticket", "system", "asked_by", "purpose", "during"],
            ),
            pgtrigger.Protect(name="access_is_not_deleted", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="access_goes_forward",
                field="state",
                transitions=[
                    ("asked", "approved"),
                    ("asked", "declined"),
                    ("asked", "withdrawn"),
                    ("approved", "ended"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}, {self.system_id}"

    @property
    def phase_name(self) -> Any:
        return Phase(self.phase).label

    @property
    def look(self) -> str:
        """The kind of chip that says the phase, see the template tag."""
        looks = {Phase.OPEN: "ok", Phase.ASKED: "you", Phase.COMING: "us", Phase.DECLINED: "bad"}
        return looks.get(Phase(self.phase), "off")

    @property
    def sign(self) -> str:
        signs = {Phase.OPEN: "check", Phase.ASKED: "back", Phase.COMING: "pause"}
        return signs.get(Phase(self.phase), "lock")


NEXT: dict[str, set[str]] = {
    AccessRequest.State.ASKED: {
        AccessRequest.State.APPROVED,
        AccessRequest.State.DECLINED,
        AccessRequest.State.WITHDRAWN,
    },
    AccessRequest.State.APPROVED: {AccessRequest.State.ENDED},
}
GUARD = """
    SELECT state, during INTO access FROM tickets_accessrequest
        WHERE id = NEW.request_id FOR SHARE;
    NEW.at = clock_timestamp();
    IF NEW.kind = 'begun' AND (access.state <> 'approved' OR NOT access.during @> NEW.at) THEN
        RAISE check_violation USING MESSAGE = 'access is used only while it is open';
    END IF;
    RETURN NEW;
"""


class AccessEntry(models.Model):
    """The log of an access: what happened, who did it, when. Never changed."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("asked for")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        BEGUN = "begun", _("use begun")
        DONE = "done", _("use ended")
        ENDED = "ended", _("given back")
        REVOKED = "revoked", _("revoked by the customer")

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="log")
    kind = models.CharField(max_length=9, choices=Kind)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=CLOCK, editable=False)
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("access entry")
        verbose_name_plural = _("access log")
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(
                name="access_log_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="access_is_used_while_open",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                declare=[("access", "record")],
                func=GUARD,
            ),
        ]
