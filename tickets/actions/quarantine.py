"""What a colleague decides about a mail that waits: a ticket, a note on one, or no."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.models import Module
from supportdesk.accounts import access
from supportdesk.accounts import actions as accounts
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Organisation, User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused, WrongState
from supportdesk.intake import sandbox
from supportdesk.intake.automatic import Kind
from supportdesk.intake.parsed import ParsedMail
from tickets.actions import mail_words, steps
from tickets.actions.conversation import note
from tickets.actions.intake import MAIL, Post, begin, end, fold, join
from tickets.actions.opening import Report, open_ticket
from tickets.models import DONE, BlockedSender, Priority, RawMail, Ticket
from tickets.models.raw_mail import Because, State


def accept_as_new(
    row: RawMail, *, by: User, organisation: Organisation, module: Module, invite: bool = False
) -> RawMail:
    """Open a ticket with it: its writer's where one of this customer's people wrote it, else ours
    for that customer. `invite` asks the writer in at the same time, by those who may.

    Raises Refused where it still cannot be read.
    """

    def accept(row: RawMail, said: ParsedMail) -> None:
        writer = _writer(row)
        if writer and not writer.is_vendor:
            begin(Post(row, said, writer), organisation, module, by=by, receipt=False)
        else:
            _open_for(row, said, organisation, module, by)
        if invite and writer is None:
            name = said.from_text.partition("<")[0].strip(' "') or said.sender
            accounts.invite(
                by=by, organisation=organisation, email=said.sender, name=name, roles=[Role.MEMBER]
            )

    return _decide(row, by, State.OPENED, accept)


def accept_to_ticket(row: RawMail, *, by: User, ticket: Ticket) -> RawMail:
    """Append it: as its writer's words where the writer may read the ticket, else as a note."""

    def accept(row: RawMail, said: ParsedMail) -> None:
        claimed = steps.claim(ticket, "ticket.note", by=by)
        writer = _writer(row)
        readable = writer and Ticket.objects.visible_to(writer).filter(pk=claimed.pk).exists()
        human = said.kind not in (Kind.ANSWER, Kind.GENERATED)
        if writer and readable and human and not writer.is_vendor:
            post = Post(row, said, writer)
            join(post, claimed, by=by, reopens=claimed.status in DONE)
            return
        words = mail_words.of(said, by)
        text = _named(said, words.text)
        message = note(claimed, by=by, text=text, channel=MAIL, files=words.files)
        row.ticket = claimed
        end(row, State.JOINED, by=by, message=message)

    return _decide(row, by, State.JOINED, accept)


@transaction.atomic
def reject(row: RawMail, *, by: User, reason: str, block: bool = False) -> RawMail:
    """Nothing comes of it; the mail stays. `block` turns away what its sender sends from now on."""
    row = _claim(row, by, State.REJECTED)
    if not reason.strip():
        raise Invalid.blank("reason")
    if block and not row.sender:
        raise Refused(_("It is not clear who wrote it, so nobody can be blocked."))
    if block:
        blocked, new = BlockedSender.objects.get_or_create(
            address=row.sender, defaults={"reason": reason.strip()[:500], "by": by}
        )
        if new:
            audit.record("sender.blocked", blocked, by=by, reason=reason)
    _note_decision(row, by)
    end(row, State.REJECTED, by=by, because=Because.DECIDED, error=reason)
    return row


def _decide(
    row: RawMail, by: User, to: State, accept: Callable[[RawMail, ParsedMail], None]
) -> RawMail:
    """Read first, which may take seconds, and only then lock."""
    access.require(by, "rawmail.decide")
    try:
        said = sandbox.parse(bytes(RawMail.objects.visible_to(by).get(pk=row.pk).raw))
    except sandbox.ParserDied as error:
        raise Refused(_("This mail cannot be read. It can only be rejected.")) from error
    with transaction.atomic():
        row = _claim(row, by, to)
        _note_decision(row, by)
        accept(row, said)
    return row


def _claim(row: RawMail, by: User, to: State) -> RawMail:
    access.require(by, "rawmail.decide")
    rows = RawMail.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    row = rows.select_related("mailbox__module").get(pk=row.pk)
    if row.state != State.QUARANTINED:
        raise WrongState(State(row.state), to)
    return row


def _note_decision(row: RawMail, by: User) -> None:
    row.decided_by, row.decided_at = by, timezone.now()
    row.save(update_fields=["decided_by", "decided_at"])


def _writer(row: RawMail) -> User | None:
    """The person with this address. A colleague has looked at the mail and takes their word."""
    return User.objects.active().filter(email=row.sender).first() if row.sender else None


def _open_for(
    row: RawMail, said: ParsedMail, organisation: Organisation, module: Module, by: User
) -> None:
    words = mail_words.of(said, by)
    report = Report(
        organisation=organisation,
        module=module,
        subject=words.subject,
        text=_named(said, words.text),
        customer_priority=Priority.NORMAL,
        files=words.files,
    )
    row.ticket = open_ticket(report, by=by, channel=MAIL)
    message = row.ticket.messages.latest("pk")
    fold(message, words, before=len(_named(said, "")))
    end(row, State.OPENED, by=by, message=message)


def _named(said: ParsedMail, text: str) -> str:
    return _("Mail from %(sender)s:") % {"sender": said.from_text or "?"} + f"\n\n{text}"
