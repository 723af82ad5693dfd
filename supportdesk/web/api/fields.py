"""Fields of what comes in: strict where REST framework is kind, and never past what is visible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.fields import empty


class Text(serializers.CharField):
    """What people wrote, to the last blank; numbers and truth values are not text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, "max_length": 100_000, **options})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Truth(serializers.BooleanField):
    """True or false, and no "on", "no" or 0; forms spell the two words."""

    def to_internal_value(self, data: Any) -> bool:
        if _came_as_form(self) and data in ("true", "false"):
            return data == "true"
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Choice(serializers.ChoiceField):
    """One of the choices in its own type; forms know text only."""

    def to_internal_value(self, data: Any) -> Any:
        if _came_as_form(self):
            return super().to_internal_value(data)
        choices = list(self.choices)
        if isinstance(data, bool) or data not in choices:
            self.fail("invalid_choice", input=data)
        return choices[choices.index(data)]  # 2.0 is the integer 2, says JSON Schema


class _AsGiven(serializers.Field):
    """Left out or given: REST framework takes an empty part of a form for one that was left out."""

    def get_value(self, dictionary: Mapping[str, Any]) -> Any:
        return dictionary.get(str(self.field_name), empty)


class Moment(_AsGiven, serializers.DateTimeField):
    """A time with its zone; without one the desk's own is meant."""


class Day(_AsGiven, serializers.DateField):
    """A date of the calendar, in whatever zone the reader lives."""


def _came_as_form(field: serializers.Field) -> bool:
    return hasattr(field.root.initial_data, "lists")


class Named(_AsGiven, serializers.SlugRelatedField):
    """A row by the name people use for it, here for rows that everybody may see."""

    def to_internal_value(self, data: Any) -> Model:
        if not isinstance(data, str) or "\0" in data:  # PostgreSQL knows no NUL
            self.fail("invalid")
        return super().to_internal_value(data)


class Visible(Named):
    """A row the caller may see; what they may not see does not exist."""

    def get_queryset(self) -> QuerySet:
        rows: Any = super().get_queryset()
        return rows.visible_to(self.context["request"].user)
