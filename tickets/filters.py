"""What narrows the list of tickets in the API."""

from __future__ import annotations

from typing import cast

import django_filters
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError

from releases.models import Module, System
from supportdesk.accounts.models import Organisation, User
from supportdesk.web.api.filters import CodeFilter, Filters, MomentFilter
from tickets.models import Priority, Status, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.search import find


class TicketFilter(Filters):
    status = django_filters.MultipleChoiceFilter(choices=Status.choices, distinct=False)
    priority = django_filters.MultipleChoiceFilter(choices=Priority.choices, distinct=False)
    module = CodeFilter(Module.objects.all(), "module")
    system = CodeFilter(System.objects.all(), "system")
    organisation = CodeFilter(Organisation.objects.all(), "organisation")
    external_number = django_filters.CharFilter()
    opened_after = MomentFilter("opened_at", "gte")
    opened_before = MomentFilter("opened_at", "lt")
    changed_since = MomentFilter("changed_at", "gte")
    q = django_filters.CharFilter(
        method="search", label="Words, a number, and filters as in `status:open module:beitrag`."
    )

    class Meta(Filters.Meta):
        model = Ticket
        fields: list[str] = []

    def search(self, rows: TicketQuerySet, _name: str, value: str) -> QuerySet[Ticket]:
        reader = cast("User", self.request.user)
        sought = find.prepare(value, reader)
        if sought.problems:
            raise ValidationError({"q": sought.problems})
        return find.matching(rows, sought, reader)
