"""A month on call of one person, on the page and as a file for the pay office."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from oncall import statement
from supportdesk.accounts import access
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.web import sheets
from supportdesk.web.forms import DeskForm
from supportdesk.web.office import Room, colleague

MONTHS = 25  # this one and two years back: what a pay office asks about


class StatementForm(DeskForm):
    """Leads ask about everybody, also about who has left; all others about themselves."""

    month = forms.TypedChoiceField(label=_("Month"), coerce=date.fromisoformat)
    person = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, reader: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(pk=reader.pk)
        if access.may(reader, "roster.plan"):
            people = User.objects.filter(organisation=None).exclude(roles__contains=[Role.SYSTEM])
        self.fields["person"].queryset = people.order_by("name")  # type: ignore[attr-defined]
        self.fields["month"].choices = [  # type: ignore[attr-defined]
            (first.isoformat(), date_format(first, "F Y")) for first in _months(today)
        ]


class StatementPage(Room):
    def statement(self, request: HttpRequest) -> HttpResponse:
        reader, today = colleague(request), timezone.localdate()
        if not access.may(reader, "duty.confirm"):
            raise PermissionDenied
        asked = request.GET if "month" in request.GET else None
        first = {"month": today.replace(day=1).isoformat(), "person": reader.pk}
        form = StatementForm(asked, initial=first, reader=reader, today=today)
        found = None
        if not form.is_bound:
            found = statement.of(reader, statement.month(today))
        elif form.is_valid():
            found = statement.of(
                form.cleaned_data["person"], statement.month(form.cleaned_data["month"])
            )
        if found and "csv" in request.GET:
            name = f"on-call-{found.person.pk}-{request.GET['month'][:7]}"
            return sheets.download(name, sheets.as_csv(statement.rows(found)))
        return self.page(
            request,
            "admin/oncall/statement.html",
            status=422 if form.errors else 200,
            title=gettext("Monthly statement"),
            form=form,
            found=found,
            asked=request.GET.urlencode() if form.is_bound else _query(first),
        )


def _query(asked: dict[str, Any]) -> str:
    return "&".join(f"{name}={value}" for name, value in asked.items())


def _months(today: date) -> list[date]:
    """First days, the latest first."""
    found = [today.replace(day=1)]
    while len(found) < MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found
