"""The demo's user meetings: with votes, minutes and what was decided; the next to be prepared."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from releases.models import Wish
from supportdesk.accounts.models import User
from training.models import (
    Ballot,
    Contribution,
    ContributionState,
    Course,
    Decision,
    Meeting,
    Session,
    SessionState,
    Slot,
    Vote,
)

AGENDA = [
    ("Begrüßung und was seit dem letzten Treffen geschah", "Tom Berger", 1),
    ("Neues aus der Entwicklung", "Entwicklung", 2),
    ("Ihre Themen", "", 2),
    ("Wünsche und ihre Reihenfolge", "Tom Berger", 1),
]
MINUTES = """Was beim letzten Mal beschlossen wurde, ist bis auf das Untenstehende erledigt.
Die Häuser wünschen vor jedem Support Package eine kurze Vorschau auf geänderte Läufe.
Die Abstimmung über die Wünsche steht oben; die drei ersten gehen in die Planung."""
DECISIONS = [
    ("Vorschau auf geänderte Läufe vor jedem Support Package verschicken", "Entwicklung", 40, True),
    ("Beispiele für Wiederanläufe sammeln und in den Kurs aufnehmen", "Tom Berger", 70, False),
]
TOPICS = [
    ("Wiederanlauf nach nächtlichem Abbruch", ContributionState.ACCEPTED, ""),
    ("Eigene Auswertungen im Standard", ContributionState.SUBMITTED, ""),
    (
        "Preise der nächsten Jahre",
        ContributionState.DECLINED,
        "Darüber spricht der Vertrieb mit jedem Haus selbst.",
    ),
]


def write(now: datetime) -> None:
    sessions = Session.objects.filter(course__kind=Course.Kind.USER_MEETING).order_by("during")
    wishes = list(Wish.objects.open().order_by("number")[:4])
    voters = User.objects.active().filter(roles__contains=["coordinator"]).order_by("pk")
    for session in sessions:
        meeting = _meeting(session, wishes, now)
        if session.starts_at < now + timedelta(days=150):
            _topics(meeting)
            _votes(meeting, list(voters), wishes)
        if session.state == SessionState.DONE:
            _minuted(meeting, now)


def _meeting(session: Session, wishes: list[Wish], now: datetime) -> Meeting:
    until = session.starts_at - timedelta(days=7)
    meeting = Meeting.objects.create(session=session, call_until=until, votes_until=until)
    meeting.wishes.set(wishes)
    at = session.starts_at
    for title, speaker, hours in AGENDA:
        during = DateTimeTZRange(at, at + timedelta(hours=hours))
        Slot.objects.create(meeting=meeting, during=during, title=title, speaker=speaker)
        at = at + timedelta(hours=hours)
    return meeting


def _topics(meeting: Meeting) -> None:
    alice = User.objects.get(email="alice@alpina.example")
    for title, state, reason in TOPICS:
        Contribution.objects.create(
            meeting=meeting,
            organisation=alice.organisation,
            by=alice,
            title=title,
            state=state,
            reason=reason,
        )


def _votes(meeting: Meeting, voters: list[User], wishes: list[Wish]) -> None:
    given: set[int | None] = set()
    for n, voter in enumerate(voters):
        if voter.organisation is None or voter.organisation_id in given or not wishes:
            continue
        given.add(voter.organisation_id)
        ballot = Ballot.objects.create(
            meeting=meeting, organisation=voter.organisation, budget=meeting.budget
        )
        first, second = wishes[n % len(wishes)], wishes[(n + 1) % len(wishes)]
        for wish, points in {first: 6, second: 3}.items():
            Vote.objects.create(ballot=ballot, wish=wish, points=points, by=voter)


def _minuted(meeting: Meeting, now: datetime) -> None:
    held = meeting.session.ends_at
    for what, who, days, is_done in DECISIONS:
        Decision.objects.create(
            meeting=meeting,
            what=what,
            who=who,
            due_on=timezone.localdate(held + timedelta(days=days)),
            done_at=min(now, held + timedelta(days=days)) if is_done else None,
        )
    meeting.minutes, meeting.published_at = MINUTES, held + timedelta(days=3)
    meeting.save()
