"""Mail that comes in: stored first, then read, then sorted. Nothing is lost or comes twice."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.models import Module
from supportdesk.accounts import access
from supportdesk.accounts.models import Organisation, Service, User
from supportdesk.audit import actions as audit
from supportdesk.errors import Refused
from supportdesk.intake import fingerprint, parsed, sandbox
from supportdesk.intake.automatic import Kind
from supportdesk.intake.parsed import ParsedMail
from supportdesk.messaging import hints, outbox
from tickets import mailroom
from tickets.actions import mail_words, page_answers
from tickets.actions.bouncing import record_bounce
from tickets.actions.closing import reopen
from tickets.actions.conversation import note, reply
from tickets.actions.escalation import escalate
from tickets.actions.mail_words import Words
from tickets.actions.opening import Report, open_ticket
from tickets.mail_joining import Action, Decision
from tickets.models import (
    DONE,
    BlockedSender,
    Escalation,
    Mailbox,
    Message,
    Priority,
    RawMail,
    Ticket,
)
from tickets.models.raw_mail import Because, State

logger = logging.getLogger(__name__)

MAIL = Message.Channel.MAIL
ATTEMPTS = 3  # a mail that kills its reader so often waits for a person
PATIENCE = timedelta(seconds=60)  # outlasts the reader's time-out
MOST_PER_HOUR = 30  # of one address, as tickets or messages; beyond that a loop is likelier


@dataclass(frozen=True)
class Post:
    """A mail in hand: its locked row, what it says, and the person who wrote it."""

    row: RawMail
    said: ParsedMail
    writer: User


@transaction.atomic
def receive(
    raw: bytes, *, by: User, mailbox: Mailbox | None = None, cut_off: bool = False
) -> RawMail:
    """Store a mail as it came. One that is here already is given back, whichever way it came.

    In a mailbox for escalations too: then it counts as one, also when it was sorted before.
    """
    access.require(by, "mail.receive")
    facts = {
        "raw": raw,
        "size": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "mailbox": mailbox,
        "cut_off": cut_off,
    }
    row, new = RawMail.objects.get_or_create(fingerprint=fingerprint.of(raw), defaults=facts)
    if new:
        audit.record("mail.received", row, by=by, sha256=row.sha256)
        hints.after_commit("tickets.tasks.sort_mail")
    elif mailbox and mailbox.purpose == Mailbox.Purpose.ESCALATION:
        _promote(row, mailbox, by)
    return row


def note_visit(mailbox: Mailbox, *, by: User, error: str = "") -> None:
    """When the mailbox was last looked into, and what went wrong there; staff read it in a list."""
    access.require(by, "mail.receive")
    mailbox.error = error
    mailbox.fetched_at = mailbox.fetched_at if error else timezone.now()
    mailbox.save(update_fields=["error", "fetched_at"])


def sort_next(*, by: User) -> bool:
    """Read and sort the mail that waits longest; False when none is due.

    Read outside any transaction: it may take ten seconds, or kill this process, and then counts.
    """
    access.require(by, "mail.sort")
    row = _claim(by)
    if row is None:
        return False
    try:
        said = sandbox.parse(bytes(row.raw))
        _sort(row, said, by)
    except Exception as error:  # whatever a mail does, the next one is not kept waiting
        logger.warning("Mail %s was not sorted: %s", row.pk, type(error).__name__)
        _give_back(row, error, by)
    return True


@transaction.atomic
def _claim(by: User) -> RawMail | None:
    """Count the attempt before it is made. One that has killed three readers is not tried again."""
    row = RawMail.objects.to_read().select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        return None
    if row.attempts >= ATTEMPTS:
        end(row, State.QUARANTINED, by=by, because=Because.UNREADABLE)
        return _claim(by)
    row.attempts += 1
    row.due_at = Now() + PATIENCE
    row.save(update_fields=["attempts", "due_at"])
    return row


@transaction.atomic
def _give_back(row: RawMail, error: Exception, by: User) -> None:
    """Tried again soon; after the third time it waits for a person, raw text and all."""
    mine = RawMail.objects.select_for_update(of=("self",))
    locked = mine.filter(pk=row.pk, attempts=row.attempts, state=State.RECEIVED).first()
    if locked is None:
        return
    locked.error = f"{type(error).__name__}: {error}"[:2000]
    locked.due_at = Now() + timedelta(seconds=2 * row.attempts)
    locked.save(update_fields=["error", "due_at"])
    if row.attempts >= ATTEMPTS:
        end(locked, State.QUARANTINED, by=by, because=Because.UNREADABLE)


@transaction.atomic
def _sort(row: RawMail, said: ParsedMail, by: User) -> None:
    """Under the lock of its row, so that a second reader finds it sorted."""
    rows = RawMail.objects.select_for_update(of=("self",)).select_related("mailbox__module")
    locked = rows.filter(pk=row.pk, attempts=row.attempts, state=State.RECEIVED).first()
    if locked is None:
        return None
    keep_facts(locked, said)
    if BlockedSender.objects.filter(address=said.sender).exclude(address="").exists():
        return end(locked, State.REJECTED, by=by, because=Because.BLOCKED)
    if because := _doubt(locked, said):
        return end(locked, State.QUARANTINED, by=by, because=because)
    if ending := page_answers.answer(said, key=locked.pk):
        return end(locked, ending.state, by=by, because=ending.because, error=ending.error)
    verdict = mailroom.judge(said)
    try:
        with transaction.atomic():
            _carry_out(locked, said, verdict.decision, verdict.writer, by)
    except (Refused, Ticket.DoesNotExist, Organisation.DoesNotExist) as refusal:
        locked.ticket = locked.message = None
        end(locked, State.QUARANTINED, by=by, because=Because.REFUSED, error=str(refusal))


def keep_facts(row: RawMail, said: ParsedMail) -> None:
    row.internet_id, row.sender = said.message_id[:998], said.sender
    row.subject, row.parsed = said.subject[:500], parsed.facts(said)
    row.save(update_fields=["internet_id", "sender", "subject", "parsed"])


def end(
    row: RawMail,
    state: State,
    *,
    by: User,
    because: str = "",
    error: str = "",
    message: Message | None = None,
) -> None:
    """Where it stays. Inside a verb that holds the row."""
    row.state, row.because, row.error = state, because, error[:2000]
    row.message = message
    row.save(update_fields=["state", "because", "error", "ticket", "message"])
    audit.record(f"mail.{state.value}", row, by=by, because=because, ticket=row.ticket_id)


def _doubt(row: RawMail, said: ParsedMail) -> str:
    if row.cut_off:
        return Because.TOO_LARGE
    if "structure" in said.defects:
        return Because.UNREADABLE
    hour = RawMail.objects.since(timezone.now() - timedelta(hours=1)).exclude(pk=row.pk)
    taken = hour.filter(sender=said.sender, state__in=[State.JOINED, State.OPENED])
    too_many = said.sender and taken.count() >= MOST_PER_HOUR
    return Because.TOO_MANY if too_many else ""


def _carry_out(
    row: RawMail, said: ParsedMail, decision: Decision, writer: User | None, by: User
) -> None:
    if decision.action == Action.BOUNCE:
        row.ticket = record_bounce(said, by=by)
        return end(row, State.FILED, by=by, because=Because.BOUNCE)
    if decision.action == Action.FILE:
        return end(row, State.FILED, by=by, because=decision.why or "")
    if decision.action == Action.QUARANTINE or writer is None:
        return end(row, State.QUARANTINED, by=by, because=decision.why or Because.UNKNOWN_SENDER)
    post = Post(row, said, writer)
    if decision.action == Action.NEW_TICKET:
        return _open(post, by, decision)
    ticket = Ticket.objects.get(number=decision.ticket or 0)
    return join(post, ticket, by=by, public=decision.public, reopens=decision.reopens)


def join(
    post: Post, ticket: Ticket, *, by: User, public: bool = True, reopens: bool = False
) -> None:
    """Append it: as its writer's words, as an internal note, or from a machine as our own note."""
    said, writer, words = post.said, post.writer, mail_words.of(post.said, post.writer)
    if said.kind in (Kind.ANSWER, Kind.GENERATED):
        message = note(ticket, by=by, text=_told(said, words), channel=MAIL)
    elif writer.is_vendor and not public:
        message = note(ticket, by=writer, text=words.text, channel=MAIL, files=words.files)
    elif reopens:
        reopen(ticket, by=writer, reason=words.text, channel=MAIL, files=words.files)
        message = ticket.messages.latest("pk")
    else:
        message = reply(ticket, by=writer, text=words.text, channel=MAIL, files=words.files)
    fold(message, words)
    post.row.ticket = ticket
    end(post.row, State.JOINED, by=by, message=message)
    _escalate(post.row, writer, words, by)


def _open(post: Post, by: User, decision: Decision) -> None:
    """A follow-up of a ticket closed too long ago names it."""
    organisation, module = _customer_of(post.writer), _module(post)
    if organisation is None or module is None:
        return end(post.row, State.QUARANTINED, by=by, because=Because.WHICH_CUSTOMER)
    if decision.linked_to:
        post = replace(post, said=_follows(post.said, decision.linked_to))
    return begin(post, organisation, module, by=by, receipt=decision.receipt)


def _follows(said: ParsedMail, number: int) -> ParsedMail:
    before = _("[Follows ticket #%(number)d.]") % {"number": number} + "\n\n"
    folds_at = None if said.folds_at is None else said.folds_at + len(before)
    return replace(said, text=before + said.text, folds_at=folds_at)


def begin(
    post: Post, organisation: Organisation, module: Module, *, by: User, receipt: bool = True
) -> None:
    """Open a ticket with it, as its writer would in the portal. A receipt goes out once."""
    row, writer, words = post.row, post.writer, mail_words.of(post.said, post.writer)
    report = Report(
        organisation=organisation,
        module=module,
        subject=words.subject,
        text=words.text,
        customer_priority=_proposed(row),
        files=words.files,
    )
    row.ticket = open_ticket(report, by=writer, channel=MAIL)
    message = row.ticket.messages.latest("pk")
    fold(message, words)
    end(row, State.OPENED, by=by, message=message)
    if receipt:
        outbox.emit("mail.answered", ticket=row.ticket.pk, person=writer.pk, message=message.pk)
    _escalate(row, writer, words, by)


def _escalate(row: RawMail, writer: User, words: Words, by: User) -> None:
    """What arrives in a mailbox for escalations comes before a lead, whoever may have sent it."""
    ticket = row.ticket
    if not row.mailbox or row.mailbox.purpose != Mailbox.Purpose.ESCALATION or ticket is None:
        return
    ticket.refresh_from_db()
    if ticket.status in DONE:
        return
    facts: dict[str, Any] = {"reason": Escalation.Reason.CUSTOMER}
    text = words.text[: words.folds_at][:5_000]
    try:
        with transaction.atomic():
            escalate(ticket, by=writer, text=text, **facts)
    except Refused:  # a colleague's ticket, or raised before: the desk says it in their place
        escalate(ticket, by=by, text=f"{writer.name}: {text}", **facts)


def _promote(row: RawMail, mailbox: Mailbox, by: User) -> None:
    row = RawMail.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.mailbox is not None and row.mailbox.purpose == mailbox.purpose:
        return
    row.mailbox = mailbox
    row.save(update_fields=["mailbox"])
    message = row.message
    if message is not None and row.state in (State.JOINED, State.OPENED):
        _escalate(row, message.author, Words("", message.text, message.folds_at), by)


def _customer_of(writer: User) -> Organisation | None:
    """Whom they report for: their own house; a provider only where one mandate leaves no doubt."""
    if writer.organisation is None:
        return None
    if writer.organisation.kind == Organisation.Kind.INSURER:
        return writer.organisation
    served = Organisation.objects.within_reach(writer, Service.TICKETS)
    customers = list(served.exclude(pk=writer.organisation.pk)[:2])
    return customers[0] if len(customers) == 1 else None


def _module(post: Post) -> Module | None:
    """The one whose name or code stands in the subject, else the mailbox's."""
    words = f" {' '.join(post.said.subject.lower().replace(':', ' ').replace(',', ' ').split())} "
    named = [
        module
        for module in Module.objects.filter(is_active=True)
        if f" {module.name.lower()} " in words or f" {module.code.lower()} " in words
    ]
    if len(named) == 1:
        return named[0]
    box = post.row.mailbox or Mailbox.objects.filter(is_active=True).first()
    return box.module if box else None


def _proposed(row: RawMail) -> int:
    """An escalation counts as severe. Standstill needs answers that no mail gives."""
    urgent = row.mailbox is not None and row.mailbox.purpose == Mailbox.Purpose.ESCALATION
    return Priority.SEVERE if urgent else Priority.NORMAL


def fold(message: Message, words: Words, *, before: int = 0) -> None:
    """Note where the folded part begins; `before` counts what stands before the mail's text."""
    if words.folds_at is not None:
        message.folds_at = before + words.folds_at
        message.save(update_fields=["folds_at"])


def _told(said: ParsedMail, words: Words) -> str:
    return f"{said.from_text}: {said.subject}\n\n{words.text[: words.folds_at]}"
