"""Which ticket a mail belongs to, if its sender belongs there; what becomes of it otherwise.

A reference, a signed token or a number says *which* ticket is meant; who may write there is decided
by the From address alone, never by display name, Reply-To or Cc. Body and attachments are not
searched. docs/decisions/0024-mail-in.md says why; most peers append whatever knows a number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

YEARS = range(1900, 2101)  # a year in a subject is no ticket, unless it is marked as one
MARKED = re.compile(r"\[#?(\d{1,18})\]|(?<![\w#])#(\d{1,18})\b", re.ASCII)
FOREIGN = re.compile(r"\[[^\[\]]{0,80}[^\W\d][^\[\]]{0,80}\]")  # another desk's tag: [other #79]
BARE = re.compile(r"(?<![\w#./,:-])(\d{1,18})(?![\w./:-])", re.ASCII)


class Action(StrEnum):
    APPEND = "append"
    NEW_TICKET = "new_ticket"
    QUARANTINE = "quarantine"
    BOUNCE = "bounce"
    FILE = "file"  # kept, and nothing else


class Why(StrEnum):
    """Why a mail waits for a person's decision, or is only filed."""

    UNCLEAR_SENDER = "unclear_sender"  # no From, two, or one that can be read in two ways
    FORGED = "forged"  # our own mail server says so
    UNKNOWN_SENDER = "unknown_sender"
    NOT_A_PARTICIPANT = "not_a_participant"  # a ticket is meant, and the sender is not part of it
    STAFF_WITHOUT_TICKET = "staff_without_ticket"
    AUTOMATIC = "automatic"


@dataclass(frozen=True)
class Incoming:
    """What joining asks of a mail. Addresses are in lower case."""

    sender: str  # empty where it is not clear
    subject: str = ""
    references: tuple[str, ...] = ()  # Message-IDs of In-Reply-To and References
    tokens: tuple[tuple[int, str], ...] = ()  # genuine ones: ticket, and whose letter it was
    is_automatic: bool = False
    is_listed: bool = False  # came through a mailing list
    wants_no_answer: bool = False
    is_forged: bool = False
    is_bounce: bool = False


@dataclass(frozen=True)
class Thread:
    """A ticket as mail sees it."""

    number: int
    participants: frozenset[str]  # addresses of the customer's people
    sent: frozenset[str]  # Message-IDs of our letters about it
    opened_at: datetime
    is_done: bool = False
    closed_at: datetime | None = None
    merged_into: int | None = None


@dataclass(frozen=True)
class Decision:
    action: Action
    ticket: int | None = None
    reopens: bool = False
    linked_to: int | None = None  # of a new ticket: the closed one it follows
    public: bool = True  # whether the customer reads what is appended
    receipt: bool = False  # whether the sender is told that it arrived
    why: Why | None = None


@dataclass(frozen=True)
class House:
    """Whom the desk knows, and its own rule."""

    customers: Collection[str]
    staff: Collection[str]
    reopen_window: timedelta


def decide(
    mail: Incoming, threads: Mapping[int, Thread], house: House, *, at: datetime
) -> Decision:
    """What becomes of this mail. `threads` holds at least the tickets it may mean, and where
    those were merged into others, these too.
    """
    if mail.is_bounce:
        return Decision(Action.BOUNCE)
    if refusal := _doubt(mail):
        return Decision(Action.QUARANTINE, why=refusal)
    meant = list(_meant(mail, threads))
    is_staff = mail.sender in house.staff
    theirs = [thread for thread in meant if is_staff or mail.sender in thread.participants]
    if not theirs:
        theirs = [
            thread for thread in _unmarked(mail, threads) if mail.sender in thread.participants
        ]
    if theirs:
        return _join(mail, _parent(theirs[0], threads), house, at=at)
    if meant:
        return Decision(Action.QUARANTINE, why=Why.NOT_A_PARTICIPANT)
    return _unmatched(mail, house)


def _doubt(mail: Incoming) -> Why | None:
    if not mail.sender:
        return Why.UNCLEAR_SENDER
    return Why.FORGED if mail.is_forged else None


def _meant(mail: Incoming, threads: Mapping[int, Thread]) -> Iterator[Thread]:
    """The surest sign first; of several tickets in the references the youngest."""
    yield from _known([number for number, _holder in mail.tokens], threads)
    named = [thread for thread in threads.values() if thread.sent.intersection(mail.references)]
    yield from sorted(named, key=lambda thread: (thread.opened_at, thread.number), reverse=True)
    yield from _known(marked(mail.subject), threads)


def _unmarked(mail: Incoming, threads: Mapping[int, Thread]) -> Iterator[Thread]:
    """Numbers that merely stand there bind a participant's mail, and accuse nobody else's."""
    yield from _known(bare(mail.subject), threads)


def _known(numbers: Iterable[int], threads: Mapping[int, Thread]) -> Iterator[Thread]:
    return (threads[number] for number in numbers if number in threads)


def marked(subject: str) -> list[int]:
    """Ticket numbers written as such: [#48211], [48211], #48211; not another desk's tag."""
    ours = FOREIGN.sub(" ", subject)
    return [int(match[1] or match[2]) for match in MARKED.finditer(ours)]


def bare(subject: str) -> list[int]:
    """Other whole numbers in a subject, without years."""
    ours = FOREIGN.sub(" ", subject)
    numbers = [int(match[1]) for match in BARE.finditer(ours)]
    return [number for number in numbers if number not in YEARS]


def _parent(thread: Thread, threads: Mapping[int, Thread]) -> Thread:
    """Where a merged ticket went, at the end of all mergers."""
    seen = {thread.number}
    while (into := threads.get(thread.merged_into or 0)) and into.number not in seen:
        thread = into
        seen.add(thread.number)
    return thread


def _join(mail: Incoming, thread: Thread, house: House, *, at: datetime) -> Decision:
    if mail.sender in house.staff:
        return Decision(Action.APPEND, thread.number, public=_speaks_for_us(mail, thread))
    if mail.is_automatic or not thread.is_done:
        return Decision(Action.APPEND, thread.number)
    if thread.closed_at and at > thread.closed_at + house.reopen_window:
        receipt = not (mail.wants_no_answer or mail.is_listed)
        return Decision(Action.NEW_TICKET, linked_to=thread.number, receipt=receipt)
    return Decision(Action.APPEND, thread.number, reopens=True)


def _speaks_for_us(mail: Incoming, thread: Thread) -> bool:
    """A staff address may be forged: the customer reads only what answers a letter that we wrote
    to this very person. Everything else is an internal note, an answering machine's words too.
    """
    own_letter = any(holder == mail.sender for _number, holder in mail.tokens)
    return own_letter and not mail.is_automatic and not thread.is_done


def _unmatched(mail: Incoming, house: House) -> Decision:
    if mail.is_automatic or mail.is_listed:
        return Decision(Action.FILE, why=Why.AUTOMATIC)
    if mail.sender in house.customers:
        return Decision(Action.NEW_TICKET, receipt=not mail.wants_no_answer)
    known = mail.sender in house.staff
    return Decision(
        Action.QUARANTINE, why=Why.STAFF_WITHOUT_TICKET if known else Why.UNKNOWN_SENDER
    )
