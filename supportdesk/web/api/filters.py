"""What narrows a list: a filter that cannot be meant is refused, never passed over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema_field
from rest_framework.request import Request

from supportdesk.web.api.pages import PARAMETERS

LARGEST = 2**63 - 1  # of a bigint


class Asked(DjangoFilterBackend):
    """Builds the form of the filters only for a request that names more than the page it wants."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        if request.query_params.keys() <= PARAMETERS:
            return queryset
        return super().filter_queryset(request, queryset, view)


class _Moment(IsoDateTimeField):
    def to_python(self, value: Any) -> datetime | None:
        """In UTC: RFC 3339 allows offsets of up to a day, PostgreSQL does not."""
        try:
            found = super().to_python(value)
            return found.astimezone(UTC) if found else None
        except OverflowError:
            raise forms.ValidationError(self.error_messages["invalid"], "invalid") from None


class MomentFilter(django_filters.IsoDateTimeFilter):
    field_class = _Moment


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST})
class IdFilter(django_filters.Filter):
    """Rows that point at the one with this id."""

    field_class = forms.IntegerField

    def __init__(self, field: str, **options: Any) -> None:
        super().__init__(field, min_value=1, max_value=LARGEST, **options)


class CodeFilter(django_filters.CharFilter):
    """Rows that point at the one with this code. It is looked up first: PostgreSQL knows how many
    rows a key has, and of a code it has to guess.
    """

    def __init__(self, rows: QuerySet, field: str, **options: Any) -> None:
        super().__init__(field, **options)
        self.rows = rows

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        if not value:
            return qs
        keys = list(self.rows.filter(code=value).values_list("pk", flat=True))
        return qs.filter(**{f"{self.field_name}__in": keys})


class _Form(forms.Form):
    def clean(self) -> None:
        """An empty word finds everything, but an empty time is a slip, and lists too much."""
        for name, field in self.fields.items():
            if self.data.get(name) == "" and not isinstance(field, forms.CharField):
                self.add_error(
                    name, forms.ValidationError(_("Leave it out, or give a value."), "empty")
                )


class Filters(django_filters.FilterSet):
    class Meta:
        form = _Form
