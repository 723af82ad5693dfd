"""The base of every API door: lists and rows over `visible_to`, and one POST per verb."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial, wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from supportdesk.accounts.models import User
from supportdesk.web.api import throttle
from supportdesk.web.api.idempotency import once
from supportdesk.web.api.pages import Keyset
from supportdesk.web.api.tokens import Called
from supportdesk.web.api.wire import JSONParser

Given = type[serializers.Serializer]
Method = Callable[..., Any]
WITH_FILES = [JSONParser, MultiPartParser]


class Row(serializers.Serializer):
    """What the API shows of a row: the columns named here, and no others.

    Read as columns and not through model instances, which is most of what makes a list quick.
    """

    @classmethod
    @cache
    def columns(cls) -> dict[str, str]:
        return {
            name: (field.source or name).replace(".", "__") for name, field in cls().fields.items()
        }

    @classmethod
    def of(cls, rows: QuerySet) -> list[dict[str, Any]]:
        names = list(cls.columns())
        values = rows.values_list(*cls.columns().values())
        return [dict(zip(names, row, strict=True)) for row in values]

    @classmethod
    def in_hand(cls, row: Model) -> dict[str, Any]:
        """The same of a row whose every value the verb has set itself: it is not read again."""
        return {name: _value(row, path) for name, path in cls.columns().items()}


class Courtesy(APIView):
    """Under every API view: the reader's language, the state of the throttle, no caching."""

    request: Called

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if "Accept-Language" not in request.headers:
            translation.activate(self.request.user.language)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        throttle.tell(request, answer)
        answer["Cache-Control"] = "no-store"
        return answer


class Nowhere(Courtesy):
    """Every address below /api/ that is none."""

    permission_classes = [IsAuthenticated]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound


class DeskViewSet(Courtesy, GenericViewSet):
    """Reads start from `visible_to`; every write is a `@verb`. Unmapped methods are refused."""

    out: type[Row]
    unique = "id"  # the field of `out` that tells rows apart and breaks ties in orderings
    orderings = ["id"]
    scope_to_read: str
    scope_to_write: str
    pagination_class = Keyset

    @property
    def me(self) -> User:
        """Who calls."""
        return self.request.user

    def get_queryset(self) -> QuerySet:
        rows: Any = super().get_queryset()
        return rows.visible_to(self.me)

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return self.out

    def row(self) -> Any:
        """The row of the address, if the caller can see it."""
        return get_object_or_404(self.get_queryset(), **self._address())

    def list(self, request: Request) -> Response:
        return self._page(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, **address: Any) -> Response:
        found = self.out.of(self.get_queryset().filter(**self._address()))
        if not found:
            raise NotFound
        return Response(found[0])

    def _address(self) -> dict[str, Any]:
        return {self.lookup_field: self.kwargs[self.lookup_field]}

    def _page(self, rows: QuerySet) -> Response:
        return self.get_paginated_response(self.paginate_queryset(rows))

    def _read(self, given: Given | None) -> dict[str, Any]:
        if given is None:
            return {}
        serializer = given(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def _answer(
        self, result: Any, *, out: type[Row] | None, status: int, in_hand: bool = False
    ) -> Response:
        if result is None:
            return Response(status=204)
        out = out or self.out
        if in_hand:
            return Response(out.in_hand(result), status)
        if not isinstance(result, Model):
            return Response(result, status)
        # Told as it is after the verb, even where the verb took it out of the caller's sight.
        (shown,) = out.of(type(result)._default_manager.filter(pk=result.pk))
        return Response(shown, status)


def verb(
    given: Given | None = None,
    *,
    out: type[Row] | None = None,
    status: int = 200,
    files: bool = False,
) -> Callable[[Method], Method]:
    """POST /{row}/{name}/. The method gets the visible row and what was given, calls one verb of
    the actions and returns its row, shown as `out` (the door's own by default) or, for None, 204.
    """

    def decorate(method: Method) -> Method:
        # Or every address of the door would answer to that method.
        assert method.__name__ not in APIView.http_method_names
        answer = partial(DeskViewSet._answer, out=out, status=status)
        handler = _handler(method, given, answer, files=files, on_row=True)
        shown = None if status == 204 else out or ShownByDoor
        parsers = WITH_FILES if files else [JSONParser]
        door = action(detail=True, methods=["post"], pagination_class=None, parser_classes=parsers)(
            handler
        )
        return extend_schema(
            request=_asked(given, files), responses={status: shown}, filters=False
        )(door)

    return decorate


def creates(
    given: Given,
    *,
    out: type[Row] | None = None,
    status: int = 201,
    files: bool = False,
    in_hand: bool = False,
) -> Callable[[Method], Method]:
    """POST on the collection; the method is named `create`. With files the door's own parsers must
    be WITH_FILES. `in_hand` answers with the verb's row as it is, see `Row.in_hand`.
    """

    def decorate(method: Method) -> Method:
        answer = partial(DeskViewSet._answer, out=out, status=status, in_hand=in_hand)
        handler = _handler(method, given, answer, files=files, on_row=False)
        return extend_schema(
            request=_asked(given, files), responses={status: out or ShownByDoor}, filters=False
        )(handler)

    return decorate


def part(out: type[Row], *, orderings: list[str] | None = None) -> Callable[[Method], Method]:
    """GET /{row}/{name}/: a page of what belongs to the row, as the method says."""

    def decorate(method: Method) -> Method:
        @wraps(method)
        def handler(self: DeskViewSet, request: Called, **address: Any) -> Response:
            return self._page(method(self, self.row()))

        own: dict[str, Any] = {"out": out, "unique": DeskViewSet.unique}
        own["orderings"] = orderings or DeskViewSet.orderings
        door = action(detail=True, **own)(handler)
        return extend_schema(responses=out(many=True), filters=False)(door)

    return decorate


class ShownByDoor(serializers.Serializer):
    """Stands for the door's own `out` in the schema; see schema.py."""


def _handler(
    method: Method, given: Given | None, answer: Method, *, files: bool, on_row: bool
) -> Method:
    @wraps(method)
    def handler(self: DeskViewSet, request: Called, **address: Any) -> Response:
        subject = [self.row()] if on_row else []

        def run() -> Response:
            facts = self._read(given)
            if files:
                facts["files"] = _files(request)
            return answer(self, method(self, *subject, **facts))

        return once(request, run)

    return handler


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        try:
            row = None if row is None else getattr(row, name)
        except ObjectDoesNotExist:  # the other side of a one-to-one that is not there
            row = None
    return row.astimezone(UTC) if isinstance(row, datetime) else row


def _files(request: Request) -> list[UploadedFile]:
    """What came under the name `files`; text there is a slip that must not be passed over."""
    sent = request.data.getlist("files") if hasattr(request.data, "getlist") else []
    if not all(isinstance(one, UploadedFile) for one in sent):
        raise ValidationError({"files": _("Send each file as a part with a file name.")})
    return sent


def _asked(given: Given | None, files: bool) -> Any:
    """How the schema describes the body: with files it may also come as a form."""
    if not files or given is None:
        return given
    return {"application/json": given, "multipart/form-data": _form(given)}


@cache
def _form(given: Given) -> Given:
    name = given.__name__.removesuffix("In") + "FormIn"
    several = serializers.ListField(
        child=serializers.FileField(), required=False, max_length=settings.ATTACHMENTS_PER_MESSAGE
    )
    return type(name, (given,), {"files": several})
