"""The ticket: its life, its facts, and what one can ask of tickets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex, GinIndex, OpClass
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Now, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models import Correction, Module, Package, System
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import CustomerRows, Organisation, Team, User
from tickets.models import stale

if TYPE_CHECKING:
    from tickets.models.defect import Defect

CLOSING_NOTICE = timedelta(days=3)  # told this long before
REOPEN_WINDOW = timedelta(days=14)  # after closing; later a follow-up is a new ticket


class Status(models.TextChoices):
    NEW = "new", _("New")
    OPEN = "open", _("In progress")
    WAITING_CUSTOMER = "waiting_customer", _("Waiting for customer")
    WAITING_DEVELOPMENT = "waiting_development", _("In development")
    WAITING_DELIVERY = "waiting_delivery", _("Waiting for delivery")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


NEXT: dict[Status, set[Status]] = {
    Status.NEW: {Status.OPEN, Status.RESOLVED, Status.CLOSED},
    Status.OPEN: {
        Status.WAITING_CUSTOMER,
        Status.WAITING_DEVELOPMENT,
        Status.WAITING_DELIVERY,
        Status.RESOLVED,
        Status.CLOSED,
    },
    Status.WAITING_CUSTOMER: {Status.OPEN, Status.RESOLVED},
    Status.WAITING_DEVELOPMENT: {Status.OPEN, Status.WAITING_DELIVERY, Status.RESOLVED},
    Status.WAITING_DELIVERY: {Status.OPEN, Status.RESOLVED},
    Status.RESOLVED: {Status.OPEN, Status.CLOSED},
    Status.CLOSED: {Status.OPEN},  # by the customer, within REOPEN_WINDOW
}
DONE = [Status.RESOLVED, Status.CLOSED]


class Turn(models.IntegerChoices):
    """Whose move it is. The database derives it."""

    OWED = 0, _("We owe an answer")
    OURS = 1, _("In our hands")
    THEIRS = 2, _("Waiting for others")
    NOBODY = 3, _("Done")


class Priority(models.IntegerChoices):
    """The published meanings stand in `PRIORITY_MEANINGS`."""

    STANDSTILL = 1, _("Standstill")
    SEVERE = 2, _("Severe")
    NORMAL = 3, _("Normal")
    QUESTION = 4, _("Question")


PRIORITY_MEANINGS = {
    Priority.STANDSTILL: _("Production is down or payments are wrong, and there is no workaround."),
    Priority.SEVERE: _("An important process is disturbed; a workaround costs a lot of effort."),
    Priority.NORMAL: _("A fault in daily work with a bearable workaround."),
    Priority.QUESTION: _("A question, or a fault that hardly disturbs."),
}


# Looked for, and not put into anybody's charge since.
SOUGHT_IN_VAIN = Q(routed_at__isnull=False) & (Q(assignee=None) | Q(assigned_at__lt=F("routed_at")))


# What is due for whom nothing is promised; an index has the same words.
NEVER = datetime(9000, 1, 1, tzinfo=UTC)
DUE_BY = Coalesce("due_at", Value(NEVER, output_field=models.DateTimeField()))


class TicketQuerySet(CustomerRows):
    def visible_to(self, user: User) -> Self:
        """Confidential ones: opener, caller, coordinators, assignee, leads and auditor only."""
        rows = super().visible_to(user)
        if user.is_any(Role.COORDINATOR, Role.LEAD, Role.AUDITOR, Role.SYSTEM):
            return rows
        mine = Q(opened_by=user) | Q(caller=user) | Q(assignee=user)
        return rows.filter(Q(confidential=False) | mine)

    def unresolved(self) -> Self:
        return self.exclude(status__in=DONE)

    def unrouted(self) -> Self:
        """Nobody has been found for these: the lead's list. A ticket handed on in vain is among
        them, though whoever had it keeps it until then.
        """
        return self.unresolved().filter(SOUGHT_IN_VAIN)

    def to_route(self) -> Self:
        """Nobody has looked for somebody yet: new ones, and those handed on to a team."""
        return self.unresolved().filter(routed_at=None)

    def longest_unrouted(self) -> Self:
        """Both kinds: first those nobody has looked at, then those looked at longest ago."""
        rows = self.unresolved().filter(Q(routed_at=None) | SOUGHT_IN_VAIN)
        return rows.order_by(F("routed_at").asc(nulls_first=True), "number")

    def by_need(self) -> Self:
        """What is due first; behind it what rests, the older first."""
        return self.order_by(F("due_at").asc(nulls_last=True), "number")

    def with_due_by(self) -> Self:
        """The same as a value that each ticket has: what rests is due at the end of time."""
        return self.annotate(due_by=DUE_BY)

    def waiting_for(self, user: User) -> Self:
        """Tickets where the next move is this customer's."""
        return self.visible_to(user).filter(status__in=[Status.WAITING_CUSTOMER, Status.RESOLVED])

    def due_to_close(self, at: datetime) -> Self:
        return self.filter(status=Status.RESOLVED, closes_at__lte=at)

    def to_look_at(self) -> Self:
        """Whose promises may have passed a level by now, the longest waiting first."""
        return self.filter(look_at__lte=Now()).order_by("look_at")

    def due_for_closing_notice(self, at: datetime) -> Self:
        return self.filter(
            status=Status.RESOLVED, closes_at__lte=at + CLOSING_NOTICE, closing_announced_at=None
        )

    def behind(self, defect: Defect) -> Self:
        """Whose verdict names it now; confidential ones too."""
        return self.filter(diagnosis__defect=defect)

    def awaiting(self) -> Self:
        """The solution is a correction, and its package or its import is waited for."""
        to_import = Q(status=Status.WAITING_CUSTOMER, package__isnull=False)
        return self.filter(Q(status=Status.WAITING_DELIVERY) | to_import)

    def for_lists(self) -> Self:
        return self.select_related(
            "organisation", "module", "system", "assignee", "team", "opened_by"
        )


class Ticket(models.Model):
    number = models.BigAutoField(_("number"), primary_key=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="tickets", verbose_name=_("organisation")
    )
    opened_by = models.ForeignKey(
        User, models.PROTECT, related_name="tickets_opened", verbose_name=_("opened by")
    )
    caller = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets_called_in",
        verbose_name=_("for"),
        help_text=_("Whom the ticket is for, when somebody else enters it."),
    )
    module = models.ForeignKey(
        Module, models.PROTECT, related_name="tickets", verbose_name=_("module")
    )
    system = models.ForeignKey(
        System,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        verbose_name=_("system"),
    )
    subject = models.CharField(_("subject"), max_length=200)
    external_number = models.CharField(_("your own number"), max_length=60, blank=True)
    message_id = models.CharField(_("message id or transaction"), max_length=120, blank=True)
    job = models.CharField(_("job"), max_length=120, blank=True)
    run_at = models.DateTimeField(_("run time"), null=True, blank=True)
    steps = models.TextField(_("steps to reproduce"), blank=True)
    already_checked = models.TextField(_("what levels 1 and 2 checked"), blank=True)
    customer_priority = models.SmallIntegerField(_("priority given by you"), choices=Priority)
    priority = models.SmallIntegerField(_("priority"), choices=Priority)
    confidential = models.BooleanField(_("confidential"), default=False)
    # The form it came from: sent twice by a double click, it opens one ticket.
    submission = models.UUIDField(null=True, editable=False)

    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.NEW, editable=False
    )
    team = models.ForeignKey(
        Team, models.PROTECT, related_name="tickets", verbose_name=_("team"), editable=False
    )
    assignee = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="tickets_assigned",
        verbose_name=_("in charge"),
        editable=False,
    )
    opened_at = models.DateTimeField(_("opened"), default=timezone.now, editable=False)
    routed_at = models.DateTimeField(_("routed"), null=True, editable=False)
    assigned_at = models.DateTimeField(_("assigned"), null=True, editable=False)
    # The customer's first message that nobody has answered yet; null when the move is not ours.
    unanswered_since = models.DateTimeField(_("unanswered since"), null=True, editable=False)
    turn = models.GeneratedField(
        expression=Case(
            When(status__in=DONE, then=Value(Turn.NOBODY)),
            When(unanswered_since__isnull=False, then=Value(Turn.OWED)),
            When(status__in=[Status.NEW, Status.OPEN], then=Value(Turn.OURS)),
            default=Value(Turn.THEIRS),
        ),
        output_field=models.SmallIntegerField(_("turn"), choices=Turn),
        db_persist=True,
    )
    # The verdict that holds; a ticket is not resolved without one.
    diagnosis = models.OneToOneField(
        "tickets.Diagnosis",
        models.PROTECT,
        null=True,
        related_name="holds_for",
        verbose_name=_("verdict"),
        editable=False,
    )
    # The earliest due time of its clocks; null while nothing runs.
    due_at = models.DateTimeField(_("due"), null=True, editable=False)
    # When the sweep looks whether a level of a promise is passed; null while nothing comes.
    look_at = models.DateTimeField(null=True, editable=False)
    # The date of the package that brings the solution: named when it starts to wait for delivery,
    # it stands in for the time of the solution until work goes on.
    promised_at = models.DateTimeField(_("promised"), null=True, editable=False)
    # The package itself, as far as one is known: waited for, or what the ticket was solved with.
    package = models.ForeignKey(
        Package,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("comes with"),
        editable=False,
    )
    resolved_at = models.DateTimeField(_("resolved"), null=True, editable=False)
    closes_at = models.DateTimeField(_("closes"), null=True, editable=False)
    closing_announced_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    changed_at = models.DateTimeField(_("last change"), default=timezone.now, editable=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="resolved_tickets_know_when_and_until",
                condition=~Q(status="resolved")
                | Q(resolved_at__isnull=False, closes_at__isnull=False),
            ),
            models.CheckConstraint(
                name="closed_tickets_know_when",
                condition=Q(status="closed") ^ Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="tickets_in_work_have_somebody",
                condition=Q(status__in=["new", "resolved", "closed"]) | Q(assignee__isnull=False),
            ),
            models.CheckConstraint(
                name="assigned_tickets_know_when",
                condition=Q(assignee__isnull=True) | Q(assigned_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_date_is_promised_while_it_waits_for_delivery",
                condition=Q(promised_at__isnull=True)
                | Q(status="waiting_customer", package__isnull=False)
                | Q(status__in=["waiting_delivery", "resolved", "closed"]),
            ),
            models.CheckConstraint(
                name="a_package_is_named_while_it_is_waited_for",
                condition=Q(package__isnull=True)
                | Q(status__in=["waiting_delivery", "waiting_customer", "resolved", "closed"]),
            ),
            models.UniqueConstraint(
                name="one_ticket_per_submission",
                fields=["opened_by", "submission"],
                condition=Q(submission__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-number"], name="tickets_of_customer"),
            models.Index(fields=["organisation", "status", "-number"], name="tickets_by_status"),
            models.Index(
                fields=["organisation", "-changed_at", "-number"], name="tickets_by_change"
            ),
            # For those who read several customers, or all.
            models.Index(fields=["changed_at", "number"], name="tickets_by_any_change"),
            models.Index(fields=["organisation", "priority", "number"], name="tickets_by_priority"),
            models.Index("organisation", DUE_BY, "number", name="tickets_by_promise"),
            models.Index(
                fields=["assignee", "due_at", "number"],
                condition=~Q(status__in=["resolved", "closed"]),
                name="tickets_on_my_list",
            ),
            models.Index(
                fields=["team", "due_at", "number"],
                condition=~Q(status__in=["resolved", "closed"]),
                name="tickets_on_team_list",
            ),
            models.Index(
                fields=["closes_at"], condition=Q(status="resolved"), name="tickets_about_to_close"
            ),
            models.Index(
                fields=["due_at", "number"],
                condition=~Q(status__in=["resolved", "closed"]) & SOUGHT_IN_VAIN,
                name="tickets_unrouted",
            ),
            models.Index(
                fields=["number"],
                condition=Q(routed_at=None) & ~Q(status__in=["resolved", "closed"]),
                name="tickets_to_route",
            ),
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="tickets_by_due_time"
            ),
            models.Index(
                fields=["look_at"], condition=Q(look_at__isnull=False), name="tickets_to_look_at"
            ),
            BrinIndex(fields=["opened_at"], name="tickets_by_opening"),  # for reports of a period
            models.Index(fields=["external_number"], name="tickets_by_external_number"),
            GinIndex(OpClass(Upper("subject"), "gin_trgm_ops"), name="tickets_by_subject"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="status_follows_next",
                field="status",
                transitions=[
                    (now, then) for now, all_next in NEXT.items() for then in sorted(all_next)
                ],
            ),
            # At the step, so that those resolved before there were verdicts can still be closed.
            pgtrigger.Protect(
                name="resolved_with_a_verdict",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__status="resolved", new__diagnosis_id__isnull=True)
                & ~pgtrigger.Q(old__status="resolved"),
            ),
            stale.when_written("number"),
            stale.when_changed("number", "subject", "external_number", "message_id", "job"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def seeks_somebody(self) -> bool:
        """Whether routing has to look: not done, and nobody was put in charge since it last did."""
        found = self.assigned_at and self.routed_at and self.assigned_at >= self.routed_at
        return self.status not in DONE and not found

    @property
    def remedy(self) -> Correction | None:
        """The correction that mends it: linked, or that of the defect behind it."""
        return self.diagnosis.remedy if self.diagnosis else None

    @property
    def is_awaiting(self) -> bool:
        """As `TicketQuerySet.awaiting`."""
        to_import = self.status == Status.WAITING_CUSTOMER and self.package_id is not None
        return to_import or self.status == Status.WAITING_DELIVERY

    def may_reopen(self, at: datetime) -> bool:
        """A closed ticket comes back only within REOPEN_WINDOW of closing."""
        return self.closed_at is None or at <= self.closed_at + REOPEN_WINDOW

    def has_side(self, user: User) -> str:
        """Whose move the reader's is: "us" for the vendor, "them" for the customer."""
        return "us" if user.is_vendor else "them"
