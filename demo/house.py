"""The people, customers and systems of the demo, written through the ORM."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product

from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange
from django.utils import timezone

from demo import cast, causes, packages, texts
from releases.models import DevelopmentArea, Installed, Line, Module, System
from supportdesk.accounts.models import Mandate, Organisation, Service, Team, User
from supportdesk.worktime.models import Absence, Calendar, Hours, SpecialDay
from tickets.models import AgeLimit, Agreement, CheckPoint, Competence, EscalationLevel
from tickets.promises import PUBLISHED
from training.models import Topic

PRODUCT_SEED = 118_204  # its own dice: the tickets stay as they are
Person = tuple[str, str, list[str]]  # e-mail, name, roles


@dataclass
class House:
    """Everything the year needs to know, by code."""

    insurers: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, list[User]] = field(default_factory=dict)  # of an organisation, by its code
    acting: dict[str, list[User]] = field(default_factory=dict)  # providers' people, by insurer
    modules: dict[str, Module] = field(default_factory=dict)
    developer: User = field(init=False)
    systems: dict[str, System] = field(default_factory=dict)  # production, by insurer
    staff: dict[int, User] = field(default_factory=dict)  # specialists, by their keys
    known: dict[str, causes.Known] = field(default_factory=dict)  # by module
    check_points: dict[str, list[CheckPoint]] = field(default_factory=dict)  # by module
    topics: dict[str, list[Topic]] = field(default_factory=dict)  # by module
    levels: dict[int, list[tuple[User, int]]] = field(default_factory=dict)  # by module's key
    absences: dict[int, list[tuple[date, date, str]]] = field(default_factory=dict)  # by person


def build(today: date, dice: random.Random) -> House:
    """Write all rows but the tickets. Needs an empty database; the caller's transaction."""
    house = House()
    password = make_password(cast.PASSWORD)  # once: a third of a second each
    names = _names(dice)
    _customers(house, names, password)
    _providers(house, names, password, today)
    _staff(house, password)
    _absences(house, today, dice)
    _systems(house, today, random.Random(PRODUCT_SEED))  # noqa: S311 - invented, no secrets
    _topics(house)
    _known(house)
    _check_points(house)
    _agreement(house, today)
    _levels()
    return house


def _levels() -> None:
    """Silence at the last level costs the ticket; what has no cause yet comes up by its age."""
    last = EscalationLevel.objects.filter(clock="answer", share__gte=150)
    last.update(takes_away=True)
    AgeLimit.objects.bulk_create(
        AgeLimit(priority=priority, days=days, level=2)
        for priority, days in {1: 14, 2: 30, 3: 60, 4: 90}.items()
    )


def _agreement(house: House, today: date) -> None:
    """One customer has signed for shorter times, from the next month but one on."""
    begins = (today.replace(day=1) + timedelta(days=62)).replace(day=1)
    insurer = next(iter(house.insurers.values()))
    agreement = Agreement.objects.create(organisation=insurer, during=DateRange(begins, None))
    for priority, pledge in PUBLISHED.items():
        halves = {clock.value: target / 2 for clock, target in pledge.targets.items()}
        agreement.lines.create(priority=priority, closes_after=pledge.closes_after.days, **halves)


def _names(dice: random.Random) -> Iterator[str]:
    pairs = [f"{first} {last}" for first, last in product(cast.FIRST_NAMES, cast.LAST_NAMES)]
    dice.shuffle(pairs)
    return iter(pairs)


def _customers(house: House, names: Iterator[str], password: str) -> None:
    for name, code, state, domain, _share in cast.INSURERS:
        insurer = Organisation.objects.create(
            name=name, code=code, state=state, mail_domains=[domain]
        )
        house.insurers[code] = insurer
        house.people[code] = _people(insurer, domain, names, password)


def _providers(house: House, names: Iterator[str], password: str, today: date) -> None:
    for name, code, state, domain, acts_for in cast.PROVIDERS:
        provider = Organisation.objects.create(
            name=name,
            code=code,
            state=state,
            mail_domains=[domain],
            kind=Organisation.Kind.PROVIDER,
        )
        people = _people(provider, domain, names, password)
        for insurer in acts_for:
            house.acting[insurer] = people
            Mandate.objects.create(
                provider=provider,
                insurer=house.insurers[insurer],
                during=DateRange(today - timedelta(days=700), None),
                carries=[Service.TICKETS, Service.IMPORTS, Service.ACCESS, Service.TRAININGS],
            )


def _people(
    organisation: Organisation, domain: str, names: Iterator[str], password: str
) -> list[User]:
    known = [
        (f"{local}@{domain}", name, [role])
        for local, name, role in cast.CUSTOMERS.get(organisation.code, ())
    ]
    more = [_stranger(next(names), domain, role) for role in ("coordinator", "member", "member")]
    everybody = known or more
    return [
        User.objects.create(
            email=email,
            name=name,
            roles=roles,
            organisation=organisation,
            password=password,
            phone=f"0{30 + organisation.pk} 55501{n:02}",
        )
        for n, (email, name, roles) in enumerate(everybody)
    ]


def _stranger(name: str, domain: str, role: str) -> Person:
    umlauts = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i"})
    return f"{name.lower().translate(umlauts).replace(' ', '.')}@{domain}", name, [role]


def _staff(house: House, password: str) -> None:
    hours = Calendar.objects.create(name="Servicezeit Mo–Fr 7–17 Uhr", state="NW")
    Hours.objects.bulk_create(
        Hours(calendar=hours, weekday=weekday, opens_minute=420, closes_minute=1020)
        for weekday in range(5)
    )
    for day, name in [(24, "Heiligabend"), (31, "Silvester")]:
        SpecialDay.objects.create(
            calendar=hours,
            day=date(2025, 12, day),
            name=name,
            yearly=True,
            hours=[NumericRange(7 * 60, 12 * 60)],
        )
    teams = [Team.objects.create(name=name, calendar=hours) for name in cast.TEAMS]
    for text in texts.MODULES:
        house.modules[text.code] = Module.objects.create(
            code=text.code, name=text.name, team=teams[text.team], criticality=text.criticality
        )
        house.levels[house.modules[text.code].pk] = []
    for local, name, team, role, skills in cast.SPECIALISTS:
        person = User.objects.create(
            email=f"{local}@{cast.VENDOR_DOMAIN}",
            name=name,
            roles=[role],
            team=teams[team],
            password=password,
        )
        for skill in skills.split():
            code, level = skill[:-1], int(skill[-1])
            Competence.objects.create(person=person, module=house.modules[code], level=level)
            house.levels[house.modules[code].pk].append((person, level))
        house.staff[person.pk] = person
    _deputies(house)
    for local, name, role in cast.HOUSE:
        person = User.objects.create(
            email=f"{local}@{cast.VENDOR_DOMAIN}", name=name, roles=[role], password=password
        )
        if role == "developer":
            house.developer = person


def _deputies(house: House) -> None:
    """Each has a colleague of the same team; the last stands in for the first."""
    for team in {person.team_id for person in house.staff.values()}:
        colleagues = [person for person in house.staff.values() if person.team_id == team]
        for person, deputy in zip(colleagues, [*colleagues[1:], colleagues[0]], strict=True):
            person.deputy = deputy
            person.save(update_fields=["deputy"])


def _absences(house: House, today: date, dice: random.Random) -> None:
    """Two or three holidays and a few days of illness a year each, some of them running now."""
    for person in house.staff.values():
        taken: list[tuple[date, date, str]] = []
        for kind, days in (("holiday", 14), ("holiday", 7), ("holiday", 5), ("illness", 3)):
            start = today + timedelta(days=dice.randint(-360, 60))
            span = (start, start + timedelta(days=dice.randint(max(1, days - 3), days)))
            if all(span[1] <= other[0] or other[1] <= span[0] for other in taken):
                taken.append((*span, kind))
                Absence.objects.create(person=person, during=DateRange(*span), kind=kind)
        house.absences[person.pk] = taken


def _known(house: House) -> None:
    """Each team's modules are developed by an area of the same subject."""
    since = timezone.now() - timedelta(days=360)
    areas: dict[int, DevelopmentArea] = {}
    for text in texts.MODULES:
        module = house.modules[text.code]
        if text.team not in areas:
            name = f"Entwicklung {module.team}"
            areas[text.team] = DevelopmentArea.objects.create(name=name)
        module.development_area = areas[text.team]
        module.save(update_fields=["development_area"])
        house.known[text.code] = causes.known(text, module, house.developer, since)


def _topics(house: House) -> None:
    for code, area, names in causes.TOPICS:
        house.topics[code] = [Topic.objects.create(name=name, process_area=area) for name in names]
        for topic in house.topics[code]:
            topic.modules.add(house.modules[code])


def _check_points(house: House) -> None:
    """What every module asks for, and one of its own."""
    everywhere = [
        CheckPoint.objects.create(text=text, position=n)
        for n, text in enumerate(texts.CHECK_POINTS)
    ]
    for code, module in house.modules.items():
        text = f"{module.name}: Customizing mit dem Testsystem verglichen"
        own = CheckPoint.objects.create(module=module, text=text, position=9)
        house.check_points[code] = [*everywhere, own]


def _systems(house: House, today: date, dice: random.Random) -> None:
    """Most test systems run what is newest; some production systems are a few levels behind."""
    runs = packages.lines(today)
    names = ["2026.2", "2026.1", "2026.1", "2025.2"]
    for n, (code, insurer) in enumerate(house.insurers.items()):
        run = runs[names[n % len(names)]]
        newest = run.newest(today)
        level = max(0, newest - (1, 2, 0, 3)[n // 2 % 4])
        age = timedelta(days=60 if n % 9 == 4 else n % 20)
        house.systems[code] = _system(f"{code}-P1", insurer, "production", (run.line, level), age)
        _system(f"{code}-T1", insurer, "test", (run.line, newest), timedelta(days=n % 6))
    lab = runs["2026.2"]
    now = timedelta(0)
    _system("LAB-26", None, "development", (lab.line, lab.newest(today)), now)
    packages.deliveries(runs, today, list(house.insurers.values()))
    packages.imports(today)
    author = User.objects.filter(roles__contains=["release_manager"]).earliest("pk")
    packages.corrections(runs, today, author, dice)
    packages.gates(runs, list(User.objects.filter(roles__contains=["lead"]).order_by("pk")))


def _system(
    code: str, owner: Organisation | None, purpose: str, runs: tuple[Line, int], age: timedelta
) -> System:
    system = System.objects.create(
        organisation=owner,
        code=code,
        purpose=purpose,
        inventory_at=timezone.now() - age,
        inventory_source=System.Source.API,
    )
    Installed.objects.create(system=system, line=runs[0], level=runs[1])
    return system
