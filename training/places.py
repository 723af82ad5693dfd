"""What people have with a session, ready to be shown: state, position, why, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from supportdesk.accounts.models import User
from training.models import Enrolment, SessionState, State
from training.wording import why

# Kind and sign of the chip; amber is for whoever has to answer.
LOOKS: dict[str, tuple[str, str]] = {
    State.REQUESTED: ("off", "clock"),
    State.BOOKED: ("ok", "check"),
    State.WAITING: ("off", "pause"),
    State.OFFERED: ("you", "back"),
    State.ATTENDED: ("ok", "tick"),
    State.NO_SHOW: ("bad", "alert"),
}
OVER = ("off", "minus")


@dataclass(frozen=True)
class Place:
    row: Enrolment
    look: str
    sign: str
    why: list[str]
    link: str
    may_cancel: bool
    is_own: bool

    @property
    def is_offered(self) -> bool:
        return self.row.state == State.OFFERED and self.may_cancel


def shown(rows: Iterable[Enrolment], reader: User, at: datetime) -> list[Place]:
    """Costs no query where the enrolments of the rows' sessions are read already."""
    return [_place(row, reader, at) for row in rows]


def _place(row: Enrolment, reader: User, at: datetime) -> Place:
    session = row.session
    changes = session.state == SessionState.OPEN and session.starts_at > at
    look, sign = LOOKS.get(row.state, OVER)
    is_own = row.person_id == reader.pk
    return Place(
        row=row,
        look=look,
        sign=sign,
        why=why(row),
        link=row.link(at) if is_own else "",
        may_cancel=changes and row.is_living,
        is_own=is_own,
    )
