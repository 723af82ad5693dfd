"""A verdict and its follow-up as they come through the API."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from rest_framework import serializers

from releases.models import Correction, System, Wish
from supportdesk.web.api.fields import Choice, Day, Named, Text, Visible
from tickets import actions
from tickets.models import Defect, Verdict
from tickets.models.diagnosis import FOLLOW_UPS
from training.models import Topic


class Numbered(Named):
    """A row by its number; forms know text only."""

    def to_internal_value(self, data: Any) -> Model:
        text = str(data) if type(data) is int else data
        if not isinstance(text, str) or not (text.isascii() and text.isdecimal()):
            self.fail("invalid")
        if len(text) > 18:  # PostgreSQL's bigint
            self.fail("does_not_exist", slug_name=self.slug_field, value=text)
        return super().to_internal_value(text)


class VisibleNumber(Numbered, Visible):
    """The same of rows the caller may see."""


class FindingIn(serializers.Serializer):
    """Flat, so that files can come with it. What a verdict does not ask for is left."""

    verdict = Choice(Verdict.choices, required=False)
    note = Text(required=False, allow_blank=True, help_text="For colleagues.")
    defect = VisibleNumber(
        slug_field="number",
        queryset=Defect.objects.all(),
        required=False,
        help_text="Of a software defect: the number of one that is known.",
    )
    defect_title = Text(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="Of a new software defect: its title.",
    )
    defect_steps = Text(
        required=False,
        allow_blank=True,
        help_text="Of a new software defect: how it can be reproduced.",
    )
    topic = Named(
        slug_field="name",
        queryset=Topic.objects.offered(),
        required=False,
        help_text="Of a handling error: what people should be trained on.",
    )
    correction = Numbered(
        slug_field="number",
        queryset=Correction.objects.all(),
        required=False,
        help_text="Of a missing correction: its number.",
    )
    system = Visible(
        slug_field="code",
        queryset=System.objects.all(),
        required=False,
        help_text="Of a missing correction: where it is missing.",
    )
    wish = VisibleNumber(
        slug_field="number",
        queryset=Wish.objects.all(),
        required=False,
        help_text="Of a wish: the number of one that is known.",
    )
    wish_title = Text(
        required=False, allow_blank=True, max_length=200, help_text="Of a new wish: its title."
    )
    wish_text = Text(
        required=False, allow_blank=True, help_text="Of a new wish: what it should do."
    )
    difference = Text(
        required=False, allow_blank=True, help_text="Of a settings difference: from what."
    )
    differs_since = Day(required=False, help_text="Of a settings difference: since when.")


class LinkIn(serializers.Serializer):
    correction = Numbered(slug_field="number", queryset=Correction.objects.all())
    system = Visible(
        slug_field="code",
        queryset=System.objects.all(),
        required=False,
        help_text="Where it is missing; the ticket's own system when left out.",
    )
    text = Text(
        required=False,
        allow_blank=True,
        help_text="What the customer reads; left out, the desk says what brings it and when.",
    )


class UnlinkIn(serializers.Serializer):
    reason = Text(help_text="The customer reads it.")


PARTS = ("verdict", "note", *FOLLOW_UPS)


class DiagnoseIn(FindingIn):
    verdict = Choice(Verdict.choices)


def with_finding(given: dict[str, Any]) -> dict[str, Any]:
    """The same with the finding's parts put together; without a verdict there is none."""
    parts = {name: given.pop(name) for name in PARTS if name in given}
    told = given.pop("defect_title", ""), given.pop("defect_steps", "")
    if any(told):
        parts.setdefault("defect", actions.Fault(*told))
    wished = given.pop("wish_title", ""), given.pop("wish_text", "")
    if any(wished):
        parts.setdefault("wish", actions.NewWish(*wished))
    return {**given, "finding": actions.Finding(**parts) if "verdict" in parts else None}
