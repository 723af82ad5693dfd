"""Major faults through the API: what the portal's page says, for other people's tools."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from supportdesk.accounts.models import Scope
from supportdesk.web.api.doors import DeskViewSet, Row, part
from tickets.models import FaultUpdate, MajorFault


class MajorFaultOut(Row):
    id = serializers.IntegerField()
    title = serializers.CharField()
    text = serializers.CharField()
    declared_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class UpdateOut(Row):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    text = serializers.CharField()


class MajorFaultViewSet(DeskViewSet):
    """Major faults that concern your systems or your tickets. Leads declare them in the office."""

    queryset = MajorFault.objects.all()
    out = MajorFaultOut
    orderings = ["-id", "id"]
    lookup_value_regex = r"[0-9]{1,18}"
    scope_to_read = Scope.TICKETS_READ

    @part(UpdateOut)
    def updates(self, fault: MajorFault) -> QuerySet[FaultUpdate]:
        """What we told everybody concerned, oldest first."""
        return fault.updates.all()
