"""The product through the API: modules, lines and the systems customers run."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.routers import SimpleRouter

from releases.models import Line, Module, System
from supportdesk.accounts.models import Scope
from supportdesk.web.api.doors import DeskViewSet, Row


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


router = SimpleRouter()
router.register("modules", ModuleViewSet)
router.register("lines", LineViewSet)
router.register("systems", SystemViewSet)
urlpatterns = router.urls
