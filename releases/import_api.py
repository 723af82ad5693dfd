"""Imports through the API: what a script says after its nightly run."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from releases import actions
from releases.forms import HIGHEST
from releases.models import Import, ImportState, Line, Package, System
from supportdesk.accounts import access
from supportdesk.accounts.models import Scope
from supportdesk.errors import Invalid
from supportdesk.web.api.doors import DeskViewSet, Row, creates, verb
from supportdesk.web.api.fields import Day, Named, Text
from supportdesk.web.api.filters import CodeFilter, Filters, MomentFilter


class ImportOut(Row):
    id = serializers.IntegerField()
    system = serializers.CharField(source="system.code")
    organisation = serializers.CharField(source="system.organisation.code")
    line = serializers.CharField(source="package.line.name")
    level = serializers.IntegerField(source="package.level")
    state = serializers.ChoiceField(ImportState.choices)
    planned_for = serializers.DateField()
    planned_by = serializers.CharField(source="planned_by.name")
    planned_at = serializers.DateTimeField()
    ended_by = serializers.CharField(source="ended_by.name", allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField()
    before_line = serializers.CharField(
        source="before_line.name",
        allow_null=True,
        help_text="What ran before, which may come back.",
    )
    before_level = serializers.IntegerField(allow_null=True)
    rolled_back_by = serializers.CharField(source="rolled_back_by.name", allow_null=True)
    rolled_back_at = serializers.DateTimeField(allow_null=True)
    rolled_back_because = serializers.CharField()


class Level(serializers.IntegerField):
    """Whole numbers only: no texts, no truth values."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int and not (type(data) is float and data.is_integer()):
            self.fail("invalid")
        return super().to_internal_value(int(data))


class Kept(Named):
    """A system the caller may speak for; any other does not exist."""

    default_error_messages = {"does_not_exist": gettext_lazy("We know of no such system of yours.")}

    def get_queryset(self) -> QuerySet:
        return System.objects.kept_by(self.context["request"].user)


class PlanImportIn(serializers.Serializer):
    system = Kept(slug_field="code", queryset=System.objects.none())
    line = Named(slug_field="name", queryset=Line.objects.all())
    level = Level(min_value=0, max_value=HIGHEST, help_text="The support package; 0: the release.")
    planned_for = Day()


class FailedIn(serializers.Serializer):
    text = Text(help_text="What went wrong. We are told.")


class RollBackIn(serializers.Serializer):
    why = Text(help_text="We are told.")


class ImportFilter(Filters):
    state = django_filters.MultipleChoiceFilter(choices=ImportState.choices, distinct=False)
    system = CodeFilter(System.objects.all(), "system")
    planned_since = MomentFilter("planned_at", "gte")

    class Meta(Filters.Meta):
        model = Import
        fields: list[str] = []


class ImportViewSet(DeskViewSet):
    """Packages going into your systems: planned, confirmed, failed, rolled back."""

    queryset = Import.objects.all()
    out = ImportOut
    filterset_class = ImportFilter
    orderings = ["-id", "id"]
    lookup_value_regex = r"[0-9]{1,18}"
    scope_to_read = Scope.PRODUCT_READ
    scope_to_write = Scope.IMPORTS

    @creates(PlanImportIn)
    def create(self, system: System, line: Line, level: int, planned_for: date) -> Import:
        """Plan an import; one at a time per system."""
        access.require(self.me, "import.plan")
        package = Package.objects.visible_to(self.me).filter(line=line, level=level).first()
        if package is None:
            raise Invalid(_("It is not delivered to you."), "level")
        try:
            return actions.plan_import(system, package, by=self.me, planned_for=planned_for)
        except Invalid as error:  # callers name a package by line and level
            error.field = "level" if error.field == "package" else error.field
            raise

    @verb()
    def confirm(self, plan: Import) -> Import:
        """It runs: the system's level is the package's from now on."""
        return actions.confirm_import(plan, by=self.me)

    @verb(FailedIn)
    def fail(self, plan: Import, text: str) -> Import:
        """It did not work. The level stays what it was."""
        return actions.import_failed(plan, by=self.me, text=text)

    @verb()
    def drop(self, plan: Import) -> Import:
        """Give the plan up."""
        return actions.drop_import(plan, by=self.me)

    @verb(RollBackIn)
    def roll_back(self, done: Import, why: str) -> Import:
        """Take a confirmed import back: what ran before runs again."""
        return actions.roll_back(done, by=self.me, why=why)
