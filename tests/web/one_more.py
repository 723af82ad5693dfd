"""How one more row of each model comes about, for lists that are to be long."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model
from django.utils import timezone

from oncall.actions import expect, open_page
from oncall.models import (
    Change,
    CriticalPeriod,
    CriticalRule,
    Duty,
    HandOver,
    Heartbeat,
    Page,
    PageEvent,
    Policy,
    Rotation,
    Schedule,
)
from releases.actions import back_wish, put_wish
from releases.models import (
    Correction,
    Delivery,
    DevelopmentArea,
    Doubt,
    Download,
    Gate,
    GateKind,
    Import,
    Line,
    Module,
    Package,
    PackageFile,
    Recall,
    System,
    Wish,
)
from supportdesk.accounts.models import (
    Invitation,
    Mandate,
    Organisation,
    Scope,
    Team,
    Token,
    User,
    Webhook,
)
from supportdesk.audit.models import Entry
from supportdesk.messaging.models import Dispatch, Endpoint, Event, Notice
from supportdesk.worktime.models import Absence, Calendar
from tests.factories import (
    CalendarFactory,
    CompetenceFactory,
    CorrectionFactory,
    CourseFactory,
    LineFactory,
    MandateFactory,
    ModuleFactory,
    OrganisationFactory,
    PackageFactory,
    SystemFactory,
    TeamFactory,
    TopicFactory,
    UserFactory,
    a_defect,
    a_major_fault,
    a_package_file,
    a_ticket,
)
from tests.releases.fleet import deliver
from tests.web import seats
from tests.web.world import PORTAL, World, a_waiting_mail
from tickets import actions
from tickets.models import (
    AccessEntry,
    AccessRequest,
    AgeLimit,
    Agreement,
    Attachment,
    BlockedSender,
    CheckPoint,
    Competence,
    Defect,
    DefectComment,
    Escalation,
    EscalationLevel,
    FaultUpdate,
    HistoryEntry,
    Mailbox,
    MajorFault,
    Message,
    RawMail,
    ReplyTemplate,
    Ticket,
)
from training.actions import count_cause
from training.models import (
    CauseCount,
    Certificate,
    Contribution,
    Course,
    Decision,
    Enrolment,
    Material,
    Proposal,
    Session,
    Topic,
)


def _dispatch(house: World, n: int) -> Dispatch:
    """By turns a mail and a message to a customer's system."""
    if n % 2:
        webhook = house.alpina.organisation.webhooks.earliest("pk")
        facts = {"endpoint": webhook.endpoint, "content": {"event": "ping"}}
        return Dispatch.objects.create(dedupe_key=f"n{n}", channel="webhook", **facts)
    return Dispatch.objects.create(
        dedupe_key=f"n{n}", channel="mail", recipient=UserFactory(), address="x@x.example"
    )


def _ticket(house: World, n: int) -> Ticket:
    """Each of another person, about another module, in another one's charge."""
    person = UserFactory(organisation=house.alpina.organisation, roles=["member"])
    system = SystemFactory(organisation=house.alpina.organisation)
    ticket = a_ticket(
        by=person,
        module=ModuleFactory(),
        organisation=house.alpina.organisation,
        system=system,
        caller=UserFactory(organisation=house.alpina.organisation, roles=["member"]),
    )
    return actions.take(ticket, by=UserFactory(team=TeamFactory())) if n % 4 else ticket


def _message(house: World, n: int) -> Message:
    person = UserFactory(organisation=house.alpina.organisation, roles=["member"])
    ticket = house.alpina.ticket
    return actions.reply(ticket, by=person, text=f"Reply {n}", channel=PORTAL)


def _attachment(house: World, n: int) -> Attachment:
    like = house.alpina.attachment
    message = _message(house, n)
    facts = {name: getattr(like, name) for name in ("file", "name", "size", "content_type")}
    return Attachment.objects.create(
        ticket=house.alpina.ticket, message=message, uploaded_by=message.author, **facts
    )


def _notice(house: World, n: int) -> Notice:
    return Notice.objects.create(
        user=house.alpina.member, event="ticket.replied", title="x", url="/", dedupe_key=f"n{n}"
    )


def _import(house: World, n: int) -> Import:
    """By turns planned, into a system of its own, and given up."""
    facts = {"planned_by": house.people["carol"], "planned_for": timezone.localdate()}
    facts["package"] = PackageFactory(line=LineFactory(name=f"i{n}"), level=n)
    if n % 2:
        system = SystemFactory(organisation=house.alpina.organisation)
        return Import.objects.create(system=system, **facts)
    person = UserFactory(organisation=house.alpina.organisation, roles=["coordinator"])
    facts |= {"state": "dropped", "ended_at": timezone.now(), "ended_by": person}
    return Import.objects.create(system=house.alpina.system, **facts)


def _invitation(house: World, n: int) -> Invitation:
    return Invitation.objects.create(
        organisation=house.alpina.organisation,
        email=f"n{n}@alpina.example",
        name="x",
        roles=["member"],
        digest=f"{n}",
        invited_by=UserFactory(organisation=house.alpina.organisation, roles=["coordinator"]),
        expires_at=timezone.now() + timedelta(days=7),
    )


def _entry(house: World, n: int) -> Entry:
    return Entry.objects.create(
        verb="x", subject_type="tickets.ticket", subject_id=house.alpina.ticket.pk, by=UserFactory()
    )


def _count(house: World, n: int) -> None:
    count_cause(
        TopicFactory(), house.alpina.organisation, cause="x", on=date(2020 + n // 12, n % 12 + 1, 9)
    )


def _duty(house: World, n: int) -> Duty:
    """By turns of one person more, and lea's own, in a month that is shown."""
    start = timezone.now() + timedelta(hours=n)
    return Duty.objects.create(
        schedule=house.row(Schedule),
        person=UserFactory() if n % 2 else house.people["lea"],
        position=10 + n,
        during=(start, start + timedelta(hours=1)),
    )


def _change(house: World, n: int) -> Change:
    """By turns on offer and taken."""
    start = timezone.now() + timedelta(days=1)
    return Change.objects.create(
        schedule=Schedule.objects.create(name=f"c{n}"),
        kind="swap",
        person=UserFactory(),
        stand_in=UserFactory() if n % 2 else None,
        written_by=UserFactory(),
        during=(start, start + timedelta(hours=1)),
    )


def _wish(house: World, n: int) -> None:
    wish = put_wish(ModuleFactory(), by=house.people["sam"], title=f"Wish {n}", text="Do.")
    back_wish(wish, OrganisationFactory(), by=house.people["sam"], number=n)


def _defect(house: World, n: int) -> None:
    """With a ticket of its own, and one more of the defect that the page is about."""
    sam = house.people["sam"]
    for defect in (a_defect(ModuleFactory(), by=sam), Defect.objects.earliest("pk")):
        ticket = _ticket(house, 4 * n + 1)
        finding = actions.Finding("software_defect", defect=defect)
        actions.diagnose(ticket, by=sam, finding=finding)
    actions.comment_on_defect(defect, by=UserFactory(), text=f"Comment {n}")


def _update(house: World, n: int) -> None:
    """With a ticket more: written by somebody else each time."""
    fault, lea = MajorFault.objects.earliest("pk"), UserFactory(roles=["lead"])
    actions.link_to_fault(fault, by=lea, ticket=_ticket(house, 4 * n + 1))
    fault.updates.create(by=lea, text=f"Update {n}")


def _doubt(house: World, n: int) -> Doubt:
    system = SystemFactory(organisation=OrganisationFactory())
    person = UserFactory(organisation=system.organisation, roles=["member"])
    return Doubt.objects.create(
        correction=house.row(Correction),
        system=system,
        verdict="no_fix",
        text="No.",
        raised_by=person,
    )


def _package_file(house: World, n: int) -> PackageFile:
    return a_package_file(house.row(Package), f"n{n}.sar")


# How one more row of a model comes about. A list of a model without a line here fails below.
Maker = Callable[[World, int], Any]
ONE_MORE: dict[type[Model], Maker] = {
    Organisation: lambda house, n: OrganisationFactory(),
    Mandate: lambda house, n: MandateFactory(),
    Team: lambda house, n: TeamFactory(),
    User: lambda house, n: UserFactory(team=TeamFactory(), deputy=UserFactory()),
    Token: lambda house, n: Token.objects.create(
        user=house.alpina.coordinator, name=f"n{n}", scopes=[Scope.TICKETS_READ]
    ),
    Invitation: _invitation,
    Entry: _entry,
    Event: lambda house, n: Event.objects.create(name="x"),
    Dispatch: _dispatch,
    Notice: _notice,
    Webhook: lambda house, n: Webhook.objects.create(
        organisation=house.alpina.organisation if n % 2 else OrganisationFactory(),
        name=f"n{n}",
        endpoint=Endpoint.objects.create(url="x"),
    ),
    Calendar: lambda house, n: CalendarFactory(),
    Absence: lambda house, n: Absence.objects.create(
        person=UserFactory(),
        deputy=UserFactory(),
        during=DateRange(date(2026, 1, 1), date(2026, 1, 8)),
    ),
    Module: lambda house, n: ModuleFactory(),
    Correction: lambda house, n: CorrectionFactory(),
    Package: lambda house, n: PackageFactory(level=100 + n),
    Doubt: _doubt,
    Delivery: lambda house, n: deliver(PackageFactory(level=100 + n), house.alpina.organisation),
    PackageFile: _package_file,
    Recall: lambda house, n: Recall.objects.create(
        package=house.row(Package), organisation=OrganisationFactory()
    ),
    Download: lambda house, n: Download.objects.create(
        file=house.row(PackageFile), organisation=OrganisationFactory(), user=UserFactory()
    ),
    Topic: lambda house, n: TopicFactory(),
    CheckPoint: lambda house, n: CheckPoint.objects.create(
        module=ModuleFactory(), text=f"Look {n}"
    ),
    CauseCount: _count,
    Session: seats.one_more_session,
    Certificate: seats.one_more_certificate,
    Material: seats.one_more_material,
    Proposal: seats.one_more_proposal,
    Contribution: seats.one_more_contribution,
    Decision: seats.one_more_decision,
    Enrolment: seats.one_more_enrolment,
    Course: lambda house, n: CourseFactory(line=LineFactory()),
    Line: lambda house, n: LineFactory(
        name=f"n{n}", parent=LineFactory(name=f"p{n}"), branch_level=1
    ),
    Import: _import,
    System: lambda house, n: SystemFactory(organisation=OrganisationFactory()),
    Competence: lambda house, n: CompetenceFactory(person=UserFactory(team=TeamFactory())),
    Ticket: _ticket,
    Wish: _wish,
    GateKind: lambda house, n: GateKind.objects.create(name=f"Gate {n}"),
    Gate: lambda house, n: Gate.objects.create(
        package=Package.objects.earliest("pk"),
        kind=GateKind.objects.create(name=f"Signed gate {n}"),
        result="passed",
        signed_by=UserFactory(),
        signed_at=timezone.now(),
    ),
    DevelopmentArea: lambda house, n: DevelopmentArea.objects.create(name=f"n{n}"),
    Defect: _defect,
    MajorFault: lambda house, n: a_major_fault(ModuleFactory(), by=UserFactory(roles=["lead"])),
    FaultUpdate: _update,
    DefectComment: _defect,
    AccessRequest: lambda house, n: actions.ask_access(
        house.alpina.ticket,
        by=UserFactory(),
        system=SystemFactory(organisation=house.alpina.organisation),
        purpose="x",
        starts_at=timezone.now(),
        ends_at=timezone.now() + timedelta(days=1),
    ),
    AccessEntry: lambda house, n: house.alpina.ticket.access_requests.earliest("pk").log.create(
        kind="done", by=UserFactory(), text="x"
    ),
    Escalation: lambda house, n: actions.escalate(
        _ticket(house, 4 * n + 1), by=house.people["sam"], reason="age", text="Old."
    ),
    RawMail: lambda house, n: a_waiting_mail(Mailbox.objects.get(), f"n{n}", _ticket(house, n)),
    Mailbox: lambda house, n: Mailbox.objects.create(
        code=f"n{n}", address=f"n{n}@desk.example", module=ModuleFactory()
    ),
    BlockedSender: lambda house, n: BlockedSender.objects.create(
        address=f"n{n}@x.example", reason="A loop", by=UserFactory()
    ),
    ReplyTemplate: lambda house, n: ReplyTemplate.objects.create(
        name=f"n{n}", german="Danke, {customer}.", english="Thank you, {customer}."
    ),
    AgeLimit: lambda house, n: AgeLimit.objects.get_or_create(
        priority=1 + n % 4, defaults={"days": 30}
    ),
    EscalationLevel: lambda house, n: EscalationLevel.objects.create(
        priority=1, clock="answer", share=300 + n, level=1
    ),
    Schedule: lambda house, n: Schedule.objects.create(
        name=f"n{n}", team=TeamFactory(), fallback=UserFactory()
    ),
    Rotation: lambda house, n: Rotation.objects.create(
        schedule=Schedule.objects.create(name=f"r{n}"),
        name="x",
        starts_on=date(2026, 1, 1),
        hands_off_at=time(9),
    ),
    Change: _change,
    Page: lambda house, n: open_page(
        f"n{n}", "x", by=house.people["lea"], policy=house.row(Policy)
    ),
    Policy: lambda house, n: Policy.objects.create(name=f"n{n}"),
    PageEvent: lambda house, n: house.row(Page).events.create(kind="escalated", by=UserFactory()),
    HandOver: lambda house, n: house.row(Page).hand_overs.create(by=UserFactory(), note="x"),
    Heartbeat: lambda house, n: expect(
        Heartbeat(name=f"n{n}", reports_by=time(5), policy=Policy.objects.create(name=f"h{n}")),
        by=house.people["lea"],
    ),
    CriticalRule: lambda house, n: CriticalRule.objects.get_or_create(
        rule=CriticalRule.Rule.values[n % len(CriticalRule.Rule.values)]
    ),
    CriticalPeriod: lambda house, n: CriticalPeriod.objects.create(
        name=f"n{n}", during=(timezone.now(), timezone.now() + timedelta(hours=1))
    ),
    Duty: _duty,
    Agreement: lambda house, n: Agreement.objects.create(
        organisation=OrganisationFactory(),
        during=DateRange(date(2020, 1, 1), None),
        calendar=CalendarFactory(),
    ),
    Message: _message,
    HistoryEntry: _message,
    Attachment: _attachment,
}
