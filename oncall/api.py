"""The roster and pages through the API: the rows that the office shows."""

from __future__ import annotations

import django_filters
from rest_framework import serializers
from rest_framework.routers import SimpleRouter

from oncall.models import Duty
from oncall.page_api import PageViewSet
from supportdesk.accounts.models import Scope
from supportdesk.web.api.doors import DeskViewSet, Row
from supportdesk.web.api.filters import Filters, MomentFilter


class DutyOut(Row):
    id = serializers.IntegerField()
    schedule = serializers.CharField(source="schedule.name")
    position = serializers.IntegerField(help_text="1 is asked first.")
    person = serializers.CharField(source="person.email")
    starts_at = serializers.DateTimeField(source="during.startswith")
    ends_at = serializers.DateTimeField(source="during.endswith")
    confirmed_at = serializers.DateTimeField(
        allow_null=True, help_text="When they confirmed to be reachable."
    )


class DutyFilter(Filters):
    schedule = django_filters.CharFilter("schedule__name")
    person = django_filters.CharFilter("person__email")
    ends_after = MomentFilter("during__endswith", "gt")
    starts_before = MomentFilter("during__startswith", "lt")

    class Meta(Filters.Meta):
        model = Duty
        fields: list[str] = []


class DutyViewSet(DeskViewSet):
    """Who is on call when: the final plan. The vendor's own people see it."""

    queryset = Duty.objects.all()
    out = DutyOut
    filterset_class = DutyFilter
    lookup_value_regex = r"[0-9]{1,18}"
    scope_to_read = Scope.TICKETS_READ


router = SimpleRouter()
router.register("duties", DutyViewSet)
router.register("pages", PageViewSet)
urlpatterns = router.urls
