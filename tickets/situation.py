"""What routing has to know about one ticket, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, FloatField, Max, Sum, Value, When

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.worktime import calendars
from supportdesk.worktime.arithmetic import Calendar, is_open, next_opening
from supportdesk.worktime.models import Absence
from tickets.models import Competence, HistoryEntry, RoutingDecision, Ticket
from tickets.routing import SILENT, WORTH, Candidate, Situation

LATELY = 300  # a customer's last so many tickets count as recent
A_WAIT_WORTH_KNOWING = timedelta(days=3)


def read(ticket: Ticket, *, at: datetime) -> Situation:
    """Gather everybody who might take the ticket, as they stand at `at`.

    Presence is asked for the day on which work goes on: a ticket of the night finds those who
    come in the morning.
    """
    hours = calendars.of(ticket.team.calendar)
    competent = _competent(ticket)
    known = {person.pk: person for person, _level in competent}
    away = _away([*known, *_deputies(known.values())], hours, at)
    deputies = _standing_in(known.values(), away)
    numbers = [*known, *(person.pk for person in deputies)]
    facts, silent = _facts(ticket, numbers, at), _silent(ticket)

    def candidate(person: User, level: int) -> Candidate:
        return Candidate(
            person=person.pk,
            level=level,
            absent=away[person.pk].kind if person.pk in away else silent.get(person.pk, ""),
            deputy=_deputy(person, away),
            **facts[person.pk],
        )

    return Situation(
        at=at,
        priority=ticket.priority,
        in_hours=is_open(hours, at),
        candidates=tuple(candidate(person, level) for person, level in competent),
        deputies=tuple(candidate(person, 0) for person in deputies),
    )


def _competent(ticket: Ticket) -> list[tuple[User, int]]:
    """The team's people who know the module; in a team that never has it, all of its people."""
    rows = Competence.objects.filter(
        module=ticket.module_id,
        person__team=ticket.team_id,
        person__is_active=True,
        person__roles__overlap=[Role.AGENT, Role.LEAD],
    ).select_related("person")
    if found := [(row.person, row.level) for row in rows.order_by("person")]:
        return found
    if ticket.team_id == ticket.module.team_id:
        return []
    team = User.objects.active().holding(Role.AGENT, Role.LEAD).filter(team=ticket.team_id)
    return [(person, Competence.Level.BASIC) for person in team.order_by("pk")]


def _away(people: Iterable[int], hours: Calendar, at: datetime) -> dict[int, Absence]:
    day = next_opening(hours, at).astimezone(hours.zone).date()
    return {row.person_id: row for row in Absence.objects.on(day).filter(person__in=people)}


def _deputies(people: Iterable[User]) -> set[int]:
    return {person.deputy_id for person in people if person.deputy_id}


def _deputy(person: User, away: dict[int, Absence]) -> int | None:
    """Who stands in: named for this absence, else the person's usual deputy."""
    absence = away.get(person.pk)
    return (absence.deputy_id if absence else None) or person.deputy_id


def _standing_in(people: Iterable[User], away: dict[int, Absence]) -> list[User]:
    wanted = {_deputy(person, away) for person in people if person.pk in away}
    rows = User.objects.active().holding(Role.AGENT, Role.LEAD)
    return list(rows.filter(pk__in=wanted - {None}).order_by("pk"))


def _facts(ticket: Ticket, people: list[int], at: datetime) -> dict[int, dict[str, Any]]:
    """Load, continuity and the last assignment of each, in three queries."""
    load = _load(ticket, people)
    last = _last_assigned(people, at)
    case, customer = _known(ticket, people)
    return {
        person: {
            "load": load.get(person, 0.0),
            "last_assigned_at": last.get(person),
            "knows_case": person in case,
            "knows_customer": person in customer,
        }
        for person in people
    }


def _silent(ticket: Ticket) -> dict[int | None, str]:
    """From whom this ticket was taken away: they are not asked again."""
    taken = ticket.history.filter(kind=HistoryEntry.Kind.TAKEN_AWAY)
    return dict.fromkeys(taken.values_list("assignee", flat=True), SILENT)


def _load(ticket: Ticket, people: list[int]) -> dict[int, float]:
    """Open tickets of each, by their worth. Reads the partial index of what is open."""
    worth = Case(
        *(When(priority=priority, then=Value(value)) for priority, value in WORTH.items()),
        output_field=FloatField(),
    )
    rows = Ticket.objects.unresolved().filter(assignee__in=people).exclude(pk=ticket.pk)
    return dict(rows.order_by().values_list("assignee").annotate(load=Sum(worth)))


def _last_assigned(people: list[int], at: datetime) -> dict[int, datetime]:
    rows = RoutingDecision.objects.filter(chosen__in=people, at__gte=at - A_WAIT_WORTH_KNOWING)
    return dict(rows.order_by().values_list("chosen").annotate(latest=Max("at")))


def _known(ticket: Ticket, people: list[int]) -> tuple[set[int], set[int]]:
    """Who worked lately for this customer: on this module, and on anything."""
    recent = (
        Ticket.objects.filter(organisation=ticket.organisation_id, number__lt=ticket.number)
        .order_by("-number")
        .values_list("assignee", "module")[:LATELY]
    )
    mine = {(person, module) for person, module in recent if person in people}
    return (
        {person for person, module in mine if module == ticket.module_id},
        {person for person, _module in mine},
    )
