"""Work lists: mine, my team's, nobody's, all; filtered, searched, and cut by keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from releases.models import Module
from supportdesk.accounts import access
from supportdesk.accounts.models import Organisation, Team, User
from tickets.forms import looked_for
from tickets.models import Priority, Status, Ticket, Turn
from tickets.models.ticket import TicketQuerySet
from tickets.search import find
from tickets.search.find import Sought

PAGE = 50
NEIGHBOURS = 200  # how far "3 of 9, previous, next" looks into a list
UNDONE = "undone"


@dataclass(frozen=True)
class WorkList:
    name: str
    label: Any
    rows: Callable[[TicketQuerySet, User], TicketQuerySet]
    offered: Callable[[User], bool]
    hot: bool = False
    counted: bool = True

    def of(self, user: User) -> TicketQuerySet:
        return self.rows(Ticket.objects.visible_to(user), user)


LISTS = {
    found.name: found
    for found in [
        WorkList(
            "mine",
            _("My list"),
            lambda rows, user: rows.filter(assignee=user).unresolved().by_need(),
            lambda user: access.may(user, "ticket.take"),
        ),
        WorkList(
            "team",
            _("My team"),
            lambda rows, user: rows.filter(team=user.team_id).unresolved().by_need(),
            lambda user: user.team_id is not None,
        ),
        WorkList(
            "unrouted",
            _("Nobody found"),
            lambda rows, user: rows.unrouted().by_need(),
            lambda user: access.may(user, "ticket.view"),
            hot=True,
        ),
        WorkList(
            "all",
            _("All tickets"),
            lambda rows, user: rows.order_by("-number"),
            lambda user: access.may(user, "ticket.view"),
            counted=False,
        ),
    ]
}


def offered_to(user: User) -> list[WorkList]:
    return [found for found in LISTS.values() if found.offered(user)]


def chosen(user: User, name: str | None) -> WorkList:
    """The list asked for, if it is this person's to see; else their first."""
    offered = {found.name: found for found in offered_to(user)}
    return offered.get(name or "") or next(iter(offered.values()))


class FilterForm(forms.Form):
    team = forms.ModelChoiceField(Team.objects, label=_("Team"), required=False)
    priority = forms.TypedChoiceField(
        choices=[("", _("all")), *Priority.choices], label=_("Priority"), required=False
    )
    status = forms.ChoiceField(
        choices=[("", _("all")), (UNDONE, _("not done")), *Status.choices],
        label=_("State"),
        required=False,
    )
    turn = forms.ChoiceField(
        choices=[("", _("all")), *Turn.choices], label=_("Whose turn"), required=False
    )
    module = forms.ModelChoiceField(Module.objects, label=_("Module"), required=False)
    organisation = forms.ModelChoiceField(Organisation.objects, label=_("Customer"), required=False)
    q = forms.CharField(
        label=_("Text"), required=False, max_length=100, widget=forms.TextInput({"type": "search"})
    )

    def __init__(self, reader: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        for field in self.fields.values():
            field.widget.attrs["class"] = "sd-input"
            if isinstance(field, forms.ModelChoiceField):
                field.empty_label = _("all")

    def clean_q(self) -> Sought:
        return looked_for(self.cleaned_data["q"], self.reader)

    def narrow(self, rows: TicketQuerySet) -> TicketQuerySet:
        """Unusable values narrow nothing; the form says which they were."""
        self.is_valid()
        facts = {name: value for name, value in self.cleaned_data.items() if value}
        sought = facts.pop("q", None)
        if facts.get("status") == UNDONE:
            del facts["status"]
            rows = rows.unresolved()
        rows = rows.filter(**facts)
        return find.matching(rows, sought, self.reader) if sought else rows


@dataclass(frozen=True)
class Page:
    work_list: WorkList
    form: FilterForm
    tickets: list[Ticket]
    here: str  # the query of this page, for links back to it
    further: str  # the query of the next page, empty on the last
    begun: bool  # whether this is not the first page


def page(request: HttpRequest, user: User) -> Page:
    work_list = chosen(user, request.GET.get("list"))
    form = FilterForm(user, request.GET)
    rows = form.narrow(work_list.of(user)).for_lists()
    after = request.GET.get("after", "")
    rows = rows.filter(_beyond(after, by_need=work_list.name != "all"))
    found = list(rows[: PAGE + 1])
    tickets, more = found[:PAGE], len(found) > PAGE
    further = _query(request, after=_key(tickets[-1])) if more else ""
    return Page(work_list, form, tickets, request.GET.urlencode(), further, bool(after))


def _key(ticket: Ticket) -> str:
    return f"{ticket.turn}.{ticket.priority}.{ticket.number}"


def _beyond(after: str, *, by_need: bool) -> Q:
    """Rows behind the key, in the list's order; a key nobody gave out means the first page."""
    parts = after.split(".")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) < 19 for part in parts):
        return Q()
    turn, priority, number = (int(part) for part in parts)
    if not by_need:
        return Q(number__lt=number)
    same = Q(priority__gt=priority) | Q(priority=priority, number__gt=number)
    return Q(turn__gte=turn) & (Q(turn__gt=turn) | same)


def _query(request: HttpRequest, **changed: str) -> str:
    query: QueryDict = request.GET.copy()
    for name, value in changed.items():
        query[name] = value
    return query.urlencode()


@dataclass(frozen=True)
class Neighbours:
    """Where a ticket stands in the list one came from."""

    work_list: WorkList
    place: int
    count: str
    previous: int | None
    next: int | None


def neighbours(ticket: Ticket, user: User, name: str | None) -> Neighbours | None:
    """None outside a list, and in a list too long to count through."""
    if name not in LISTS or name == "all" or not LISTS[name].offered(user):
        return None
    numbers = list(LISTS[name].of(user).values_list("number", flat=True)[: NEIGHBOURS + 1])
    if ticket.number not in numbers:
        return None
    at = numbers.index(ticket.number)
    count = f"{NEIGHBOURS}+" if len(numbers) > NEIGHBOURS else str(len(numbers))
    before, after = numbers[at - 1 : at] or [None], numbers[at + 1 : at + 2] or [None]
    return Neighbours(LISTS[name], at + 1, count, before[0], after[0])
