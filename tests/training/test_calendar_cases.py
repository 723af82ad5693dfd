"""The acceptance cases of calendar messages: what is sent after each step, and its form."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import icalendar
import pytest
import time_machine
from django.urls import reverse

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.errors import Refused
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch
from tests.cases import cases, instant
from tests.factories import CourseFactory, OrganisationFactory, UserFactory
from training import actions
from training.models import Enrolment, Session

pytestmark = pytest.mark.django_db
DAY_ONE = instant("2026-02-02T09:00:00+00:00")
START = instant("2026-05-04T08:00:00+00:00")
LENGTH = timedelta(hours=8)


class Season:
    """One session, its people, and the calendar messages after each step."""

    def __init__(self) -> None:
        self.tom = UserFactory(roles=[Role.TRAINER])
        self.office = OrganisationFactory()
        self.people: dict[str, User] = {}
        words: dict[str, Any] = {
            "title": "Zahlläufe",
            "place": "Berlin",
            "auto_promote": False,
            "minimum": 0,
        }
        self.plan = actions.Plan(START, START + LENGTH, 1, **words)
        draft = actions.plan_session(CourseFactory(), self.plan, by=self.tom)
        self.session = actions.publish_session(draft, by=self.tom)
        self.seen: set[int] = set()

    def person(self, name: str) -> User:
        if name not in self.people:
            self.people[name] = UserFactory(organisation=self.office, roles=[Role.MEMBER])
        return self.people[name]

    def row(self, step: dict[str, Any]) -> Enrolment:
        return Enrolment.objects.get(session=self.session, person=self.person(step["person"]))

    def act(self, step: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
        """The calendar messages it causes, each with whom it goes to."""
        with suppress(Refused, Enrolment.DoesNotExist):
            getattr(self, step["action"])(step)
        while outbox.react():
            pass
        rows = list(Dispatch.objects.exclude(pk__in=self.seen).order_by("pk"))
        self.seen |= {row.pk for row in rows}
        names: dict[Any, str] = {person.pk: name for name, person in self.people.items()}
        return [
            (names[row.recipient_id], row.content["calendar"])
            for row in rows
            if "calendar" in row.content
        ]

    def book(self, step: dict[str, Any]) -> None:
        rows = self.session.enrolments
        self._seats(rows.filter(state="waiting").count() + 1)
        one = self.person(step["person"])
        assert actions.enrol(self.session, [one], by=one)[0].state == "booked"

    def wait(self, step: dict[str, Any]) -> None:
        self._seats(0)
        one = self.person(step["person"])
        assert actions.enrol(self.session, [one], by=one)[0].state == "waiting"

    def promote(self, step: dict[str, Any]) -> None:
        self._seats(1)
        actions.offer_seats(self.session, by=self.tom)

    def accept(self, step: dict[str, Any]) -> None:
        actions.accept_offer(self.row(step), by=self.person(step["person"]))

    def cancel(self, step: dict[str, Any]) -> None:
        actions.cancel(self.row(step), by=self.person(step["person"]))

    def move(self, step: dict[str, Any]) -> None:
        start = instant(step["start"]) if "start" in step else self.plan.starts_at
        end = instant(step["end"]) if "end" in step else start + LENGTH
        self._plan(starts_at=start, ends_at=end)

    def change_title(self, step: dict[str, Any]) -> None:
        self._plan(title=step.get("title", "Zahlläufe!"))

    def change_location(self, step: dict[str, Any]) -> None:
        self._plan(place=step["location"])

    def cancel_session(self, step: dict[str, Any]) -> None:
        actions.cancel_session(self.session, by=self.tom, reason="The trainer is ill.")

    def _plan(self, **facts: Any) -> None:
        self.plan = replace(self.plan, **facts)
        actions.change_session(self.session, self.plan, by=self.tom)

    def _seats(self, free: int) -> None:
        taken = Session.objects.get(pk=self.session.pk).taken
        actions.set_capacity(self.session, taken + free, by=self.tom)


def event(text: str) -> Any:
    (found,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return found


def people(found: Any) -> list[str]:
    listed = found.get("ATTENDEE", [])
    listed = listed if isinstance(listed, list) else [listed]
    return [str(one).removeprefix("mailto:") for one in listed]


def follows(relation: str, sequence: int, before: int | None) -> bool:
    match relation:
        case "zero":
            return sequence == 0
        case "equal_to_previous":
            return sequence == before
        case "previous_plus_one":
            return before is not None and sequence == before + 1
        case "greater_than_previous":
            return before is not None and sequence > before
    return relation == "any"


@cases("ical.json", "life")
def test_calendar_case(case):
    with time_machine.travel(DAY_ONE, tick=False):
        season = Season()
    sent: list[tuple[int, str, dict[str, str]]] = []
    quiet = case["expected"].get("no_significant_message_to", [])
    for n, step in enumerate(case["steps"], 1):
        with time_machine.travel(DAY_ONE + timedelta(hours=n), tick=False):
            sent += [(n, to, calendar) for to, calendar in season.act(step)]
    last: dict[str, Any] = {}
    expected = {(one["step"], one["to"]): one for one in case["expected"]["messages"]}
    for n, to, calendar in sent:
        found: Any = event(calendar["text"])
        before: Any = last.get(to)
        wanted = expected.pop((n, to), None)
        if wanted is None:
            assert to in quiet
            assert calendar["method"] == "REQUEST"
            assert found["SEQUENCE"] == before["SEQUENCE"]
        else:
            _compare(season, wanted, calendar, found, before, last)
        last[to] = found
    assert not expected


def _compare(
    season: Season,
    wanted: dict[str, Any],
    calendar: dict[str, str],
    found: Any,
    before: Any,
    last: dict[str, Any],
) -> None:
    whole = icalendar.Calendar.from_ical(calendar["text"])
    assert calendar["method"] == str(whole["METHOD"]) == wanted["method"]
    earlier = before["SEQUENCE"] if before is not None else None
    assert follows(wanted["sequence_relation"], found["SEQUENCE"], earlier)
    addresses = [season.person(name).email for name in wanted["attendees"]]
    assert people(found) == addresses
    if wanted["uid"] == "new":
        assert found["UID"] not in {one["UID"] for one in last.values()}
    else:
        assert found["UID"] == before["UID"]
    assert (str(found.get("STATUS", "")) == "CANCELLED") == wanted["status_cancelled"]
    if wanted["method"] == "CANCEL" and not wanted["status_cancelled"]:
        assert "STATUS" not in found
    if before is not None:
        assert found["DTSTAMP"].dt > before["DTSTAMP"].dt


@cases("ical.json", "text")
def test_calendar_text_case(case, client):
    with time_machine.travel(DAY_ONE, tick=False):
        season = Season()
        sent = [one for step in case["after"] for one in season.act(step)]
        secret = actions.open_feed(by=season.person("p1"))
        feed = client.get(reverse("trainings_feed", args=[secret])).content.decode()
    for check in case["expected"]["checks"]:
        assert checked(check, sent[-1][1]["text"], feed), check


def checked(check: str, text: str, feed: str) -> bool:
    if check.startswith("has:"):
        return not set(check.removeprefix("has:").split(",")) - set(event(text))
    calendar, found = icalendar.Calendar.from_ical(text), event(text)
    answers = {
        "crlf": lambda: text.endswith("\r\n") and "\n" not in text.replace("\r\n", ""),
        "lines_max_75_octets": lambda: max(len(x.encode()) for x in text.split("\r\n")) <= 75,
        "prodid": lambda: bool(calendar["PRODID"]),
        "version_2.0": lambda: calendar["VERSION"] == "2.0",
        "one_vevent": lambda: len(calendar.walk("VEVENT")) == 1,
        "dtend_xor_duration": lambda: ("DTEND" in found) != ("DURATION" in found),
        "times_utc_or_vtimezone": lambda: "TZID" not in text and _is_utc(found["DTSTART"].dt),
        "no_status_cancelled": lambda: str(found.get("STATUS")) != "CANCELLED",
        "status_cancelled": lambda: str(found.get("STATUS")) == "CANCELLED",
        "no_status": lambda: "STATUS" not in found,
        "no_valarm": lambda: "VALARM" not in text,
        "feed_uid_equals_attachment_uid": lambda: event(feed)["UID"] == found["UID"],
        "feed_publish_without_attendee": lambda: (
            "METHOD:PUBLISH" in feed and "ATTENDEE" not in feed
        ),
    }
    return answers[check]()


def _is_utc(at: datetime) -> bool:
    return at.utcoffset() == timedelta(0)
