"""What the API shows of a ticket and of what is on it."""

from __future__ import annotations

from rest_framework import serializers

from supportdesk.web.api.doors import Row
from tickets.models import Attachment, Escalation, HistoryEntry, Message, Priority, Status


class TicketOut(Row):
    number = serializers.IntegerField()
    subject = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    priority = serializers.ChoiceField(Priority.choices)
    customer_priority = serializers.ChoiceField(Priority.choices)
    proposed_priority = serializers.ChoiceField(
        Priority.choices,
        source="impact.proposal",
        allow_null=True,
        help_text="What the answers about the effect spoke for when it was opened.",
    )
    organisation = serializers.CharField(source="organisation.code")
    module = serializers.CharField(source="module.code")
    system = serializers.CharField(source="system.code", allow_null=True)
    team = serializers.CharField(source="team.name")
    assignee = serializers.CharField(source="assignee.name", allow_null=True)
    opened_by = serializers.CharField(source="opened_by.name")
    caller = serializers.CharField(source="caller.name", allow_null=True)
    external_number = serializers.CharField()
    message_id = serializers.CharField()
    job = serializers.CharField()
    run_at = serializers.DateTimeField(allow_null=True)
    steps = serializers.CharField()
    already_checked = serializers.CharField()
    confidential = serializers.BooleanField()
    opened_at = serializers.DateTimeField()
    assigned_at = serializers.DateTimeField(allow_null=True)
    unanswered_since = serializers.DateTimeField(
        allow_null=True, help_text="The customer's first message nobody has answered yet."
    )
    promised_at = serializers.DateTimeField(
        allow_null=True, help_text="The end of the day on which its package is promised."
    )
    package_line = serializers.CharField(
        source="package.line.name",
        allow_null=True,
        help_text="Of the package that brings the solution, or has brought it.",
    )
    package_level = serializers.IntegerField(source="package.level", allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    changed_at = serializers.DateTimeField()


class MessageOut(Row):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    author = serializers.CharField(source="author.name")
    visibility = serializers.ChoiceField(Message.Visibility.choices)
    channel = serializers.ChoiceField(Message.Channel.choices)
    text = serializers.CharField()


class HistoryOut(Row):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(HistoryEntry.Kind.choices)
    by = serializers.CharField(source="by.name")
    status = serializers.ChoiceField(Status.choices, help_text="After this step.")
    assignee = serializers.CharField(source="assignee.name", allow_null=True)
    team = serializers.CharField(source="team.name")
    reason = serializers.CharField()
    priority_before = serializers.ChoiceField(Priority.choices, allow_null=True)
    priority = serializers.ChoiceField(
        Priority.choices, allow_null=True, help_text="Where the step changed the priority."
    )


class AttachmentOut(Row):
    id = serializers.IntegerField()
    ticket = serializers.IntegerField(source="ticket_id")
    message = serializers.IntegerField(source="message_id")
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    content_type = serializers.CharField()
    sha256 = serializers.CharField()
    scan = serializers.ChoiceField(Attachment.Scan.choices)
    uploaded_by = serializers.CharField(source="uploaded_by.name")
    created_at = serializers.DateTimeField()


class EscalationOut(Row):
    reason = serializers.ChoiceField(Escalation.Reason.choices)
    level = serializers.IntegerField()
    text = serializers.CharField()
    raised_by = serializers.CharField(source="raised_by.name")
    raised_at = serializers.DateTimeField()
    decision = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)
    end = serializers.CharField(help_text="decided, withdrawn, done; empty while it is open.")
