"""The OpenAPI description: what doors declare, and the problems every door shares."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import SAFE_METHODS

from supportdesk.web.api import idempotency
from supportdesk.web.api.doors import ShownByDoor
from supportdesk.web.api.problems import MEDIA_TYPE, ProblemOut

READING = {
    "400": "A parameter cannot be used.",
    "401": "No valid token.",
    "403": "The token's scopes or the role do not include this.",
    "404": "There is no such thing, or not for you.",
    "406": "We speak JSON only.",
    "429": "Too many requests; Retry-After says when to come back.",
}
WRITING = {
    **READING,
    "400": "The input cannot be used; `errors` says which field and why.",
    "409": "The row has moved on, or a request with the same key is being answered.",
    "413": "The request is too large.",
    "415": "The body is of another type than described.",
    "422": "The idempotency key was used for another request.",
}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "supportdesk.web.api.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        text = "A token from your profile, as `Token <token>`."
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": text}


class TextField(OpenApiSerializerFieldExtension):
    target_class = "supportdesk.web.api.fields.Text"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        """Verbs refuse what is nothing but blanks, as Python counts them."""
        found = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        if not self.target.allow_blank:
            found["pattern"] = r"[^\s\u001c-\u001f\u0085]"
        return found


class DeskSchema(AutoSchema):
    view: Any

    def get_override_parameters(self) -> list[Any]:
        if self.method != "POST":
            return []
        return [
            OpenApiParameter(
                idempotency.HEADER,
                {"type": "string", "pattern": f"^{idempotency.KEY.pattern}$"},
                OpenApiParameter.HEADER,
                description="Choose one per change: repeats with it within a day happen once.",
            )
        ]

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular does
        """The verb's own words, else the door's; never those of our base classes."""
        method = getattr(self.view, self.view.action, self.view)
        return (method.__doc__ or type(self.view).__doc__ or "").strip()

    def get_operation_id(self) -> str:
        noun = self._tokenize_path()[0].replace("-", "_")
        return f"{noun}_{self.view.action}"

    def get_tags(self) -> list[str]:
        return self._tokenize_path()[:1]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        told = READING if self.method in SAFE_METHODS else WRITING
        for status, description in told.items():
            shared = self._get_response_for_code(ProblemOut, status, [MEDIA_TYPE])
            bodies[status] = {**shared, "description": description}
        return bodies

    def _get_response_for_code(self, serializer: Any, status_code: Any, *args: Any, **kwargs: Any):  # type: ignore[no-untyped-def]
        if serializer is ShownByDoor:
            serializer = self.view.out
        return super()._get_response_for_code(serializer, status_code, *args, **kwargs)
