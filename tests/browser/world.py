"""A desk with something to show on every page: the demo, and what only happens while it runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from releases.models import Correction, Delivery, Import, Module
from supportdesk.accounts import actions as people
from supportdesk.accounts.models import User, Webhook
from supportdesk.messaging import outbox
from tests import samples
from tests.browser.pages import ALICE, CAROL, SAM
from tests.factories import a_ticket, an_undelivered_letter, published_gates, published_levels
from tests.intake.mails import mail
from tickets import actions
from tickets.models import BlockedSender, Mailbox, MajorFault, Message, ReplyTemplate, Ticket
from training.models import Certificate, Course, Enrolment, Session


def build(tickets: int = 120) -> Ticket:
    """The demo's tickets, and one that has been through everything: routed, asked, with files."""
    published_gates()
    call_command("demo", tickets=tickets, verbosity=0)
    alice, sam = (User.objects.get(email=email) for email in (ALICE, SAM))
    ticket = a_ticket(
        by=alice,
        module=Module.objects.order_by("-code")[0],
        organisation=alice.organisation,
        system=alice.organisation.systems.first(),
        message_id="KG-4711-0815",
        job="ZAHL_TAG",
        steps="Fall stornieren, Zahllauf starten.",
        already_checked="Berechtigung, Stammdaten",
        files=[
            SimpleUploadedFile("lauf.log", b"rc=8\n"),
            SimpleUploadedFile("maske.png", samples.png()),
        ],
    )
    _work_off()
    ticket = actions.hand_on(ticket, by=sam, team=sam.team, to=sam, reason="Gehört zu uns.")
    actions.note(ticket, by=sam, text="Wie im Mai?", channel=Message.Channel.OFFICE)
    ticket = actions.wait_for_customer(
        ticket, by=sam, question="Welcher Lauf war es?", channel=Message.Channel.OFFICE
    )
    actions.ask_access(
        ticket,
        by=sam,
        system=ticket.system,
        purpose="Den Zahllauf mit den Daten des Falls nachstellen, nur lesend.",
        starts_at=timezone.now(),
        ends_at=timezone.now() + timedelta(hours=4),
    )
    raised = actions.escalate(
        ticket, by=alice, reason="customer", text="Die Auszahlung ist am Freitag fällig."
    )
    lea = User.objects.get(email="lea@desk.example")
    actions.watch(raised, by=lea, on=True)
    _configure()
    actions.keep_draft({"text": "Der vom Montag."}, by=alice, ticket=ticket)
    actions.keep_draft({"subject": "Zweiter Fall"}, by=alice)
    _invite()
    box = Mailbox.objects.create(
        code="office", address="office@desk.example", module=Module.objects.all()[0]
    )
    actions.receive(
        mail(**{"from": "Eve <eve@alpina.example>"}), by=User.objects.desk(), mailbox=box
    )
    actions.sort_next(by=User.objects.desk())
    BlockedSender.objects.create(address="loop@x.example", reason="Schleife", by=lea)
    people.create_webhook(
        User.objects.get(email=CAROL).organisation,
        by=User.objects.get(email=CAROL),
        name="ITSM",
        url="https://1.1.1.1/hook",
    )
    _work_off()
    an_undelivered_letter(ticket, User.objects.get(email=ALICE))
    return ticket


def _invite() -> None:
    carol = User.objects.get(email=CAROL)
    people.invite(
        by=carol,
        organisation=carol.organisation,
        email="nele@alpina.example",
        name="Nele Neumann",
        roles=["member"],
    )


def _configure() -> None:
    published_levels()
    ReplyTemplate.objects.create(
        name="Protokoll erbeten",
        german="Bitte senden Sie uns das Protokoll zu {number}.",
        english="Please send us the log for {number}.",
    )


ROWS: dict[str, Callable[[Ticket], Any]] = {
    "webhook": lambda ticket: _webhook(),
    "access": lambda ticket: ticket.access_requests.latest("pk"),
    "delivery": lambda ticket: Delivery.objects.filter(organisation=ticket.organisation).latest(
        "pk"
    ),
    "trainings_readiness": lambda ticket: Course.objects.exclude(line=None).latest("pk").line,
    **dict.fromkeys(("meeting", "admin:training_session_meeting"), lambda ticket: _meeting()),
    "place_feedback": lambda ticket: _to_rate(),
    "course": lambda ticket: Course.objects.filter(sessions__isnull=False).latest("pk"),
    "training_session": lambda ticket: _crowded(),
    "system_imports": lambda ticket: _planned().system,
    "fault": lambda ticket: MajorFault.objects.open().latest("pk"),
    "admin:releases_correction_validity": lambda ticket: Correction.objects.latest("pk"),
}


def address(route: str, ticket: Ticket) -> str:
    """Where the route leads, with a row of this world where it needs one."""
    if route == "colleague":
        return reverse(route, args=[User.objects.get(email=ALICE).pk])
    if route == "certificate":
        return reverse(route, args=[Certificate.objects.valid().latest("pk").code])
    if route in ROWS:
        return reverse(route, args=[ROWS[route](ticket).pk])
    parts = ("priority", "escalate", "hand_back", "access", "correction")
    apart = [f"admin:tickets_ticket_{page}" for page in parts]
    if route in ("ticket", "admin:tickets_ticket_verdict", *apart):
        return reverse(route, args=[ticket.number])
    if route.startswith("admin:") and route.endswith(("_change", "_history", "_delete")):
        kind = route.rpartition("_")[0]
        row = ticket if kind == "admin:tickets_ticket" else _rows()[kind].latest("pk")
        return reverse(route, args=[row.pk])
    return reverse(route)


def _meeting() -> Session:
    """The next one: topics are called for, votes are taken."""
    rows = Session.objects.filter(course__kind="user_meeting", state="open")
    return rows.order_by("during")[0]


def _to_rate() -> Enrolment:
    """A session alice has been to and said nothing about."""
    places = Enrolment.objects.filter(person__email=ALICE, state="attended", feedback=None)
    return places.latest("pk")


def _crowded() -> Session:
    """Where carol waits for a seat behind others."""
    carol = User.objects.get(email=CAROL)
    waits = Enrolment.objects.filter(person=carol, state="waiting").first()
    assert waits, "The demo has no session that carol waits for."
    return waits.session


def _planned() -> Import:
    """Into carol's system, where something was imported before."""
    rows = Import.objects.planned().filter(system__organisation__people__email=CAROL)
    return rows.select_related("system").earliest("pk")


def _webhook() -> Webhook:
    """The one of carol's organisation, which has heard of a test message."""
    carol = User.objects.get(email=CAROL)
    if found := Webhook.objects.filter(organisation=carol.organisation).first():
        return found
    url = "https://1.1.1.1/hook"
    made = people.create_webhook(carol.organisation, by=carol, name="ITSM", url=url)
    return people.ping_webhook(made, by=carol)


def _rows() -> dict[str, Any]:
    return {
        f"admin:{model._meta.app_label}_{model._meta.model_name}": model._default_manager
        for model in admin.site._registry
    }


def _work_off() -> None:
    while outbox.react():
        pass
