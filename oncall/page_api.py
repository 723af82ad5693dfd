"""Pages through the API: programs raise alarms, people's own tools read and take them."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from oncall import actions
from oncall.models import HandOver, Page, PageEvent, Policy
from supportdesk.accounts import access
from supportdesk.accounts.models import Scope
from supportdesk.errors import Invalid, Refused
from supportdesk.web.api.doors import DeskViewSet, Row, creates, part, verb
from supportdesk.web.api.fields import Text, Truth
from supportdesk.web.api.filters import Filters, MomentFilter

FROM_OUTSIDE = "alarm:"  # so that no program's key is one of the desk's own


class PageOut(Row):
    id = serializers.IntegerField()
    key = serializers.CharField(help_text="One page is open per key.")
    title = serializers.CharField()
    url = serializers.CharField(help_text="What it is about, in the back office.")
    state = serializers.ChoiceField(Page.State.choices)
    policy = serializers.CharField(source="policy.name")
    is_test = serializers.BooleanField()
    alarms = serializers.IntegerField(help_text="How often it was raised.")
    last_alarm_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField()
    goes_on_at = serializers.DateTimeField(
        source="due_at",
        allow_null=True,
        help_text="When the next step is called, or whoever has it in hand goes off duty.",
    )
    acknowledged_by = serializers.CharField(source="acknowledged_by.email", allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class EventOut(Row):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(PageEvent.Kind.choices)
    by = serializers.CharField(source="by.name", allow_null=True)


class HandOverOut(Row):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField(source="by.name")
    note = serializers.CharField()
    read_by = serializers.CharField(source="read_by.name", allow_null=True)
    read_at = serializers.DateTimeField(allow_null=True)


class PageIn(serializers.Serializer):
    key = Text(max_length=100, help_text="Alarms of one key are counted on the page that is open.")
    title = Text(max_length=200)
    policy = Text(
        required=False, max_length=80, help_text="By name; without one, that for tickets."
    )


class TakeIn(serializers.Serializer):
    note_read = Truth(required=False, help_text="True where a hand-over note is unread.")


class HandOverIn(serializers.Serializer):
    note = Text(max_length=5_000, help_text="For whoever is next, who must read it.")
    now = Truth(required=False, help_text="Call the next one now, not at the end of the shift.")


class PageFilter(Filters):
    state = django_filters.MultipleChoiceFilter(choices=Page.State.choices, distinct=False)
    key = django_filters.CharFilter()
    opened_since = MomentFilter("opened_at", "gte")

    class Meta(Filters.Meta):
        model = Page
        fields: list[str] = []


class PageViewSet(DeskViewSet):
    """Alarms that call people. The vendor's own people see them."""

    queryset = Page.objects.all()
    out = PageOut
    filterset_class = PageFilter
    orderings = ["-id", "id"]
    lookup_value_regex = r"[0-9]{1,18}"
    scope_to_read = Scope.PAGES

    @property
    def scope_to_write(self) -> str:  # type: ignore[override]
        """A program that raises alarms need not take them."""
        return Scope.ALARMS if self.action == "create" else Scope.PAGES

    @creates(PageIn)
    def create(self, key: str, title: str, policy: str = "") -> Page:
        """Call people, or count the alarm on the page of this key that is open."""
        key = FROM_OUTSIDE + key
        return actions.open_page(key, title, by=self.me, policy=self._policy(policy))

    @part(EventOut)
    def events(self, page: Page) -> QuerySet[PageEvent]:
        """What happened, oldest first."""
        return page.events.all()

    @part(HandOverOut)
    def hand_overs(self, page: Page) -> QuerySet[HandOver]:
        """Notes for whoever is next, oldest first."""
        return page.hand_overs.all()

    @verb(TakeIn)
    def acknowledge(self, page: Page, **given: Any) -> Page:
        """Take it: nobody else is called until your shift ends."""
        return actions.acknowledge(page, by=self.me, **given)

    @verb(HandOverIn)
    def hand_over(self, page: Page, **given: Any) -> Page:
        """Leave a note; with `now` the next one is called at once."""
        actions.hand_over(page, by=self.me, **given)
        return page

    @verb()
    def escalate(self, page: Page) -> Page:
        """Call the next step now."""
        return actions.escalate_page(page, by=self.me)

    @verb()
    def resolve(self, page: Page) -> Page:
        """It is over."""
        return actions.resolve(page, by=self.me)

    def _policy(self, name: str) -> Policy:
        access.require(self.me, "page.open")  # others learn of no policy
        rows = Policy.objects.visible_to(self.me)
        found = rows.filter(**({"name": name} if name else {"is_default": True})).first()
        if found is None and name:
            raise Invalid(_("There is no such paging policy."), "policy")
        if found is None:
            raise Refused(_("There is no paging policy yet."))
        return found
