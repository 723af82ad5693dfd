"""Who is told what about trainings, in which letter, and what goes into their calendar."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from supportdesk.accounts.models import User
from supportdesk.messaging import notices
from training import invitations
from training.models import (
    Certificate,
    Contribution,
    Enrolment,
    Meeting,
    Proposal,
    Session,
    SessionState,
    State,
)
from training.wording import why

ALTERNATIVES = 3


def place(row: Enrolment, state: State, turn: int, sequence: int | None) -> None:
    """What has become of a place; with a `sequence` for the calendar, too."""
    calendar = None
    if sequence is not None:
        calendar = _invite(row, sequence) if state == State.BOOKED else _cancel(row, sequence)
    with translation.override(row.person.language):
        said = why(row) if row.state == state else []
    _write(row, "place", f"{row.pk}:{turn}", state=state, said=said, calendar=calendar)


def changed(row: Enrolment, at: str) -> None:
    """The session is at another time or place, or has another name."""
    calendar = _invite(row, row.sequence or 0) if row.is_invited else None
    _write(row, "changed", f"{row.pk}:{at}", calendar=calendar)


def reminded(row: Enrolment) -> None:
    """Shortly before, with the link to join; once for each time it is to begin."""
    begins = f"{row.session.starts_at:%Y%m%dT%H%M}"
    _write(row, "reminded", f"{row.pk}:{begins}", join=row.link(timezone.now()))


def certified(certificate: Certificate) -> None:
    """There is something to show for it."""
    row = certificate.enrolment
    path = reverse("place_feedback", args=[row.pk])
    _write(row, "certificate", str(certificate.pk), feedback=settings.BASE_URL.rstrip("/") + path)


def proposed(row: Proposal) -> None:
    """To who met the difficulty."""
    path = reverse("course", args=[row.course_id])
    notices.tell(
        row.person,
        "training.proposed",
        "training/proposed",
        key=f"training.proposed:{row.pk}",
        url=path,
        subject=row,
        course=row.course,
        number=row.ticket,
        link=settings.BASE_URL.rstrip("/") + path,
    )


def answered(row: Contribution) -> None:
    """Whether their topic is on the agenda, and why not."""
    _of_meeting(row.by, "answered", str(row.pk), row.meeting, subject=row, contribution=row)


def minuted(meeting: Meeting, person: User) -> None:
    """The minutes are there, for who was."""
    _of_meeting(person, "minutes", str(meeting.pk), meeting, subject=meeting)


def _of_meeting(person: User, letter: str, key: str, meeting: Meeting, **more: Any) -> None:
    path = reverse("meeting", args=[meeting.session_id])
    event = {"answered": "contribution"}.get(letter, letter)
    notices.tell(
        person,
        f"training.{event}",
        f"training/{letter}",
        key=f"training.{letter}:{key}",
        url=path,
        session=meeting.session,
        link=settings.BASE_URL.rstrip("/") + path,
        **more,
    )


def seat(row: Enrolment, sequence: int) -> invitations.Seat:
    """In the language of its owner."""
    session = row.session
    with translation.override(row.person.language):
        return invitations.Seat(
            uid=f"place-{row.pk}@{urlsplit(settings.BASE_URL).hostname or 'desk'}",
            sequence=sequence,
            start=session.starts_at,
            end=session.ends_at,
            title=session.name,
            place=session.place or _("online"),
            text=_("What to know about it: %(link)s") % {"link": _link(session)},
            url=_link(session),
        )


def organizer() -> invitations.Party:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return invitations.Party(name or address, address)


def _invite(row: Enrolment, sequence: int) -> dict[str, str]:
    text = invitations.invite(seat(row, sequence), organizer(), _attendee(row), timezone.now())
    return {"method": "REQUEST", "text": text}


def _cancel(row: Enrolment, sequence: int) -> dict[str, str]:
    whole, now = row.session.state == SessionState.CANCELLED, timezone.now()
    text = invitations.cancel(seat(row, sequence), organizer(), _attendee(row), now, whole=whole)
    return {"method": "CANCEL", "text": text}


def _attendee(row: Enrolment) -> invitations.Party:
    return invitations.Party(row.person.name, row.person.email)


def _write(row: Enrolment, letter: str, key: str, **more: Any) -> None:
    session = row.session
    notices.tell(
        row.person,
        f"training.{letter}",
        f"training/{letter}",
        key=f"training.{letter}:{key}",
        url=reverse("training_session", args=[session.pk]),
        subject=row,
        row=row,
        session=session,
        others=_alternatives(session) if session.state == SessionState.CANCELLED else [],
        link=_link(session),
        **more,
    )


def _alternatives(session: Session) -> list[dict[str, Any]]:
    rows = Session.objects.bookable(timezone.now()).filter(course=session.course_id)
    found = rows.select_related("course").order_by("during")[:ALTERNATIVES]
    return [{"session": one, "link": _link(one)} for one in found]


def _link(session: Session) -> str:
    path = reverse("training_session", args=[session.pk])
    return settings.BASE_URL.rstrip("/") + path
