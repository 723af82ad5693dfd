"""Lists in pages: from a position in the order, never from an offset, so depth costs nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

DEFAULT, MOST = 50, 100
PARAMETERS = {"cursor", "limit", "ordering"}
SALT = "supportdesk.web.api.pages"


class Keyset(BasePagination):
    """`orderings` of the view are its allow-list, the first its default; `unique` breaks ties.

    The cursor is signed, so what it holds is what we put there; it gives no rights, since the rows
    are filtered for the reader again on every page.
    """

    def paginate_queryset(  # type: ignore[override]  # our pages hold columns, no instances
        self, queryset: QuerySet, request: Request, view: Any = None
    ) -> list[dict[str, Any]]:
        self.request = request
        self.ordering = _ordering(request, view)
        self.fields = list(dict.fromkeys([self.ordering.lstrip("-"), view.unique]))
        limit = _limit(request)
        rows = self._after(queryset, request.query_params.get("cursor"))
        sign = "-" if self.ordering.startswith("-") else ""
        rows = rows.order_by(*(sign + field for field in self.fields))
        page = view.out.of(rows[: limit + 1])
        self.next = page[limit - 1] if len(page) > limit else None
        return page[:limit]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._next_link(), "results": data})

    def _after(self, rows: QuerySet, cursor: str | None) -> QuerySet:
        if not cursor:
            return rows
        try:
            ordering, *position = signing.loads(cursor, salt=SALT)
        except signing.BadSignature:
            ordering, position = None, []
        if ordering != self.ordering or len(position) != len(self.fields):
            raise ValidationError({"cursor": _("Take the address from “next” as it is.")})
        step = "lt" if ordering.startswith("-") else "gt"
        if len(self.fields) == 1:
            return rows.filter(Q((f"{self.fields[0]}__{step}", position[0])))
        (first, last), (value, tie) = self.fields, position
        # The outer bound is redundant, and what lets an index on the field start there.
        beyond = Q((f"{first}__{step}", value)) | Q((f"{last}__{step}", tie))
        return rows.filter(Q((f"{first}__{step}e", value)) & beyond)

    def _next_link(self) -> str | None:
        if self.next is None:
            return None
        values = [self.next[field] for field in self.fields]
        plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
        cursor = signing.dumps([self.ordering, *plain], salt=SALT)
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        number = {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT}
        parameters = [
            {"name": "cursor", "in": "query", "schema": {"type": "string"}},
            {"name": "limit", "in": "query", "schema": number},
        ]
        if len(view.orderings) > 1:
            choice = {"type": "string", "enum": view.orderings, "default": view.orderings[0]}
            parameters.append({"name": "ordering", "in": "query", "schema": choice})
        return parameters


def _ordering(request: Request, view: Any) -> str:
    wanted = request.query_params.get("ordering", view.orderings[0])
    if wanted not in view.orderings:
        raise ValidationError({"ordering": _("Choose one of: %s.") % ", ".join(view.orderings)})
    return wanted


def _limit(request: Request) -> int:
    given = request.query_params.get("limit", str(DEFAULT))
    if not (given.isascii() and given.isdigit() and len(given) < 4 and 1 <= int(given) <= MOST):
        raise ValidationError({"limit": _("From 1 to %d.") % MOST})
    return int(given)
