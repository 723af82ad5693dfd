"""A verdict and its follow-up as they come through the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from supportdesk.web.api.fields import Choice, Day, Named, Text
from tickets import actions
from tickets.models import Verdict
from training.models import Topic


class FindingIn(serializers.Serializer):
    """Flat, so that files can come with it. What a verdict does not ask for is left."""

    verdict = Choice(Verdict.choices, required=False)
    note = Text(required=False, allow_blank=True, help_text="For colleagues.")
    topic = Named(
        slug_field="name",
        queryset=Topic.objects.offered(),
        required=False,
        help_text="Of a handling error: what people should be trained on.",
    )
    difference = Text(
        required=False, allow_blank=True, help_text="Of a settings difference: from what."
    )
    differs_since = Day(required=False, help_text="Of a settings difference: since when.")


PARTS = ("verdict", "note", "topic", "difference", "differs_since")


class DiagnoseIn(FindingIn):
    verdict = Choice(Verdict.choices)


def with_finding(given: dict[str, Any]) -> dict[str, Any]:
    """The same with the finding's parts put together; without a verdict there is none."""
    parts = {name: given.pop(name) for name in PARTS if name in given}
    return {**given, "finding": actions.Finding(**parts) if "verdict" in parts else None}
