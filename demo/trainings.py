"""The demo's trainings: a year of sessions behind, a season before, with seats and waiting lists.

Told by rows: nobody gets a letter for what was booked before the desk was opened.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import cycle

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F
from django.utils import timezone

from demo import meetings
from demo.house import House
from releases.models import Line
from supportdesk.accounts.models import User
from training.models import (
    Assignment,
    Certificate,
    Course,
    Enrolment,
    Feedback,
    Session,
    SessionState,
    State,
)
from training.models.feedback import QUESTIONS

SEED = 30_706  # its own dice: the tickets stay as they are
TOM = "tom@desk.example"
EVERY = timedelta(days=13)
PLACES = ["Essen, Haus am Park", "Nürnberg, Schulungszentrum", ""]
WORDS = [
    "Bitte mehr Übungen am eigenen System.",
    "Das Tempo am Nachmittag war zu hoch.",
    "Die Beispiele aus echten Meldungen haben sehr geholfen.",
    "Eine Unterlage zum Nachlesen vorab wäre gut.",
]
LINK = "https://treffen.example/raum-{n}"


@dataclass(frozen=True)
class Plan:
    title: str
    text: str
    about: tuple[str, ...]  # modules
    kind: str = "course"
    audience: int = 2
    hours: int = 6
    seats: int = 10
    line: str = ""
    wants_approval: bool = False


COURSES = [
    Plan(
        "Zahlläufe sicher fahren",
        "Vorbereitung, Lauf, Prüfung der Datei, Wiederanlauf nach Abbruch, Storno am selben Tag.",
        ("zah",),
    ),
    Plan(
        "Beitragsnachweise und Fälligkeiten",
        "Vom Eingang bis zur Sollstellung: Schätzung, Korrektur, Erstattung, Fristen je Land.",
        ("bei",),
        audience=1,
        hours=3,
        seats=14,
    ),
    Plan(
        "Was ist neu in 2026.2?",
        "Änderungen je Modul, geänderte Customizing-Tabellen, was vor dem Einspielen zu tun ist.",
        ("zah", "bei"),
        hours=4,
        seats=8,
        line="2026.2",
    ),
    Plan(
        "Werkstatt: Meldungen gut beschreiben",
        "Was Ebene 1 und 2 prüfen, was in eine Meldung gehört, wie sie schnell ans Ziel kommt.",
        ("onl",),
        kind="workshop",
        audience=1,
        hours=3,
        seats=12,
    ),
    Plan(
        "Systemverwaltung: Einspielen von Support Packages",
        "Reihenfolge, Prüfungen davor und danach, Zurücksetzen, Rückmeldung an uns.",
        (),
        hours=7,
        seats=6,
        wants_approval=True,
    ),
    Plan(
        "Anwendertreffen",
        "Neues aus der Entwicklung, Ihre Themen, Wünsche und ihre Reihenfolge.",
        (),
        kind="user_meeting",
        hours=7,
        seats=40,
    ),
]


def write(house: House, now: datetime) -> int:
    dice = random.Random(SEED)  # noqa: S311 - invented, guards no secret
    tom = User.objects.get(email=TOM)
    courses = [_course(plan, house) for plan in COURSES]
    people = [one for everybody in house.people.values() for one in everybody]
    rows: list[Enrolment] = []
    sessions = _sessions(courses, timezone.localdate(now))
    Session.objects.bulk_create(sessions)
    Assignment.objects.bulk_create(Assignment(session=one, trainer=tom) for one in sessions)
    for session in sessions:
        rows += (
            _past(session, people, dice) if session.ends_at < now else _open(session, people, dice)
        )
    Enrolment.objects.bulk_create(rows)
    Certificate.objects.bulk_create(_certificates(rows))
    Feedback.objects.bulk_create(_answers(rows, dice))
    _at_alpina(house, now)
    meetings.write(now)
    return len(sessions)


def _course(plan: Plan, house: House) -> tuple[Course, Plan]:
    course = Course.objects.create(
        title=plan.title,
        text=plan.text,
        kind=plan.kind,
        audience=plan.audience,
        wants_approval=plan.wants_approval,
        line=Line.objects.filter(name=plan.line).first() if plan.line else None,
    )
    course.topics.add(*(topic for code in plan.about for topic in house.topics.get(code, [])))
    return course, plan


def _sessions(courses: list[tuple[Course, Plan]], today: date) -> list[Session]:
    """One every other week, never two on a day: there is one trainer."""
    day = today - timedelta(days=360)
    found: list[Session] = []
    for n, (course, plan) in enumerate(cycle(courses)):
        day = day + EVERY
        if day > today + timedelta(days=120):
            return found
        start = timezone.make_aware(datetime.combine(_workday(day), time(9)))
        place = PLACES[n % len(PLACES)] if plan.kind != "user_meeting" else PLACES[0]
        is_over = start < timezone.now() - timedelta(days=1)
        found.append(
            Session(
                course=course,
                during=DateTimeTZRange(start, start + timedelta(hours=plan.hours)),
                place=place,
                link="" if place else LINK.format(n=n),
                capacity=plan.seats,
                minimum=min(4, plan.seats),
                state=SessionState.DONE if is_over else SessionState.OPEN,
            )
        )
    return found


def _workday(day: date) -> date:
    return day + timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)


def _past(session: Session, people: list[User], dice: random.Random) -> list[Enrolment]:
    came = dice.sample(people, k=min(len(people), dice.randint(3, session.capacity)))
    return [
        _row(session, one, State.NO_SHOW if dice.random() < 0.08 else State.ATTENDED)
        for one in came
    ]


def _open(session: Session, people: list[User], dice: random.Random) -> list[Enrolment]:
    """The nearer, the fuller."""
    far = (session.starts_at - timezone.now()).days / 120
    wanted = round(session.capacity * max(0.2, 0.95 - far))
    return [_row(session, one, State.BOOKED) for one in dice.sample(people, k=min(wanted, 20))]


def _certificates(rows: list[Enrolment]) -> list[Certificate]:
    return [
        Certificate(
            enrolment=row,
            name=row.person.name,
            course=row.session.name,
            held_on=timezone.localdate(row.session.ends_at),
            language=row.person.language,
            issued_at=row.session.ends_at,
        )
        for row in rows
        if row.state == State.ATTENDED and row.session.course.kind != Course.Kind.USER_MEETING
    ]


def _answers(rows: list[Enrolment], dice: random.Random) -> list[Feedback]:
    """Most say how it was; some in words."""
    came = [row for row in rows if row.state == State.ATTENDED and dice.random() < 0.7]
    return [
        Feedback(
            enrolment=row,
            **{name: min(5, dice.randint(2, 6)) for name in QUESTIONS},
            text=dice.choice(WORDS) if dice.random() < 0.3 else "",
            at=row.session.ends_at + timedelta(hours=2),
        )
        for row in came
    ]


def _at_alpina(house: House, now: datetime) -> None:
    """What the people of the sign-in page see: a seat, an offer, a place in a line."""
    alpina = house.people["ALP"]
    alice, carol, others = alpina[0], alpina[1], alpina[2:]
    strangers = [one for code, them in house.people.items() if code != "ALP" for one in them]
    over = Session.objects.filter(state=SessionState.DONE, taken__lt=F("capacity"))
    last = (
        over.exclude(enrolments__person=alice).exclude(course__kind="user_meeting").latest("during")
    )
    been = _row(last, alice, State.ATTENDED)
    been.save()
    Certificate.objects.bulk_create(_certificates([been]))
    full, asked, booked = Session.objects.bookable(now + timedelta(days=5))[:3]
    Enrolment.objects.filter(session__in=[full, asked, booked]).delete()
    seats = {
        full: [(one, State.BOOKED) for one in strangers[: full.capacity]],
        asked: [
            (alice, State.OFFERED),
            *((one, State.BOOKED) for one in [others[0], *strangers[: asked.capacity - 2]]),
        ],
        booked: [(alice, State.BOOKED), (carol, State.BOOKED)],
    }
    for session, rows in seats.items():
        for person, state in rows:
            until = now + timedelta(hours=30) if state == State.OFFERED else None
            _row(session, person, state, offer_until=until, queued_at=now).save()
    for n, one in enumerate([strangers[-1], carol]):
        _row(full, one, State.WAITING, queued_at=now - timedelta(hours=9 - n)).save()


def _row(session: Session, person: User, state: State, **facts: datetime | None) -> Enrolment:
    return Enrolment(
        session=session,
        person=person,
        organisation=person.organisation,
        booked_by=person,
        state=state,
        **facts,
    )
