"""iCalendar (RFC 5545), written by hand: its text, and feeds of duties and of the release plan.

Pure. The UID of an event stays while it moves, so a calendar follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

WIDTH = 75  # octets of a line; longer ones are folded (RFC 5545 3.1)


@dataclass(frozen=True)
class Event:
    """Whole days where start and end are dates; the end is the first day after."""

    uid: str
    start: datetime | date
    end: datetime | date
    title: str
    text: str


def publish(name: str, house: str, events: Iterable[Event], at: datetime) -> str:
    """The feed; `house` is the domain behind each UID, `at` when it was written."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Support desk//Feeds//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.uid}@{house}",
            f"DTSTAMP:{instant(at)}",
            f"DTSTART{_when(event.start)}",
            f"DTEND{_when(event.end)}",
            f"SUMMARY:{escaped(event.title)}",
            f"DESCRIPTION:{escaped(event.text)}",
            "TRANSP:TRANSPARENT",  # whoever reads it may still be invited
            "END:VEVENT",
        ]
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _when(at: datetime | date) -> str:
    return f":{instant(at)}" if isinstance(at, datetime) else f";VALUE=DATE:{at:%Y%m%d}"


def instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """RFC 5545 3.3.11. Other control characters have no place in it."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\\n").replace("\n", "\\n")
    return "".join(sign for sign in text if sign >= " " and sign != "\x7f")


def folded(line: str) -> str:
    """At octets, but never within a character."""
    folded, room = "", WIDTH
    for sign in line:
        size = len(sign.encode())
        if size > room:
            folded, room = folded + "\r\n ", WIDTH - 1
        folded, room = folded + sign, room - size
    return folded
