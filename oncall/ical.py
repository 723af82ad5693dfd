"""A person's duties as an iCalendar feed (RFC 5545, METHOD:PUBLISH), written by hand.

Pure. A duty is one event; its UID is its number, so a calendar follows when it moves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

WIDTH = 75  # octets of a line; longer ones are folded (RFC 5545 3.1)


@dataclass(frozen=True)
class Event:
    number: int
    start: datetime
    end: datetime
    title: str
    text: str


def publish(name: str, house: str, events: Iterable[Event], at: datetime) -> str:
    """The feed; `house` is the domain behind each UID, `at` when it was written."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Support desk//Duties//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:duty-{event.number}@{house}",
            f"DTSTAMP:{_instant(at)}",
            f"DTSTART:{_instant(event.start)}",
            f"DTEND:{_instant(event.end)}",
            f"SUMMARY:{_escaped(event.title)}",
            f"DESCRIPTION:{_escaped(event.text)}",
            "TRANSP:TRANSPARENT",  # who is on call may still be invited
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """RFC 5545 3.3.11. Other control characters have no place in it."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\\n").replace("\n", "\\n")
    return "".join(sign for sign in text if sign >= " ")


def _folded(line: str) -> str:
    """At octets, but never within a character."""
    folded, room = "", WIDTH
    for sign in line:
        size = len(sign.encode())
        if size > room:
            folded, room = folded + "\r\n ", WIDTH - 1
        folded, room = folded + sign, room - size
    return folded
