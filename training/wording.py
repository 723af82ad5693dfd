"""What is said of seats: how many are free, what came of a booking, and why not me."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from training.actions.seating import seats_of
from training.models import Enrolment, Session, SessionState, State
from training.seats import Standing


def why(enrolment: Enrolment) -> list[str]:
    """Nothing for whoever has a seat. Asks for the others of the session where somebody waits."""
    if enrolment.state == State.WAITING:
        session = enrolment.session
        seats = seats_of(session, session.enrolments.all())
        return why_waiting(seats.standing(str(enrolment.person_id)))
    words = {
        State.REQUESTED: _("We confirm each place by hand; no seat is held until then."),
        State.OFFERED: _("A seat is kept for you. Without an answer it goes to the next in line."),
        State.EXPIRED: _("The offer ran out and the seat went to the next in line."),
        State.REFUSED: _("The offer was given back.")
        if enrolment.queued_at
        else _("No seat was free, and nobody could be put on a waiting list."),
        State.DECLINED: enrolment.reason,
        State.CANCELLED: enrolment.reason,
    }
    said = words.get(State(enrolment.state), "")
    return [said] if said else []


def seats(session: Session, at: datetime) -> tuple[str, str, str]:
    """Kind, sign and words of the chip. Wants a session `with_waiting`."""
    if session.state == SessionState.CANCELLED:
        return "bad", "minus", _("cancelled")
    if not session.takes_bookings(at):
        return "off", "lock", _("booking is closed")
    waiting = session.waiting  # type: ignore[attr-defined]  # annotated
    free = max(0, session.free - waiting)
    if free:
        words = ngettext("%(n)d seat of %(all)d free", "%(n)d seats of %(all)d free", free)
        return "ok", "check", words % {"n": free, "all": session.capacity}
    if not session.waitlist_open:
        return "off", "minus", _("fully booked")
    words = ngettext("waiting list: %(n)d person", "waiting list: %(n)d people", waiting)
    return "off", "pause", words % {"n": waiting}


def outcome(rows: Sequence[Enrolment]) -> list[str]:
    """What a booking has come to, one sentence for each state."""
    found = Counter(row.state for row in rows)
    said = []
    if n := found[State.BOOKED]:
        said.append(ngettext("The seat is booked.", "%(n)d seats are booked.", n) % {"n": n})
    if n := found[State.REQUESTED]:
        words = ngettext("Asked for. We confirm it by hand.", "%(n)d places are asked for.", n)
        said.append(words % {"n": n})
    if n := found[State.WAITING] + found[State.OFFERED]:
        words = ngettext(
            "On the waiting list. When a seat is free it is offered.",
            "%(n)d people are on the waiting list; seats are offered as they become free.",
            n,
        )
        said.append(words % {"n": n})
    if found[State.REFUSED]:
        said.append(_("There is no seat, and the waiting list is closed."))
    return said


def why_waiting(standing: Standing) -> list[str]:
    said = [_line(standing.ahead)]
    if standing.free == 0:
        said.append(_("All %(seats)d seats are taken.") % {"seats": standing.seats})
    elif standing.largest > standing.free:
        words = ngettext(
            "%(free)d seat is free; it is kept for a party of %(party)d.",
            "%(free)d seats are free; they are kept for a party of %(party)d.",
            standing.free,
        )
        said.append(words % {"free": standing.free, "party": standing.largest})
    if standing.offered:
        words = ngettext(
            "%(n)d seat is offered to somebody who has not answered yet.",
            "%(n)d seats are offered to people who have not answered yet.",
            standing.offered,
        )
        said.append(words % {"n": standing.offered})
    if standing.own > 1:
        said.append(_("Your party of %(n)d gets its seats together.") % {"n": standing.own})
    return said


def _line(ahead: int) -> str:
    if ahead == 0:
        return _("You are next in line.")
    words = ngettext("%(n)d person is before you.", "%(n)d people are before you.", ahead)
    return words % {"n": ahead}
