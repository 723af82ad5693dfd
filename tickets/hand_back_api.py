"""What the API says and takes where a ticket goes back to levels 1 and 2."""

from __future__ import annotations

from rest_framework import serializers

from supportdesk.web.api.doors import Row
from supportdesk.web.api.fields import Text
from tickets.findings import Numbered
from tickets.models import CheckPoint


class CheckPointOut(Row):
    id = serializers.IntegerField()
    text = serializers.CharField()


class HandBackIn(serializers.Serializer):
    reason = Text(help_text="The customer reads it, and the points below it.")
    missing = serializers.ListField(
        child=Numbered(slug_field="id", queryset=CheckPoint.objects.all()),
        min_length=1,
        max_length=50,
        help_text="What should have been checked: ids of the ticket's check points.",
    )
