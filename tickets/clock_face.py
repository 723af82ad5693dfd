"""The clocks of a ticket in words: what is promised until when, what is late, what was kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from supportdesk.worktime.arithmetic import between
from tickets import moments
from tickets.clocks import Clock, Terms
from tickets.models import ClockReading, HistoryEntry, Status, Ticket

State = ClockReading.State
SOON = 4  # a clock with less than a quarter of its time left
A_DAY = 10  # working hours
MARK = {"late": "alert", "soon": "clock", "kept": "check", "rest": "pause"}


@dataclass(frozen=True)
class Hand:
    """One clock as a reader sees it; `tone` is late, soon, kept, rest or empty."""

    label: Any
    words: str
    tone: str = ""
    due_at: datetime | None = None

    @property
    def sign(self) -> str:
        return MARK.get(self.tone, "clock")


def hands(ticket: Ticket, at: datetime) -> list[Hand]:
    """First response, the next word (the earlier of answer and promise), the solution."""
    readings = {reading.clock: reading for reading in ticket.clocks.all()}
    terms = moments.terms(ticket)
    shown = [
        readings.get(ClockReading.Clock.FIRST_RESPONSE),
        _word(readings),
        readings.get(ClockReading.Clock.RESOLUTION),
    ]
    return [_hand(reading, terms, at) for reading in shown if reading and _says(reading)]


@dataclass(frozen=True)
class Promise:
    """What a customer may count on: our next word and the solution, while these clocks run."""

    word_by: datetime | None
    solution_by: datetime | None
    rests_since: datetime | None = None


def promise(ticket: Ticket) -> Promise:
    """The word is the earliest of first response, answer and next word. Empty while it rests."""
    if ticket.status == Status.WAITING_CUSTOMER:
        asked = ticket.history.filter(kind=HistoryEntry.Kind.WAITING).latest("at")
        return Promise(None, None, asked.at)
    due = {reading.clock: reading.due_at for reading in ticket.clocks.all() if reading.due_at}
    solution = due.pop(ClockReading.Clock.RESOLUTION, None)
    return Promise(min(due.values(), default=None), solution)


def _word(readings: dict[str, ClockReading]) -> ClockReading | None:
    """The one of the two that is due first; where none runs, the answer's."""
    both = [
        readings[clock]
        for clock in (ClockReading.Clock.ANSWER, ClockReading.Clock.NEXT_WORD)
        if clock in readings
    ]
    running = [(reading.due_at, n) for n, reading in enumerate(both) if reading.due_at]
    return both[min(running)[1]] if running else next(iter(both), None)


def _says(reading: ClockReading) -> bool:
    return reading.state in (State.RUNNING, State.PAUSED) or reading.used is not None


def _hand(reading: ClockReading, terms: Terms, at: datetime) -> Hand:
    is_word = reading.clock in (ClockReading.Clock.ANSWER, ClockReading.Clock.NEXT_WORD)
    label = _("Next word") if is_word else reading.get_clock_display()
    if reading.state == State.PAUSED:
        return Hand(label, _("rests"), "rest")
    if reading.due_at is None:
        return Hand(label, *_ended(reading))
    if reading.due_at < at:
        over = between(terms.calendar, reading.due_at, at)
        return Hand(label, _("%(time)s overdue") % {"time": worked(over)}, "late", reading.due_at)
    left = between(terms.calendar, at, reading.due_at)
    tone = "soon" if left * SOON < terms.targets[Clock(reading.clock)] else ""
    return Hand(label, _("%(time)s left") % {"time": worked(left)}, tone, reading.due_at)


def _ended(reading: ClockReading) -> tuple[str, str]:
    if reading.target is None or reading.used is None:
        return "", ""
    slack = reading.target - reading.used
    if slack < timedelta(0):
        return _("missed by %(time)s") % {"time": worked(-slack)}, "late"
    if reading.missed:  # the longest was promised at a calmer priority
        return _("%(missed)d of %(ended)d late") % vars(reading), "late"
    return _("kept"), "kept"


def worked(length: timedelta) -> str:
    """Working time as people say it: 0:12 h, 9:40 h, 3 days, of ten hours each."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 2 * A_DAY * 60:
        return _("%(hours)d:%(minutes)02d h") % {"hours": minutes // 60, "minutes": minutes % 60}
    days = minutes // 60 // A_DAY
    return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}
