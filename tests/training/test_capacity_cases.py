"""The acceptance cases against verbs and database, those of many at once in real transactions."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, connections, transaction

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.errors import Refused
from tests.cases import cases, instant
from tests.factories import OrganisationFactory, UserFactory, a_session
from training import actions
from training.actions.seating import seats_of
from training.models import Enrolment, Session
from training.seats import HOLDS_A_SEAT

DAY_ONE = "2026-02-01T00:00:00+00:00"


class Desk:
    """The sessions and people of one case."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.trainer = UserFactory(roles=[Role.TRAINER])
        self.office = OrganisationFactory()
        self.people: dict[str, User] = {}
        self.sessions = {name: self.session(facts) for name, facts in case["sessions"].items()}

    def person(self, name: str) -> User:
        if name not in self.people:
            self.people[name] = UserFactory(organisation=self.office, roles=[Role.MEMBER])
        return self.people[name]

    def session(self, facts: dict[str, Any]) -> Session:
        until = facts["booking_until"]
        session = a_session(
            by=self.trainer,
            starts_at=instant("2026-06-01T08:00:00+00:00"),
            minimum=0,
            booking_until=instant(until) if until else None,
            **{
                name: facts[name]
                for name in ("capacity", "waitlist_open", "auto_promote", "offer_hours")
            },
        )
        for row in facts["enrolments"]:
            moments = {
                name: instant(row[name]) if row[name] else None
                for name in ("queued_at", "offer_until")
            }
            Enrolment.objects.create(
                session=session,
                person=self.person(row["person"]),
                organisation=self.office,
                booked_by=self.person(row["person"]),
                state=row["state"],
                priority=row["priority"],
                **moments,
            )
        return session

    def row(self, session: str, person: str) -> Enrolment:
        return Enrolment.objects.get(session=self.sessions[session], person=self.person(person))

    def act(self, action: dict[str, Any]) -> str:
        """What came of it, in the words of the cases."""
        session, verb, name = action["session"], action["action"], action.get("person", "")
        who = self.person(name) if name else self.trainer
        calls: dict[str, Callable[[], Any]] = {
            "book": lambda: actions.enrol(self.sessions[session], [who], by=who)[0].state,
            "cancel": lambda: actions.cancel(self.row(session, name), by=who),
            "accept": lambda: actions.accept_offer(self.row(session, name), by=who),
            "refuse": lambda: actions.refuse_offer(self.row(session, name), by=who),
            "promote": lambda: actions.offer_seats(self.sessions[session], by=who),
            "expire_offers": lambda: actions.expire_offers(
                self.sessions[session], by=User.objects.desk()
            ),
            "set_capacity": lambda: actions.set_capacity(
                self.sessions[session], action["value"], by=who
            ),
        }
        try:
            done = calls[verb]()
        except (Refused, Enrolment.DoesNotExist):
            return "refused"
        return done if isinstance(done, str) else "ok"

    def counts(self, name: str) -> dict[str, int]:
        session = Session.objects.get(pk=self.sessions[name].pk)
        found = {
            state: session.enrolments.filter(state=state).count()
            for state in ("booked", "offered", "waiting")
        }
        assert session.taken == session.enrolments.filter(state__in=HOLDS_A_SEAT).count()
        seats = seats_of(session, session.enrolments.all())
        return found | {
            "free_public": seats.free_public,
            "free_for_waiting": seats.free_for_waiting,
        }


@pytest.mark.django_db
@cases("capacity.json", "scenario")
def test_capacity_case(case):
    with time_machine.travel(instant(DAY_ONE), tick=False):
        desk = Desk(case)
    results = []
    for action in case["actions"]:
        with time_machine.travel(instant(action["at"]), tick=False):
            results.append(desk.act(action))

    _compare(desk, case["expected"], results)


def _compare(desk: Desk, expected: dict[str, Any], results: list[str]) -> None:
    assert results == expected.get("results", results)
    for name, counts in expected.get("counts", {}).items():
        assert desk.counts(name) == desk.counts(name) | counts
    for name, states in expected.get("states", {}).items():
        assert {person: desk.row(name, person).state for person in states} == states
    for name, rows in expected.get("rows", {}).items():
        known = desk.sessions[name].enrolments
        assert {one: known.filter(person=desk.person(one)).count() for one in rows} == rows
    for name, limits in expected.get("offer_until_between", {}).items():
        for person, (first, last) in limits.items():
            until = desk.row(name, person).offer_until
            assert until is not None
            assert instant(first) <= until <= instant(last)


@pytest.mark.django_db(transaction=True)
@cases("capacity.json", "concurrent")
def test_capacity_case_of_many_at_once(case):
    with time_machine.travel(instant(DAY_ONE), tick=True):
        desk = Desk(case)
        for request in case["requests"]:
            desk.person(request["person"])
        won = _all_at_once(desk, case["requests"], case["isolation"])

    expected = case["expected"]
    for name, wanted in expected["successes"].items():
        found = len(won[name])
        if isinstance(wanted, dict):
            assert wanted.get("at_least", 0) <= found <= wanted.get("at_most", found)
        else:
            assert found == wanted
    for name, waiting in expected.get("waiting", {}).items():
        assert desk.counts(name)["waiting"] == waiting
    for name, most in expected["max_taken"].items():
        assert Session.objects.get(pk=desk.sessions[name].pk).taken <= most


def _all_at_once(desk: Desk, requests: list[dict[str, Any]], isolation: str) -> dict[str, set[str]]:
    """Who got a seat in which session: for one person, booking five times is one success."""
    start = Barrier(len(requests))

    def one(request: dict[str, Any]) -> str:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
                    cursor.execute("SELECT count(*) FROM training_enrolment")  # the snapshot
                start.wait()
                return desk.act(request)
        except DatabaseError:
            return "refused"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(requests)) as pool:
        results = list(pool.map(one, requests))
    won: dict[str, set[str]] = {name: set() for name in desk.sessions}
    for n, (request, result) in enumerate(zip(requests, results, strict=True)):
        if result in ("booked", "ok"):
            key = request["person"] if result == "booked" else f"{request['person']} {n}"
            won[request["session"]].add(key)
    return won
