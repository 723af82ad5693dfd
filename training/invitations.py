"""Calendar messages about a place in a session (RFC 5545, 5546), written by hand.

Pure. One UID per place for life; a message counts by its sequence, then by when it was written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from supportdesk.ical import escaped, folded, instant

Method = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True)
class Party:
    name: str
    address: str


@dataclass(frozen=True)
class Seat:
    """One person's place in one session, as their calendar shows it."""

    uid: str
    sequence: int
    start: datetime
    end: datetime
    title: str
    place: str
    text: str
    url: str


def invite(seat: Seat, organizer: Party, attendee: Party, at: datetime) -> str:
    """Put it into the calendar, or move it there: the same message with a raised sequence."""
    lines = [*_heart(seat, at), *_facts(seat), "STATUS:CONFIRMED"]
    return _calendar("REQUEST", [[*lines, *_people(organizer, attendee)]])


def cancel(seat: Seat, organizer: Party, attendee: Party, at: datetime, *, whole: bool) -> str:
    """Take it out again. STATUS says that nobody meets, and is left out where one person stays
    away (RFC 5546 3.2.5).
    """
    status = ["STATUS:CANCELLED"] if whole else []
    lines = [*_heart(seat, at), *_facts(seat), *status, *_people(organizer, attendee)]
    return _calendar("CANCEL", [lines])


def publish(name: str, seats: Iterable[Seat], organizer: Party, at: datetime) -> str:
    """All of a person's places, as calendars poll them; nobody is an attendee of a feed."""
    events = [[*_heart(seat, at), *_facts(seat), _party("ORGANIZER", organizer)] for seat in seats]
    head = [f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    return _calendar("PUBLISH", events, head)


def _heart(seat: Seat, at: datetime) -> list[str]:
    return [f"UID:{seat.uid}", f"DTSTAMP:{instant(at)}", f"SEQUENCE:{seat.sequence}"]


def _facts(seat: Seat) -> list[str]:
    return [
        f"DTSTART:{instant(seat.start)}",
        f"DTEND:{instant(seat.end)}",
        f"SUMMARY:{escaped(seat.title)}",
        f"LOCATION:{escaped(seat.place)}",
        f"DESCRIPTION:{escaped(seat.text)}",
        f"URL:{seat.url}",
    ]


def _people(organizer: Party, attendee: Party) -> list[str]:
    """Who has a seat comes: no answer is asked for."""
    answered = "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE"
    return [_party("ORGANIZER", organizer), _party(answered, attendee)]


def _party(kind: str, who: Party) -> str:
    name = "".join(sign for sign in who.name if sign >= " " and sign not in '"\x7f')
    return f'{kind};CN="{name}":mailto:{who.address}'


def _calendar(method: str, events: list[list[str]], head: Iterable[str] = ()) -> str:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Support desk//Trainings//EN",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
        *head,
    ]
    for event in events:
        lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])
