"""Defects through the API, so that a development tracker can follow and answer."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from releases.models import Correction, Module
from supportdesk.accounts.models import Scope
from supportdesk.web.api.doors import DeskViewSet, Row, part, verb
from supportdesk.web.api.fields import Day, Text
from supportdesk.web.api.filters import CodeFilter, Filters, MomentFilter
from tickets import actions
from tickets.findings import Numbered
from tickets.models import Defect, DefectComment, DefectState


class DefectOut(Row):
    number = serializers.IntegerField()
    title = serializers.CharField()
    module = serializers.CharField(source="module.code")
    area = serializers.CharField(
        source="area.name", allow_null=True, help_text="The development area in charge."
    )
    steps = serializers.CharField(help_text="How it can be reproduced.")
    line = serializers.CharField(source="line.name", allow_null=True)
    level = serializers.IntegerField(allow_null=True, help_text="The support package.")
    state = serializers.ChoiceField(DefectState.choices)
    correction = serializers.IntegerField(source="correction_id", allow_null=True)
    promised_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField(help_text="Why it was rejected.")
    tracker_key = serializers.CharField(help_text="Its number in development's own tracker.")
    reported_by = serializers.CharField(source="reported_by.name")
    reported_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    changed_at = serializers.DateTimeField()


class CommentOut(Row):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField(source="by.name")
    text = serializers.CharField()


class AcceptIn(serializers.Serializer):
    tracker_key = Text(required=False, allow_blank=True, max_length=60)


class FixIn(serializers.Serializer):
    correction = Numbered(slug_field="number", queryset=Correction.objects.all())
    promised_on = Day(required=False, help_text="The customers who wait read this day.")


class RejectIn(serializers.Serializer):
    reason = Text(help_text="For the specialists; customers never read it.")


class CommentIn(serializers.Serializer):
    text = Text()


class DefectFilter(Filters):
    state = django_filters.MultipleChoiceFilter(choices=DefectState.choices, distinct=False)
    module = CodeFilter(Module.objects.all(), "module")
    tracker_key = django_filters.CharFilter()
    changed_since = MomentFilter("changed_at", "gte")

    class Meta(Filters.Meta):
        model = Defect
        fields: list[str] = []


class DefectViewSet(DeskViewSet):
    """Faults of the product, as development sees them. Customers have none here."""

    queryset = Defect.objects.all()
    out = DefectOut
    filterset_class = DefectFilter
    unique = lookup_field = "number"
    orderings = ["-number", "number", "-changed_at", "changed_at"]
    lookup_value_regex = r"[0-9]{1,18}"
    scope_to_read = scope_to_write = Scope.DEFECTS

    @part(CommentOut)
    def comments(self, defect: Defect) -> QuerySet[DefectComment]:
        """What support and development said to each other, oldest first."""
        return defect.comments.all()

    @verb(AcceptIn)
    def accept(self, defect: Defect, **given: Any) -> Defect:
        """Take it on, under a number of your own."""
        return actions.accept_defect(defect, by=self.me, **given)

    @verb(FixIn)
    def fix(self, defect: Defect, **given: Any) -> Defect:
        """Name the correction that mends it: its tickets wait for delivery."""
        return actions.fix_defect(defect, by=self.me, **given)

    @verb(RejectIn)
    def reject(self, defect: Defect, **given: Any) -> Defect:
        """Say why it will not be corrected: its tickets go back to their specialists."""
        return actions.reject_defect(defect, by=self.me, **given)

    @verb(CommentIn, out=CommentOut, status=201)
    def comment(self, defect: Defect, **given: Any) -> DefectComment:
        """Say something to the specialists."""
        return actions.comment_on_defect(defect, by=self.me, **given)
