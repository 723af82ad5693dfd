"""What the rule of joining has to know of a mail, looked up: its writer and the tickets named."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from supportdesk.accounts.models import User
from supportdesk.intake import authenticity, signing
from supportdesk.intake.automatic import Kind
from supportdesk.intake.parsed import ParsedMail
from tickets import mail, mail_joining, reply_address
from tickets.mail_joining import Decision, House, Incoming, Thread
from tickets.models import DONE, REOPEN_WINDOW, Ticket

MOST_NUMBERS = 20  # a subject with more is a list


@dataclass(frozen=True)
class Verdict:
    """The decision, with the person it is about; None where nobody here has the address."""

    decision: Decision
    writer: User | None


def judge(said: ParsedMail) -> Verdict:
    writer = User.objects.active().filter(email=said.sender).first() if said.sender else None
    tokens = list(signing.found_in(said.recipients))
    letters = [
        letter
        for letter in reply_address.letters(said.references)
        if letter.about_type == Ticket._meta.label_lower
    ]
    sent: dict[int, set[str]] = {}
    for letter in letters:
        ids = [one for one in said.references if str(letter.idempotency_key) in one.lower()]
        sent.setdefault(letter.about_id or 0, set()).update(ids)
    threads, people = _threads(said, [number for number, _token in tokens], sent)
    known = {*people, writer} - {None}
    genuine = [
        (number, person.email)
        for number, token in tokens
        for person in known
        if person and reply_address.is_holder(number, person, token)
    ]
    incoming = _incoming(said, tuple(genuine))
    return Verdict(
        mail_joining.decide(incoming, threads, _house(writer), at=timezone.now()), writer
    )


def _threads(
    said: ParsedMail, named: list[int], sent: dict[int, set[str]]
) -> tuple[dict[int, Thread], set[User]]:
    numbers = [*named, *sent, *mail_joining.marked(said.subject), *mail_joining.bare(said.subject)]
    rows = Ticket.objects.filter(pk__in=numbers[:MOST_NUMBERS])
    threads, people = {}, set()
    for row in rows.select_related("organisation", "opened_by", "caller"):
        theirs = mail.customers(row)
        people.update(theirs)
        threads[row.pk] = Thread(
            number=row.pk,
            participants=frozenset(person.email for person in theirs),
            sent=frozenset(sent.get(row.pk, ())),
            opened_at=row.opened_at,
            is_done=row.status in DONE,
            closed_at=row.closed_at,
        )
    return threads, people


def _house(writer: User | None) -> House:
    customers = [writer.email] if writer and not writer.is_vendor else []
    staff = [writer.email] if writer and writer.is_vendor else []
    return House(customers, staff, REOPEN_WINDOW)


def _incoming(said: ParsedMail, tokens: tuple[tuple[int, str], ...]) -> Incoming:
    servers = [name.lower() for name in settings.MAIL_AUTHENTICATED_BY]
    return Incoming(
        sender=said.sender,
        subject=said.subject,
        references=said.references,
        tokens=tokens,
        is_automatic=said.kind in (Kind.ANSWER, Kind.GENERATED),
        is_listed=said.kind == Kind.LIST,
        wants_no_answer=said.wants_no_answer,
        is_forged=authenticity.is_forged(said.results, servers),
        is_bounce=said.bounce is not None,
    )
