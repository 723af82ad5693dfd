"""Tickets through the API: what the portal and the back office do, for other people's tools."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter

from releases.models import Module, System
from supportdesk.accounts.models import Organisation, Scope, Team, User
from supportdesk.web.api.doors import WITH_FILES, DeskViewSet, creates, part, verb
from supportdesk.web.api.fields import Choice, Moment, Named, Text, Truth, Visible
from supportdesk.web.api.wire import Content
from tickets import actions, files, impact, proposal
from tickets.access_api import AccessRequestViewSet
from tickets.defect_api import DefectViewSet
from tickets.fault_api import MajorFaultViewSet
from tickets.filters import TicketFilter
from tickets.findings import DiagnoseIn, FindingIn, LinkIn, UnlinkIn, with_finding
from tickets.hand_back_api import CheckPointOut, HandBackIn
from tickets.models import (
    QUESTIONS,
    Attachment,
    CheckPoint,
    Escalation,
    HistoryEntry,
    Impact,
    Message,
    Priority,
    Ticket,
)
from tickets.priority_api import ChangePriorityIn, DecideObjectionIn
from tickets.shown_api import AttachmentOut, EscalationOut, HistoryOut, MessageOut, TicketOut

API = Message.Channel.API
ANSWER = "One answer about the effect: together they propose a priority."


class OpenIn(serializers.Serializer):
    organisation = Visible(
        slug_field="code",
        queryset=Organisation.objects.all(),
        required=False,
        help_text="Your own when left out; the vendor's staff always name one.",
    )
    module = Named(slug_field="code", queryset=Module.objects.select_related("team__calendar"))
    system = Visible(slug_field="code", queryset=System.objects.all(), required=False)
    caller = Visible(
        slug_field="email",
        queryset=User.objects.all(),
        required=False,
        help_text="Whom the ticket is for, when somebody else enters it: their e-mail address.",
    )
    subject = Text(max_length=200)
    text = Text()
    customer_priority = Choice(Priority.choices)
    external_number = Text(max_length=60, required=False, allow_blank=True)
    message_id = Text(max_length=120, required=False, allow_blank=True)
    job = Text(max_length=120, required=False, allow_blank=True)
    run_at = Moment(required=False)
    steps = Text(required=False, allow_blank=True)
    already_checked = Text(required=False, allow_blank=True)
    confidential = Truth(required=False)
    production = Choice(Impact.Production.choices, required=False, help_text=ANSWER)
    payments = Choice(Impact.Payments.choices, required=False, help_text=ANSWER)
    workaround = Choice(
        Impact.Workaround.choices, required=False, help_text="A standstill demands “none”."
    )
    affected = Choice(Impact.Affected.choices, required=False, help_text=ANSWER)
    deadline = Choice(Impact.Deadline.choices, required=False, help_text=ANSWER)
    contact_name = Text(
        max_length=120, required=False, allow_blank=True, help_text="A standstill demands it."
    )
    contact_phone = Text(
        max_length=40, required=False, allow_blank=True, help_text="A standstill demands it."
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        own = {"organisation": self.context["request"].user.organisation}
        if (given := own | given)["organisation"] is None:
            required = self.fields["organisation"].error_messages["required"]
            raise serializers.ValidationError({"organisation": required}, "required")
        self._refuse_a_bare_standstill(given)
        return given

    def _refuse_a_bare_standstill(self, given: dict[str, Any]) -> None:
        """All that is missing at once; the verb would name the first."""
        answers = impact.Answers(**{name: given.get(name, "") for name in QUESTIONS})
        words = [given.get(name, "") for name in ("contact_name", "contact_phone")]
        missing = impact.missing(given["customer_priority"], answers, *words)
        if missing:
            errors = {name: str(proposal.MISSING[name]) for name in missing}
            raise serializers.ValidationError(errors, "required")


class WithdrawVerdictIn(serializers.Serializer):
    reason = Text(help_text="For colleagues.")


class SayIn(serializers.Serializer):
    text = Text()


class AssignIn(serializers.Serializer):
    to = Visible(slug_field="email", queryset=User.objects.all(), help_text="An e-mail address.")
    reason = Text(required=False, allow_blank=True)


class HandOnIn(serializers.Serializer):
    team = Named(slug_field="name", queryset=Team.objects.all())
    to = Visible(
        slug_field="email",
        queryset=User.objects.all(),
        required=False,
        help_text="Somebody of that team; routed again when left out.",
    )
    reason = Text()


class WaitIn(serializers.Serializer):
    question = Text()


class ResumeIn(serializers.Serializer):
    reason = Text(required=False, allow_blank=True)


class ResolveIn(FindingIn):
    answer = Text()


class ReopenIn(serializers.Serializer):
    reason = Text()


class ObjectIn(serializers.Serializer):
    text = Text()


class EscalateIn(serializers.Serializer):
    text = Text(help_text="What must be decided, and until when.")


class TicketViewSet(DeskViewSet):
    """Tickets of your organisation, and of those you act for."""

    queryset = Ticket.objects.all()
    out = TicketOut
    filterset_class = TicketFilter
    unique = lookup_field = "number"
    orderings = ["-number", "number", "-changed_at", "changed_at"]
    lookup_value_regex = r"[0-9]{1,18}"
    scope_to_read = Scope.TICKETS_READ
    scope_to_write = Scope.TICKETS_WRITE
    parser_classes = WITH_FILES

    @creates(OpenIn, files=True, in_hand=True)
    def create(self, **given: Any) -> Ticket:
        """Open a ticket. It is routed moments later."""
        return actions.open_ticket(actions.Report(**given), by=self.me, channel=API)

    @part(MessageOut)
    def messages(self, ticket: Ticket) -> QuerySet[Message]:
        """What was said, oldest first. Customers never see internal notes."""
        return ticket.messages.readable_by(self.me)

    @part(HistoryOut)
    def history(self, ticket: Ticket) -> QuerySet[HistoryEntry]:
        """What happened to the ticket, oldest first."""
        return ticket.history.readable_by(self.me)

    @part(AttachmentOut)
    def attachments(self, ticket: Ticket) -> QuerySet[Attachment]:
        """The files of the ticket; their content has an address of its own."""
        return ticket.attachments.readable_by(self.me)

    @verb(SayIn, out=MessageOut, status=201, files=True)
    def reply(self, ticket: Ticket, **given: Any) -> Message:
        """Say something the customer reads. A resolved ticket is confirmed or reopened instead."""
        return actions.reply(ticket, by=self.me, channel=API, **given)

    @verb(SayIn, out=MessageOut, status=201, files=True)
    def note(self, ticket: Ticket, **given: Any) -> Message:
        """Say something only the vendor reads."""
        return actions.note(ticket, by=self.me, channel=API, **given)

    @verb()
    def take(self, ticket: Ticket) -> Ticket:
        """Take charge of the ticket."""
        return actions.take(ticket, by=self.me)

    @verb(AssignIn)
    def assign(self, ticket: Ticket, **given: Any) -> Ticket:
        """Put a specialist in charge."""
        return actions.assign(ticket, by=self.me, **given)

    @verb(HandOnIn)
    def hand_on(self, ticket: Ticket, **given: Any) -> Ticket:
        """Give the ticket to another team."""
        return actions.hand_on(ticket, by=self.me, **given)

    @verb(ChangePriorityIn)
    def change_priority(self, ticket: Ticket, **given: Any) -> Ticket:
        """Set another priority; the customer's own stays beside it, and they read the reason."""
        return actions.change_priority(ticket, by=self.me, **given)

    @verb(ObjectIn)
    def object(self, ticket: Ticket, **given: Any) -> Ticket:
        """Object to a changed priority, once: a lead decides."""
        return actions.object_to_priority(ticket, by=self.me, **given)

    @verb(DecideObjectionIn)
    def decide_objection(self, ticket: Ticket, **given: Any) -> Ticket:
        """Decide on the customer's objection, for good."""
        return actions.decide_objection(ticket, by=self.me, **given)

    @part(EscalationOut)
    def escalations(self, ticket: Ticket) -> QuerySet[Escalation]:
        """What was brought before a lead; customers see what they raised themselves."""
        rows = Escalation.objects.visible_to(self.me).filter(ticket=ticket)
        return rows.select_related("raised_by")

    @verb(EscalateIn, out=EscalationOut, status=201)
    def escalate(self, ticket: Ticket, text: str) -> Escalation:
        """Bring the ticket before a lead, for the customer."""
        reason = Escalation.Reason.CUSTOMER
        return actions.escalate(ticket, by=self.me, reason=reason, text=text)

    @verb(WaitIn, files=True)
    def wait_for_customer(self, ticket: Ticket, **given: Any) -> Ticket:
        """Ask the customer, and wait."""
        return actions.wait_for_customer(ticket, by=self.me, channel=API, **given)

    @part(CheckPointOut)
    def check_points(self, ticket: Ticket) -> QuerySet[CheckPoint]:
        """What levels 1 and 2 are asked to check for this module."""
        return CheckPoint.objects.asked_of(ticket.module)

    @verb(HandBackIn)
    def hand_back(self, ticket: Ticket, **given: Any) -> Ticket:
        """Hand back to levels 1 and 2, and wait for what they find."""
        return actions.hand_back(ticket, by=self.me, channel=API, **given).ticket

    @verb(ResumeIn)
    def resume(self, ticket: Ticket, **given: Any) -> Ticket:
        """Take the turn back without waiting any longer."""
        return actions.resume(ticket, by=self.me, **given)

    @verb(ResolveIn, files=True)
    def resolve(self, ticket: Ticket, **given: Any) -> Ticket:
        """Tell the solution and ask for confirmation. Demands a verdict, now or before."""
        return actions.resolve(ticket, by=self.me, channel=API, **with_finding(given))

    @verb(DiagnoseIn)
    def diagnose(self, ticket: Ticket, **given: Any) -> Ticket:
        """Say what the cause was, with what the verdict demands."""
        return actions.diagnose(ticket, by=self.me, **with_finding(given))

    @verb(WithdrawVerdictIn)
    def withdraw_verdict(self, ticket: Ticket, **given: Any) -> Ticket:
        """Say that nobody knows the cause after all."""
        return actions.withdraw_verdict(ticket, by=self.me, **given)

    @verb(LinkIn)
    def link_correction(self, ticket: Ticket, **given: Any) -> Ticket:
        """Name the correction that mends it: the ticket waits for its package, or its import."""
        return actions.link_correction(ticket, by=self.me, channel=API, **given)

    @verb(UnlinkIn)
    def unlink_correction(self, ticket: Ticket, **given: Any) -> Ticket:
        """It was another one: back into work."""
        return actions.unlink_correction(ticket, by=self.me, **given)

    @verb()
    def confirm(self, ticket: Ticket) -> Ticket:
        """Agree that it is solved: the ticket is closed."""
        return actions.confirm(ticket, by=self.me)

    @verb(ReopenIn, files=True)
    def reopen(self, ticket: Ticket, **given: Any) -> Ticket:
        """Say that it is not solved after all. Closed tickets only within 14 days."""
        return actions.reopen(ticket, by=self.me, channel=API, **given)


class AttachmentViewSet(DeskViewSet):
    """Files on the tickets you see."""

    queryset = Attachment.objects.all()
    out = AttachmentOut
    lookup_value_regex = r"[0-9]{1,18}"
    scope_to_read = Scope.TICKETS_READ

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})
    @action(detail=True, renderer_classes=[Content], pagination_class=None)
    def content(self, request: Request, **address: Any) -> FileResponse:
        """The content of the file, once the scanner let it through."""
        return files.download(self.row(), self.me)


router = SimpleRouter()
router.register("tickets", TicketViewSet)
router.register("access-requests", AccessRequestViewSet)
router.register("attachments", AttachmentViewSet)
router.register("defects", DefectViewSet)
router.register("major-faults", MajorFaultViewSet)
urlpatterns = router.urls
