"""Two years of the product: four lines, their packages, what they mend and who runs what."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils import timezone

from demo import load, texts
from releases.models import (
    Correction,
    Delivery,
    Gate,
    GateKind,
    Import,
    ImportState,
    Installed,
    Line,
    Module,
    Package,
    Status,
    System,
    Validity,
)
from supportdesk.accounts.models import Organisation, User
from tickets.models import Priority

CORRECTIONS, FIRST_NUMBER = 400, 118_001
RHYTHM = timedelta(days=33)  # a support package every four to five weeks
# Name, days since its big release, level of the line before it branched from, last planned level.
LINES = [("2025.1", 640, None, 17), ("2025.2", 450, 5, 13), ("2026.1", 255, 5, 9)]
LINES.append(("2026.2", 70, 5, 4))
WHERE = ["bei Storno", "nach dem Monatswechsel", "bei Rückwirkung", "im Nachtlauf", "bei Teilzeit"]
WHERE += ["nach Kassenwechsel", "bei zwei Arbeitgebern", "mit Umlauten im Namen", "im Ausland"]
PILOTS = 2
WAVE = timedelta(days=7)  # the others follow the pilots


@dataclass
class Run:
    """A line with the day of each of its levels."""

    line: Line
    days: list[date]
    packages: list[Package] = field(default_factory=list)

    def level_on(self, day: date) -> int | None:
        """The first level that comes on this day or later."""
        return next((n for n, one in enumerate(self.days) if one >= day), None)

    def newest(self, today: date) -> int:
        return max(n for n, one in enumerate(self.days) if one <= today)


def lines(today: date) -> dict[str, Run]:
    found: dict[str, Run] = {}
    parent: Line | None = None
    for name, age, branched, last in LINES:
        start = today - timedelta(days=age)
        line = Line.objects.create(name=name, parent=parent, branch_level=branched)
        found[name] = Run(line, [start + n * RHYTHM for n in range(last + 1)])
        parent = line
    Line.objects.filter(name=LINES[0][0]).update(maintained_until=today - timedelta(days=30))
    for run in found.values():
        run.packages = list(_packages(run, today))
    return found


def _packages(run: Run, today: date) -> Iterator[Package]:
    for level, day in enumerate(run.days):
        facts: dict[str, Any] = {"status": Status.PLANNED}
        if day <= today:
            facts = {"status": Status.RELEASED, "released_at": _at(day)}
        elif day - RHYTHM <= today:
            facts = {"status": Status.IN_QA}
        yield Package.objects.create(line=run.line, level=level, planned_on=day, **facts)


def deliveries(runs: dict[str, Run], today: date, insurers: list[Organisation]) -> None:
    """Pilots on the day of the release, the others a week later, each on the lines they run."""
    running: dict[int, set[int]] = {}
    for one in insurers:
        for system in one.systems.select_related("installed"):
            running.setdefault(system.installed.line_id, set()).add(one.pk)
    rows = []
    for run in runs.values():
        for n, organisation in enumerate(sorted(running.get(run.line.pk, set()))):
            wait, wave = (timedelta(0), "pilot") if n < PILOTS else (WAVE, "general")
            rows += [
                Delivery(
                    package=package,
                    organisation_id=organisation,
                    wave=wave,
                    delivered_at=_at(day + wait),
                )
                for package, day in zip(run.packages, run.days, strict=True)
                if day + wait <= today
            ]
    Delivery.objects.bulk_create(rows)


def imports(today: date) -> None:
    """What runs was imported, and most of those who are behind plan the newest."""
    rows: list[Import] = []
    systems = System.objects.filter(organisation__isnull=False, purpose="production").with_level()
    for n, system in enumerate(systems.order_by("code")):
        people = User.objects.filter(organisation=system.organisation_id)
        carol = people.filter(roles__contains=["coordinator"]).order_by("pk").first()
        if carol is not None and system.runs is not None:
            day = today + timedelta(days=4 + n % 9) if n % 4 < 3 else None
            rows += _imports(system, system.runs, carol, day)
    Import.objects.bulk_create(rows)


def _imports(system: System, runs: Installed, by: User, day: date | None) -> Iterator[Import]:
    had = Package.objects.visible_to(by).released().filter(line=runs.line)
    levels = {one.level: one for one in had.select_related("line")}
    package = levels.get(runs.level)
    if package is not None and package.released_at and runs.level:
        then = min(package.released_at + timedelta(days=9), timezone.now())
        yield Import(
            system=system,
            package=package,
            state=ImportState.CONFIRMED,
            planned_for=then.date(),
            planned_by=by,
            planned_at=min(package.released_at + timedelta(days=8), then),
            ended_by=by,
            ended_at=then,
            before_line=runs.line,
            before_level=runs.level - 1,
        )
    newest = max(levels, default=runs.level)
    if day is not None and newest > runs.level:
        yield Import(
            system=system,
            package=levels[newest],
            planned_for=day,
            planned_by=by,
            before_line=runs.line,
            before_level=runs.level,
        )


def gates(runs: dict[str, Run], signers: list[User]) -> None:
    """What is out has passed them all; what is being looked at has passed the first."""
    kinds, rows = list(GateKind.objects.all()), []
    for package in (one for run in runs.values() for one in run.packages):
        if package.status == Status.PLANNED:
            continue
        passed = kinds if package.status == Status.RELEASED else kinds[: len(kinds) // 2]
        ready = _at(package.planned_on or timezone.localdate())
        for n, kind in enumerate(passed):
            rows.append(
                Gate(
                    package=package,
                    kind=kind,
                    result=Gate.Result.PASSED,
                    evidence=f"{kind} {package}",
                    sha256=hashlib.sha256(f"{kind} {package}".encode()).hexdigest(),
                    signed_by=signers[n % len(signers)],
                    signed_at=min(ready, timezone.now()) - timedelta(days=len(kinds) - n),
                )
            )
    Gate.objects.bulk_create(rows, batch_size=1000)


def corrections(runs: dict[str, Run], today: date, author: User, dice: random.Random) -> None:
    """Each of a fault that came on one day and is mended on another, the same day on all lines."""
    subjects = [
        (one.code, subject)
        for one in texts.MODULES
        for subject in one.subjects
        if subject.priority != Priority.QUESTION  # nothing to mend
    ]
    modules = {one.code: one.pk for one in Module.objects.all()}
    made, valid = [], []
    for n in range(CORRECTIONS):
        code, subject = subjects[n % len(subjects)]
        mended = today + timedelta(days=dice.randint(-600, 110))
        came = mended - timedelta(days=dice.randint(40, 300))
        draft = mended > today and dice.random() < 0.3
        number = FIRST_NUMBER + n
        made.append(
            {
                "number": number,
                "module_id": modules[code],
                "symptom": _symptom(subject, n // len(subjects)),
                "solution": subject.answer,
                "object_keys": [subject.transaction.upper()] if subject.transaction else [],
                "author_id": author.pk,
                "made_at": _at(min(mended, today)),
                "released_at": None if draft else _at(min(mended, today)),
            }
        )
        never = dice.random() < 0.05  # no fix yet
        for run in runs.values():
            stretch = _affected(run, came, mended, never)
            if not (draft and dice.random() < 0.4):
                valid.append(_validity(number, run.line, stretch, author))
    load.copy(Correction, made)
    load.catch_up(Correction)
    Validity.objects.bulk_create(valid, batch_size=1000)


def _symptom(subject: texts.Subject, variant: int) -> str:
    """The report without its figures, and when it happens."""
    plain = re.sub(r"\s*\{\w+\}", "", subject.subject)
    return f"{plain} {WHERE[variant % len(WHERE)]}"


def _affected(run: Run, came: date, mended: date, never: bool) -> NumericRange:
    low, high = run.level_on(came), run.level_on(mended)
    if low is None or low == high:
        return NumericRange(empty=True)
    return NumericRange(low, None if never else high)


def _validity(number: int, line: Line, affected: NumericRange, author: User) -> Validity:
    return Validity(correction_id=number, line=line, affected=affected, author=author)


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))
