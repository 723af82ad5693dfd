"""The product through the API: modules, lines and the systems customers run."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter

from releases import delivery_page
from releases.import_api import ImportViewSet
from releases.inventory_api import InventoryViewSet
from releases.models import Delivery, Line, Module, PackageFile, Status, System
from supportdesk.accounts.models import Scope
from supportdesk.web.api.doors import DeskViewSet, Row, part
from supportdesk.web.api.wire import Content


class ModuleOut(Row):
    code = serializers.CharField()
    name = serializers.CharField()
    team = serializers.CharField(source="team.name")
    criticality = serializers.ChoiceField(Module.Criticality.choices)
    is_active = serializers.BooleanField(help_text="Whether tickets may be opened for it.")


class LineOut(Row):
    name = serializers.CharField()
    parent = serializers.CharField(  # type: ignore[assignment]  # a field, though fields have parents
        source="parent.name", allow_null=True
    )
    branch_level = serializers.IntegerField(allow_null=True)
    maintained_until = serializers.DateField(
        allow_null=True, help_text="The last day of its maintenance. Empty: not decided."
    )


class SystemOut(Row):
    id = serializers.IntegerField()
    code = serializers.CharField()
    organisation = serializers.CharField(
        source="organisation.code", allow_null=True, help_text="Empty for the vendor's lab."
    )
    purpose = serializers.ChoiceField(System.Purpose.choices)
    line = serializers.CharField(source="installed.line.name", allow_null=True)
    level = serializers.IntegerField(
        source="installed.level", allow_null=True, help_text="The support package it runs."
    )
    inventory_at = serializers.DateTimeField(
        allow_null=True, help_text="When line and level were last reported."
    )
    is_active = serializers.BooleanField()


class GivenPackageOut(Row):
    id = serializers.IntegerField()
    line = serializers.CharField(source="package.line.name")
    level = serializers.IntegerField(source="package.level")
    organisation = serializers.CharField(source="organisation.code", help_text="To whom.")
    wave = serializers.ChoiceField(Delivery.Wave.choices)
    delivered_at = serializers.DateTimeField()
    status = serializers.ChoiceField(
        Status.choices,
        source="package.status",
        help_text="`released`, or `withdrawn`: then it is no longer handed out.",
    )
    successor = serializers.IntegerField(
        source="package.successor.level",
        allow_null=True,
        help_text="The level to import instead of one that was withdrawn.",
    )


class PackageFileOut(Row):
    id = serializers.IntegerField()
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    sha256 = serializers.CharField(help_text="Of the whole file, as 64 hex digits.")


class ProductDoor(DeskViewSet):
    """Modules and lines are the same for everybody who is let in."""

    scope_to_read = Scope.PRODUCT_READ

    def get_queryset(self) -> QuerySet[Any]:
        return super(DeskViewSet, self).get_queryset()


class ModuleViewSet(ProductDoor):
    """The modules of the product: what a ticket is about."""

    queryset = Module.objects.all()
    out = ModuleOut
    unique = lookup_field = "code"
    orderings = ["code"]
    lookup_value_regex = r"[-\w]{1,12}"


class LineViewSet(ProductDoor):
    """The releases of the product."""

    queryset = Line.objects.all()
    out = LineOut
    unique = lookup_field = "name"
    orderings = ["name"]
    lookup_value_regex = r"[-.\w]{1,20}"


class SystemViewSet(DeskViewSet):
    """The installations of your organisation, and of those you act for."""

    queryset = System.objects.with_level()
    out = SystemOut
    scope_to_read = Scope.PRODUCT_READ
    lookup_value_regex = r"\d{1,18}"


class DeliveryViewSet(DeskViewSet):
    """Packages that your organisation, or one you import for, has been given."""

    queryset = Delivery.objects.given()
    out = GivenPackageOut
    scope_to_read = Scope.PRODUCT_READ
    lookup_value_regex = r"[0-9]{1,18}"

    @part(PackageFileOut)
    def files(self, delivery: Delivery) -> QuerySet[PackageFile]:
        """What the package consists of."""
        return delivery.package.files.all()

    @extend_schema(
        parameters=[OpenApiParameter("file", OpenApiTypes.INT, OpenApiParameter.PATH)],
        responses={(200, "*/*"): OpenApiTypes.BINARY},
    )
    @action(
        detail=True,
        renderer_classes=[Content],
        pagination_class=None,
        url_path=r"files/(?P<file>[0-9]{1,18})/content",
    )
    def file_content(self, request: Request, file: str, **address: Any) -> FileResponse:
        """One of its files. Each download is logged."""
        row = self.row()
        wanted = get_object_or_404(row.package.files.all(), pk=file)
        return delivery_page.answer(wanted, row, self.me)


router = SimpleRouter()
router.register("modules", ModuleViewSet)
router.register("lines", LineViewSet)
router.register("systems", SystemViewSet)
router.register("deliveries", DeliveryViewSet)
router.register("imports", ImportViewSet)
urlpatterns = [
    *router.urls,
    # Taken in and not kept: no inventory has an address of its own.
    path("inventories/", InventoryViewSet.as_view({"post": "create"}), name="inventory-list"),
]
