"""Rows in a legal state. Other states are reached by calling verbs."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import factory
import pgtrigger
from django.core.files.base import ContentFile
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from factory.django import DjangoModelFactory

from releases.models import (
    Correction,
    GateKind,
    Installed,
    Line,
    Module,
    Package,
    PackageFile,
    Status,
    System,
)
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Mandate, Organisation, Service, Team, User
from supportdesk.messaging.models import Dispatch
from supportdesk.worktime.models import Calendar, Hours
from tickets import actions
from tickets.models import (
    Competence,
    Defect,
    EscalationLevel,
    MajorFault,
    Message,
    Ticket,
    Verdict,
)
from training import actions as training
from training.models import Certificate, Course, Enrolment, Session, Topic


class CalendarFactory(DjangoModelFactory):
    class Meta:
        model = Calendar
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Calendar {n}")

    @factory.post_generation
    def hours(self, create: bool, extracted: object, **kwargs: Any) -> None:
        """Monday to Friday, 7 to 17, without a break."""
        for weekday in range(5):
            Hours.objects.create(
                calendar=self, weekday=weekday, opens_minute=7 * 60, closes_minute=17 * 60
            )


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")
    calendar = factory.SubFactory(CalendarFactory)


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Kasse {n}")
    code = factory.Sequence(lambda n: f"K{n}")


class MandateFactory(DjangoModelFactory):
    class Meta:
        model = Mandate

    provider = factory.SubFactory(OrganisationFactory, kind=Organisation.Kind.PROVIDER)
    insurer = factory.SubFactory(OrganisationFactory)
    during = DateRange(date(2020, 1, 1), None)
    carries = [Service.TICKETS, Service.IMPORTS, Service.ACCESS, Service.TRAININGS]


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@desk.example")
    name = factory.Sequence(lambda n: f"Person {n}")
    roles = [Role.AGENT]
    language = "en"


class ModuleFactory(DjangoModelFactory):
    class Meta:
        model = Module

    code = factory.Sequence(lambda n: f"mod{n}")
    name = factory.Sequence(lambda n: f"Module {n}")
    team = factory.SubFactory(TeamFactory)


class LineFactory(DjangoModelFactory):
    class Meta:
        model = Line
        django_get_or_create = ["name"]

    name = "2026.1"


class PackageFactory(DjangoModelFactory):
    class Meta:
        model = Package

    line = factory.SubFactory(LineFactory)
    level = factory.Sequence(lambda n: n)
    status = Status.RELEASED
    released_at = factory.LazyFunction(timezone.now)


def a_package_file(package: Package, name: str = "sp.sar") -> PackageFile:
    """Also of a package that is out already, as if it had been put in before."""
    file = PackageFile(package=package, name=name, size=2, uploaded_by=UserFactory())
    file.file.save(name, ContentFile(b"SP"), save=False)
    file.sha256 = hashlib.sha256(b"SP").hexdigest()
    with pgtrigger.ignore("releases.PackageFile:not_once_it_is_out"):
        file.save()
    return file


class CorrectionFactory(DjangoModelFactory):
    class Meta:
        model = Correction

    module = factory.SubFactory(ModuleFactory)
    symptom = factory.Sequence(lambda n: f"Zahlung {n} wird doppelt angewiesen")
    object_keys = factory.Sequence(lambda n: [f"ZKG{n}"])


class SystemFactory(DjangoModelFactory):
    class Meta:
        model = System
        skip_postgeneration_save = True

    organisation = factory.SubFactory(OrganisationFactory)
    code = factory.Sequence(lambda n: f"SYS-P{n}")
    inventory_at = factory.LazyFunction(timezone.now)
    inventory_source = System.Source.HAND

    @factory.post_generation
    def runs(self, create: bool, extracted: tuple[Line, int] | None, **kwargs: Any) -> None:
        """Line and level; 2026.1 SP 3 where nothing is said."""
        line, level = extracted or (LineFactory(), 3)
        Installed.objects.create(system=self, line=line, level=level)


class TopicFactory(DjangoModelFactory):
    class Meta:
        model = Topic

    name = factory.Sequence(lambda n: f"Topic {n}")
    process_area = "Payments"


class CourseFactory(DjangoModelFactory):
    class Meta:
        model = Course

    title = factory.Sequence(lambda n: f"Course {n}")


class CompetenceFactory(DjangoModelFactory):
    class Meta:
        model = Competence

    person = factory.SubFactory(UserFactory)
    module = factory.SubFactory(ModuleFactory)


STANDSTILL = {  # what a report of priority 1 has to say
    "production": "stands",
    "workaround": "none",
    "contact_name": "Nora Lenz",
    "contact_phone": "030 5557 81",
}


STANDS = actions.Standstill("Alice Moser", "+49 40 123456", no_workaround=True)


def a_ticket(*, by: User, module: Module, organisation: Organisation, **facts: Any) -> Ticket:
    """A ticket opened through the verb, as the portal would."""
    if facts.get("customer_priority") == 1:
        facts = {**STANDSTILL, **facts}
    report = actions.Report(
        **{
            "organisation": organisation,
            "module": module,
            "subject": "Krankengeld wird nach Storno doppelt angewiesen",
            "text": "Nach der Stornierung steht der Fall zweimal im Zahllauf.",
            "customer_priority": 3,
            **facts,
        }
    )
    return actions.open_ticket(report, by=by, channel=Message.Channel.PORTAL)


def a_finding(**facts: Any) -> actions.Finding:
    """A cause that is quickly found: something people can be trained on."""
    topic, _new = Topic.objects.get_or_create(name="Storno", process_area="Payments")
    return actions.Finding(**{"verdict": Verdict.HANDLING_ERROR, "topic": topic, **facts})


def published_levels() -> None:
    """The levels of a new desk: a test that empties all tables takes the migration's away."""
    clocks = ["first_response", "answer", "next_word", "resolution"]
    urgent, calm = [(75, 1), (100, 2), (150, 3)], [(100, 1), (200, 2)]
    EscalationLevel.objects.bulk_create(
        [
            EscalationLevel(priority=priority, clock=clock, share=share, level=level)
            for priority in (1, 2, 3, 4)
            for clock in clocks
            for share, level in (urgent if priority < 3 else calm)
        ],
        ignore_conflicts=True,
    )


def published_gates() -> None:
    """The gates of a new desk, which a test that empties all tables takes away, too."""
    for position, name in enumerate(["Build", "Load"], 1):
        GateKind.objects.get_or_create(name=name, defaults={"position": position})


def a_major_fault(module: Module, *, by: User, **facts: Any) -> MajorFault:
    """Declared through the verb, as the office would."""
    words = {"title": "Payments are late", "text": "The payment run of this morning stands still."}
    tickets = facts.pop("tickets", ())
    outage = actions.Outage(**{**words, "modules": [module], **facts})
    return actions.declare_major_fault(outage, by=by, tickets=tickets)


def a_defect(module: Module, *, by: User, **facts: Any) -> Defect:
    """Reported through the verb, as the workbench would."""
    fault = actions.Fault(
        **{"title": "Storno books twice", "steps": "Cancel, pay again on the same day.", **facts}
    )
    return actions.report_defect(module, by=by, fault=fault)


def a_session(course: Course | None = None, **facts: Any) -> Session:
    """Planned and published through the verbs, as the trainers do: in three weeks, two seats."""
    by = facts.pop("by", None) or UserFactory(roles=[Role.TRAINER])
    course = course or CourseFactory()
    starts_at = facts.pop("starts_at", None) or timezone.now() + timedelta(days=21)
    plan = {"ends_at": starts_at + timedelta(hours=6), "capacity": 2, "place": "Essen", **facts}
    session = training.plan_session(course, training.Plan(starts_at=starts_at, **plan), by=by)
    return training.publish_session(session, by=by)


def a_certificate(place: Enrolment, **facts: Any) -> Certificate:
    """As `finish_session` issues it, whenever the session is."""
    session = place.session
    said = {"name": place.person.name, "course": session.name, "language": "de", **facts}
    return Certificate.objects.create(enrolment=place, held_on=session.ends_at.date(), **said)


def an_undelivered_letter(ticket: Ticket, reader: User, key: str = "x", **facts: Any) -> Dispatch:
    """About a ticket; given up after many tries, unless `facts` say more."""
    facts = {"state": Dispatch.State.DEAD, "error": "550 no such user", **facts}
    return Dispatch.objects.create(
        dedupe_key=f"undelivered.{key}:{ticket.pk}:{reader.pk}",
        channel="mail",
        recipient=reader,
        address=reader.email,
        about_type=ticket._meta.label_lower,
        about_id=ticket.pk,
        content={"subject": f"[#{ticket.pk}] Answer", "text": "Words."},
        **facts,
    )
