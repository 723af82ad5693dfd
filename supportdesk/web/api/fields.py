"""Fields of what comes in: strict where REST framework is kind, and never past what is visible."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from rest_framework import serializers


class Text(serializers.CharField):
    """What people wrote, to the last blank; numbers and truth values are not text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, "max_length": 100_000, **options})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Named(serializers.SlugRelatedField):
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
