"""Access to customers' systems through the API: read only, decided on in the portal."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from supportdesk.accounts.models import Scope
from supportdesk.web.api.doors import DeskViewSet, Row, part
from tickets.models import AccessEntry, AccessRequest
from tickets.models.access_request import Phase


class AccessRequestOut(Row):
    id = serializers.IntegerField()
    ticket = serializers.IntegerField(source="ticket_id")
    system = serializers.CharField(source="system.code")
    asked_by = serializers.CharField(source="asked_by.name")
    asked_at = serializers.DateTimeField()
    purpose = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    phase = serializers.ChoiceField(Phase.choices, help_text="By the clock of our database.")
    decided_by = serializers.CharField(source="decided_by.name", allow_null=True)
    answer = serializers.CharField()
    ended_by = serializers.CharField(source="ended_by.name", allow_null=True)


class AccessEntryOut(Row):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(AccessEntry.Kind.choices)
    by = serializers.CharField(source="by.name")
    text = serializers.CharField()


class AccessRequestViewSet(DeskViewSet):
    """Access to your systems: asked for, approved, used. Coordinators decide in the portal."""

    queryset = AccessRequest.objects.in_phase().with_ends()
    out = AccessRequestOut
    orderings = ["-id", "id"]
    lookup_value_regex = r"[0-9]{1,18}"
    scope_to_read = Scope.TICKETS_READ

    @part(AccessEntryOut)
    def log(self, request: AccessRequest) -> QuerySet[AccessEntry]:
        """What happened, oldest first; nobody can change it."""
        return request.log.all()
