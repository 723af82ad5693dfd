"""Load a year of an invented support desk, so that every list and chart has something to show."""

from __future__ import annotations

import random
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from demo import (
    cast,
    causes,
    clocks,
    enclosed,
    faults,
    house,
    inbox,
    load,
    pages,
    post,
    roster,
    rows,
    trainings,
)
from demo.year import A_YEAR, FIRST_NUMBER, Story, Year
from releases.models import Module
from supportdesk.accounts.models import Organisation, User
from supportdesk.audit import actions as audit
from supportdesk.audit.models import Entry
from supportdesk.worktime import calendars
from supportdesk.worktime.arithmetic import ALWAYS
from supportdesk.worktime.models import Calendar
from tickets.models import (
    ClockReading,
    Diagnosis,
    HandBack,
    HistoryEntry,
    Message,
    RoutingDecision,
    Ticket,
)

SEED = 48211
BATCH = 2000
PARTS: dict[type[Model], Callable[[Story], Iterator[dict[str, Any]]]] = {
    ClockReading: clocks.rows,
    Message: rows.messages,
    HistoryEntry: rows.history,
    RoutingDecision: rows.decisions,
}


class Command(BaseCommand):
    help = "Load a year of invented tickets into an empty database, or print the demo's logins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--logins", action="store_true", help="print who can sign in")
        parser.add_argument("--tickets", type=int, default=A_YEAR, help="how many, about")
        parser.add_argument("--first", type=int, default=FIRST_NUMBER, help="the first's number")

    def handle(self, *args: Any, logins: bool, tickets: int, first: int, **options: Any) -> None:
        if logins:
            self._print_logins()
        elif _was_cut_short():
            self.stdout.write("The demo was cut short. `make fresh` begins again.")
        elif Organisation.objects.exists():
            self.stdout.write("There are organisations already; the demo is not loaded over them.")
        else:
            self._load(tickets, first)

    def _print_logins(self) -> None:
        for email, role in cast.LOGINS:
            self.stdout.write(f"{email:28} {cast.PASSWORD}   {role}")

    def _load(self, count: int, first: int) -> None:
        now, dice = timezone.now(), random.Random(SEED)  # noqa: S311 - invented tickets, no secrets
        with transaction.atomic():
            desk = User.objects.desk()
            built = house.build(timezone.localdate(), dice)
            duties = roster.write(built, desk)
            audit.record("demo.loaded", Module.objects.earliest("pk"), by=desk, tickets=count)
        self.stdout.write(
            f"Demo: people, customers, systems and {duties} duties are there; tickets follow."
        )
        hours = calendars.of(Calendar.objects.get())
        calendars.keep([hours.version, ALWAYS.version])
        year = Year(built, desk, now, hours, dice)
        stories = list(year.stories(count, first))
        for start in range(0, len(stories), BATCH):
            batch = stories[start : start + BATCH]
            for story in batch:
                story.readings = clocks.of(story, hours)
            self._copy(batch, built, now)
            self.stdout.write(f"Demo: {start + len(batch)} of {len(stories)} tickets.")
        with transaction.atomic():
            causes.tell()
            files, notices = enclosed.write(dice), inbox.write(now)
            mails, paged = post.write(desk), pages.write(desk)
            told, sessions = faults.write(now), trainings.write(built, now)
            audit.record("demo.completed", Module.objects.earliest("pk"), by=desk)
        self.stdout.write(f"Demo: {files} files, {notices} notices, {mails} mails that wait.")
        self.stdout.write(f"Demo: {paged} pages, {told} major faults, {sessions} trainings.")
        self.stdout.write("The demo is complete.")

    @transaction.atomic
    def _copy(self, batch: list[Story], built: house.House, now: datetime) -> None:
        load.copy(Ticket, (rows.ticket(story, built, now) for story in batch))
        for model, told in PARTS.items():
            load.copy(model, (row for story in batch for row in told(story)))
        load.copy(HandBack, (row for story in batch for row in rows.hand_backs(story, built)))
        points = (row for story in batch for row in rows.missing(story, built))
        load.copy(HandBack.missing.through, points)
        load.copy(Diagnosis, (row for story in batch for row in rows.diagnoses(story, built)))
        load.catch_up(Ticket)
        for model in (Diagnosis, HandBack):
            if model.objects.exists():
                load.catch_up(model)


def _was_cut_short() -> bool:
    """Somebody ended `make run` while tickets were still coming."""
    told = set(Entry.objects.filter(verb__startswith="demo.").values_list("verb", flat=True))
    return told == {"demo.loaded"}
