"""What the API takes where a priority is changed, and an objection to it decided."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from supportdesk.web.api.fields import Choice, Text, Truth
from tickets import actions
from tickets.models import Priority


class StandstillIn(serializers.Serializer):
    """What a standstill demands, unless the customer has said it already."""

    contact_name = Text(
        max_length=120, required=False, allow_blank=True, help_text="A standstill demands it."
    )
    contact_phone = Text(
        max_length=40, required=False, allow_blank=True, help_text="A standstill demands it."
    )
    no_workaround = Truth(required=False, help_text="A standstill demands that it is confirmed.")

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        given = super().to_internal_value(data)
        said = {str(name): given.pop(name) for name in StandstillIn().fields if name in given}
        return {**given, "standstill": actions.Standstill(**said)}


class ChangePriorityIn(StandstillIn):
    priority = Choice(Priority.choices)
    reason = Text(help_text="The customer reads it.")


class DecideObjectionIn(StandstillIn):
    priority = Choice(Priority.choices, help_text="The one that holds from now on.")
    text = Text()
