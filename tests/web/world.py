"""Two insurers with all that belongs to them, each row carrying a word that gives its owner away.

Module-wide: built once, each request undone. Whoever adds a kind of row says here which one of it
stands behind an address.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model
from django.utils import timezone

from releases.actions import back_wish, put_wish
from releases.models import (
    DevelopmentArea,
    Import,
    Module,
    System,
)
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import (
    Invitation,
    Mandate,
    Organisation,
    Scope,
    Token,
    User,
    Webhook,
)
from supportdesk.intake import fingerprint, parsed, parser
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Endpoint, Notice
from supportdesk.worktime.models import Absence
from tests.factories import (
    CalendarFactory,
    CompetenceFactory,
    MandateFactory,
    ModuleFactory,
    OrganisationFactory,
    SystemFactory,
    TeamFactory,
    TopicFactory,
    UserFactory,
    a_defect,
    a_finding,
    a_major_fault,
    a_ticket,
    published_levels,
)
from tests.web import product, roster, seats
from tickets import actions
from tickets.models import (
    AccessRequest,
    AgeLimit,
    Agreement,
    Attachment,
    BlockedSender,
    CheckPoint,
    Escalation,
    Mailbox,
    Message,
    RawMail,
    ReplyTemplate,
    Ticket,
)
from training.actions import count_cause
from training.models import CauseCount, Certificate, Contribution, Enrolment, Proposal

ALPINA, HANSA, SECRET = "qalpinaq", "qhansaq", "qgeheimq"
AFTER = "qspaeterq"  # what was written once the mandate had ended
OURS = ("supportdesk.", "releases.", "tickets.", "training.", "oncall.")
PORTAL, OFFICE = Message.Channel.PORTAL, Message.Channel.OFFICE


@dataclass
class Owned:
    """What one insurer has. `marker` stands in every text of it."""

    marker: str
    organisation: Organisation
    member: User
    coordinator: User
    system: System
    ticket: Ticket
    resolved: Ticket
    attachment: Attachment
    invitation: Invitation


@dataclass
class World:
    people: dict[str, User]
    alpina: Owned
    hansa: Owned
    confidential: Ticket
    module: Module
    rows: dict[type[Model], Model] = field(default_factory=dict)

    def row(self, model: type[Model]) -> Model:
        """The row behind an address: Alpina's, where it belongs to a customer."""
        found = self.rows.get(model) or model._default_manager.order_by("pk").first()
        if found is None and not model.__module__.startswith(OURS):
            return model(pk=1)  # tables of packages: nobody is let in, row or not
        assert found, f"The world has no {model._meta.label}: add one in tests/web/world.py."
        return found


def build() -> World:
    team = TeamFactory(name="Leistungen", calendar=CalendarFactory(name="Kernzeit"))
    people = _vendor(team)
    area = DevelopmentArea.objects.create(name="Entwicklung Leistungen")
    facts = {"code": "krankengeld", "name": "Krankengeld"}
    module = ModuleFactory(team=team, development_area=area, **facts)
    alpina = _owned(ALPINA, "ALP", ("alice", "carol"), people, module)
    hansa = _owned(HANSA, "HAN", ("henry", "mallory"), people, module)
    people["paul"] = _provider("Nord", alpina.organisation)
    people["ended"] = _provider("Süd", alpina.organisation)
    confidential = _confidential(people, module, alpina)
    during = DateRange(date(2026, 1, 1), date(2026, 1, 8))
    Absence.objects.create(person=people["sam"], during=during)
    _work_and_end(people, module, alpina)
    _keys(alpina.member)
    on_call = roster.rows(people, team)
    _work_off()
    mailbox = Mailbox.objects.create(code="support", address="support@desk.example", module=module)
    for owned in (alpina, hansa):
        a_waiting_mail(mailbox, owned.marker, owned.ticket)
        _webhook(owned)
        _counted(owned)
        _agreed(owned)
    _share_a_defect(people["sam"], module, alpina, hansa)
    _share_a_major_fault(people["lea"], module, alpina, hansa)
    # Only now: the confidential ticket found nobody, so sam is no more than one of the agents.
    CompetenceFactory(person=people["sam"], module=module)
    _configure()
    CheckPoint.objects.create(text="Everywhere")
    AgeLimit.objects.create(priority=3, days=30)
    BlockedSender.objects.create(address="loop@x.example", reason="A loop", by=people["sam"])
    rows = product.rows(module, alpina, hansa) | seats.rows(people["tom"], alpina, hansa)
    rows |= {DevelopmentArea: area} | rows_of(alpina) | on_call
    return World(people, alpina, hansa, confidential, module, rows)


def _configure() -> None:
    published_levels()
    ReplyTemplate.objects.create(name="Thanks", german="Danke.", english="Thank you.")


def _webhook(owned: Owned) -> None:
    """A system that has not heard of anything yet."""
    endpoint = Endpoint.objects.create(url=f"https://{owned.marker}.example/hook")
    Webhook.objects.create(
        organisation=owned.organisation, endpoint=endpoint, name=f"{owned.marker} system"
    )


def a_waiting_mail(mailbox: Mailbox, marker: str, ticket: Ticket | None = None) -> RawMail:
    """In quarantine, about a ticket that its writer is no part of."""
    raw = f"From: eve@{marker}.example\r\nSubject: {marker} mail\r\n\r\n{marker} words".encode()
    said = parser.parse(raw)
    return RawMail.objects.create(
        raw=raw,
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        fingerprint=fingerprint.of(raw),
        mailbox=mailbox,
        state="quarantined",
        because="not_a_participant",
        sender=said.sender,
        subject=said.subject,
        parsed=parsed.facts(said),
        ticket=ticket,
    )


def _share_a_defect(sam: User, module: Module, *owners: Owned) -> None:
    """One fault and one wish, many customers, who must not see each other through it."""
    defect = a_defect(module, by=sam)
    finding = actions.Finding("software_defect", defect=defect)
    for owned in owners:
        actions.diagnose(owned.resolved, by=sam, finding=finding)
    wish = put_wish(module, by=sam, title="More of it", text="As it says.")
    for owned in owners:
        back_wish(wish, owned.organisation, by=sam, number=owned.ticket.pk)
    actions.comment_on_defect(defect, by=sam, text=f"As at {ALPINA} and {HANSA}.")


def _share_a_major_fault(lea: User, module: Module, *owners: Owned) -> None:
    fault = a_major_fault(module, by=lea)
    for owned in owners:
        actions.link_to_fault(fault, by=lea, ticket=owned.ticket)
    actions.write_update(fault, by=lea, text="We look for the cause.")


def _counted(owned: Owned) -> None:
    """Something its people need to learn."""
    count_cause(
        TopicFactory(), owned.organisation, cause=f"{owned.marker}", on=timezone.localdate()
    )


def _agreed(owned: Owned) -> None:
    """Hours of its own, by contract."""
    Agreement.objects.create(
        organisation=owned.organisation,
        during=DateRange(date(2020, 1, 1), None),
        calendar=CalendarFactory(name=f"{owned.marker} hours"),
    )


def _keys(alice: User) -> None:
    """Another browser of hers, and a program."""
    facts = {"session_key": "another", "ip": "10.0.0.1", "user_agent": "A browser"}
    UserSession.objects.create(user=alice, **facts)
    Token.objects.create(user=alice, name="A program", scopes=[Scope.TICKETS_READ])


def rows_of(owned: Owned) -> dict[type[Model], Model]:
    return {
        Organisation: owned.organisation,
        System: owned.system,
        Import: owned.system.imports.get(),
        Ticket: owned.ticket,
        AccessRequest: owned.ticket.access_requests.get(),
        Escalation: owned.ticket.escalations.get(),
        RawMail: owned.ticket.mails.get(),
        Attachment: owned.attachment,
        Invitation: owned.invitation,
        Webhook: owned.organisation.webhooks.get(),
        CauseCount: owned.organisation.cause_counts.get(cause=owned.marker),
        Agreement: owned.organisation.agreements.get(),
        User: owned.member,
        Enrolment: owned.member.enrolments.get(),
        Proposal: Proposal.objects.get(organisation=owned.organisation),
        Contribution: Contribution.objects.get(organisation=owned.organisation),
        Certificate: Certificate.objects.get(enrolment__person=owned.member),
        Notice: owned.member.notices.latest("pk"),
    }


def _work_off() -> None:
    """Notices and letters, as the worker writes them."""
    while outbox.react():
        pass


def _vendor(team: Any) -> dict[str, User]:
    roles = {
        "sam": Role.AGENT,
        "lea": Role.LEAD,
        "dev": Role.DEVELOPER,
        "rita": Role.RELEASE_MANAGER,
        "tom": Role.TRAINER,
        "ada": Role.ADMIN,
        "audrey": Role.AUDITOR,
    }
    people = {
        name: UserFactory(
            name=f"{name.title()} vom Haus",
            email=f"{name}@desk.example",
            roles=[role],
            team=team if name in ("sam", "lea") else None,
        )
        for name, role in roles.items()
    }
    people["disabled"] = UserFactory(email="gone@desk.example", roles=[Role.LEAD], is_active=False)
    return people


def _provider(name: str, insurer: Organisation) -> User:
    house = OrganisationFactory(name=f"Rechenzentrum {name}", kind=Organisation.Kind.PROVIDER)
    MandateFactory(provider=house, insurer=insurer)
    return UserFactory(name=f"Provider {name}", organisation=house, roles=[Role.MEMBER])


def _work_and_end(people: dict[str, User], module: Module, alpina: Owned) -> None:
    """Under its mandate the provider opens a ticket and hears of it; then the mandate ends."""
    ended, facts = people["ended"], {"subject": f"{ALPINA} subject", "text": f"{ALPINA} text"}
    ticket = a_ticket(by=ended, module=module, organisation=alpina.organisation, **facts)
    actions.keep_draft({"text": f"{ALPINA} draft"}, by=ended, ticket=ticket)
    actions.take(ticket, by=people["sam"])
    _work_off()
    mandates = Mandate.objects.filter(provider=ended.organisation)
    mandates.update(during=DateRange(date(2020, 1, 1), timezone.localdate()))
    actions.reply(ticket, by=people["sam"], text=f"{ALPINA} {AFTER}", channel=OFFICE)


def _owned(
    marker: str, code: str, names: tuple[str, str], people: dict[str, User], module: Module
) -> Owned:
    organisation = OrganisationFactory(name=f"{marker} Krankenkasse", code=code)
    roles = [Role.MEMBER, Role.COORDINATOR]
    member, coordinator = (
        UserFactory(
            name=f"{name.title()} {marker}",
            email=f"{name}@{marker}.example",
            organisation=organisation,
            roles=[role],
        )
        for name, role in zip(names, roles, strict=True)
    )
    people |= dict(zip(names, (member, coordinator), strict=True))
    system = SystemFactory(organisation=organisation, code=f"{marker}-P1")
    facts = dict.fromkeys(("external_number", "message_id", "job", "steps"), f"{marker} fact")
    facts |= {"system": system, "subject": f"{marker} subject", "text": f"{marker} text"}
    ticket, resolved = (
        actions.take(
            a_ticket(by=member, module=module, organisation=organisation, **facts),
            by=people["sam"],
        )
        for _n in range(2)
    )
    attachment = _talk(marker, ticket, member, people["sam"])
    actions.resolve(
        resolved,
        by=people["sam"],
        answer=f"{marker} answer",
        finding=a_finding(note=f"{marker} finding"),
        channel=OFFICE,
    )
    actions.escalate(
        ticket, by=coordinator, reason=Escalation.Reason.CUSTOMER, text=f"{marker} escalation"
    )
    now = timezone.now()
    actions.ask_access(
        ticket,
        by=people["sam"],
        system=system,
        purpose=f"{marker} purpose",
        starts_at=now,
        ends_at=now + timedelta(days=7),
    )
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=f"invited@{marker}.example",
        name=f"Invited {marker}",
        roles=[Role.MEMBER],
        digest=f"digest of {marker}",
        invited_by=coordinator,
        expires_at=timezone.now() + timedelta(days=7),
    )
    for row in (ticket, resolved):
        row.refresh_from_db()
    return Owned(
        marker, organisation, member, coordinator, system, ticket, resolved, attachment, invitation
    )


def _talk(marker: str, ticket: Ticket, member: User, sam: User) -> Attachment:
    file = SimpleUploadedFile(f"{marker}.log", b"rc=8\n")
    actions.reply(ticket, by=member, text=f"{marker} reply", channel=PORTAL, files=[file])
    actions.note(ticket, by=sam, text=f"{marker} note", channel=OFFICE)
    for author, place in ((member, ticket), (member, None), (sam, ticket)):
        actions.keep_draft({"text": f"{marker} draft"}, by=author, ticket=place)
    attachment = ticket.attachments.get()
    attachment.scan, attachment.scanned_at = Attachment.Scan.CLEAN, timezone.now()
    attachment.save(update_fields=["scan", "scanned_at"])
    return attachment


def _confidential(people: dict[str, User], module: Module, alpina: Owned) -> Ticket:
    """Opened by the coordinator, so that the member is one of those who must not see it."""
    ticket = a_ticket(
        by=people["carol"],
        module=module,
        organisation=alpina.organisation,
        subject=f"{SECRET} subject",
        text=f"{SECRET} text",
        confidential=True,
    )
    file = SimpleUploadedFile(f"{SECRET}.log", b"rc=8\n")
    actions.reply(ticket, by=people["carol"], text=f"{SECRET} reply", channel=PORTAL, files=[file])
    return ticket
