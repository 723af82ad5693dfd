"""Tickets that a line of words means, for one reader: matched, ranked, with an excerpt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.search import SearchQueryField
from django.db import connection
from django.db.models import Case, F, FloatField, Func, IntegerField, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from releases.models import Module
from supportdesk.accounts.models import Organisation, User
from tickets.models import DONE, Message, Priority, Status, Ticket
from tickets.models.search import SearchText
from tickets.models.ticket import TicketQuerySet
from tickets.search import words
from tickets.search.excerpt import Piece, excerpt, marked

LARGEST_NUMBER = 2**63 - 1
RANKED = 1000  # of the newest hits; among so many the best come first
PAGE = 20
PARTS = 40  # words that a part of a compound stands for, the shortest first

# Per term: its stems as PostgreSQL compares them, and those of the words it is a part of.
TERMS = f"""
SELECT phraseto_tsquery('german', folded)::text, ARRAY(
    SELECT part.stem FROM (
        SELECT stem, word FROM tickets_searchword
        WHERE folded ~ '^[a-z]{{4,40}}$' AND word LIKE '%%' || folded || '%%'
        ORDER BY length(word), word LIMIT {PARTS}
    ) part
)
FROM unnest(%s::text[]) WITH ORDINALITY term(said, place), desk_fold(said) folded
ORDER BY place
"""  # noqa: S608 - made of a number only
STATES = {
    "open": "open", "offen": "open", "new": "new", "neu": "new",
    "waiting": "waiting", "wartet": "waiting", "resolved": "resolved", "gelöst": "resolved",
    "closed": "closed", "geschlossen": "closed", "done": "done", "erledigt": "done",
}  # fmt: skip
IN_STATE = {
    "open": ~Q(status__in=DONE),
    "new": Q(status=Status.NEW),
    "waiting": Q(status__startswith="waiting"),
    "resolved": Q(status=Status.RESOLVED),
    "closed": Q(status=Status.CLOSED),
    "done": Q(status__in=DONE),
}


@dataclass
class Sought:
    """A line of words, made ready for the index."""

    line: str
    facts: Q = field(default_factory=Q)
    exact: str = ""  # as a tsquery
    wide: str = ""  # the same with compounds
    stems: list[str] = field(default_factory=list)
    terms: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)

    @property
    def is_text(self) -> bool:
        return bool(self.wide)

    @property
    def is_common(self) -> bool:
        """Words were given, and all of them occur everywhere."""
        return bool(self.terms) and not self.wide


def prepare(line: str, reader: User) -> Sought:
    """Filters that fit nothing are said in `problems`, in the reader's language."""
    read = words.read(line)
    sought = Sought(line, terms=read.terms)
    for name, value in read.filters:
        try:
            sought.facts &= FILTERS[name](value, reader)
        except LookupError:
            sought.problems.append(_("“%(words)s” fits nothing.") % {"words": f"{name}:{value}"})
    if read.terms:
        _look_up(sought, read.terms)
    return sought


def _look_up(sought: Sought, terms: Iterable[str]) -> None:
    exact, wide = [], []
    with connection.cursor() as cursor:
        cursor.execute(TERMS, [list(terms)])
        for query, parts in cursor.fetchall():
            if not query:
                continue
            others = [_quoted(stem) for stem in dict.fromkeys(parts)]
            exact.append(f"({query})")
            wide.append(f"({' | '.join([query, *others])})")
            sought.stems += [*_stems(query), *parts]
    sought.exact, sought.wide = " & ".join(exact), " & ".join(wide)


def _quoted(stem: str) -> str:
    escaped = stem.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _stems(query: str) -> list[str]:
    return [part.strip("' ") for part in query.replace("<->", " ").split() if part.strip("'& ")]


def matching(rows: TicketQuerySet, sought: Sought, reader: User) -> TicketQuerySet:
    """Narrow a list: by number, the number of level 2, the subject as it stands, or anything said
    on the ticket that the reader may read; and by the filters in the line.
    """
    if sought.problems:
        return rows.none()
    rows = rows.filter(sought.facts)
    if not sought.terms:
        return rows
    found = _by_name(sought.terms)
    if sought.is_text:
        texts = SearchText.objects.filter(**{f"{scope(reader)}__matches": sought.wide})
        found = found.union(texts.values("ticket"))
    return rows.filter(pk__in=found)


def _by_name(terms: tuple[str, ...]) -> Any:
    """By what stands in the row itself, and so at once."""
    said = " ".join(terms)
    subject = Q()
    for term in terms:
        subject &= Q(subject__icontains=term)
    found = Ticket.objects.filter(subject).order_by().values("pk")
    found = found.union(Ticket.objects.filter(external_number=said).order_by().values("pk"))
    if (number := numbered(said)) is not None:
        found = found.union(Ticket.objects.filter(number=number).order_by().values("pk"))
    return found


def numbered(said: str) -> int | None:
    """48211, #48211, [#48211]."""
    digits = said.strip("[]#")
    known = digits.isascii() and digits.isdigit() and int(digits) <= LARGEST_NUMBER
    return int(digits) if known else None


@dataclass(frozen=True)
class Hit:
    ticket: Ticket
    subject: list[Piece]
    excerpt: list[Piece]


@dataclass(frozen=True)
class Found:
    sought: Sought
    hits: list[Hit]
    count: int  # at most RANKED
    page: int
    more: bool

    @property
    def before(self) -> int:
        return self.page - 1

    @property
    def after(self) -> int:
        return self.page + 1


def ranked(line: str, reader: User, page: int = 1) -> Found:
    """The best of what a line finds, of the newest RANKED; a page of them with excerpts."""
    sought = prepare(line, reader)
    rows = matching(Ticket.objects.visible_to(reader), sought, reader)
    newest = list(rows.order_by("-number").values_list("pk", flat=True)[:RANKED])
    begin = (page - 1) * PAGE
    found = _by_rank(newest, sought, reader)[begin : begin + PAGE]
    tickets = list(found)
    texts = _texts(tickets, sought, reader)
    hits = [
        Hit(row, marked(row.subject, sought.stems), excerpt(texts.get(row.pk, ""), sought.stems))
        for row in tickets
    ]
    return Found(sought, hits, len(newest), page, len(newest) > begin + PAGE)


def _by_rank(numbers: list[int], sought: Sought, reader: User) -> TicketQuerySet:
    rows = Ticket.objects.filter(pk__in=numbers).for_lists()
    named = numbered(sought.line)
    first = Case(When(pk=named, then=1), default=0, output_field=IntegerField())
    if not sought.is_text:
        return rows.alias(named=first).order_by("-named", "-number")
    vector = F(f"search_text__{scope(reader)}")
    return rows.alias(
        named=first, rank=_rank(vector, sought.exact) * 2 + _rank(vector, sought.wide)
    ).order_by("-named", F("rank").desc(nulls_last=True), "-number")


def _rank(vector: F, query: str) -> Func:
    asked = Cast(Value(query), SearchQueryField())
    return Func(vector, asked, function="ts_rank", output_field=FloatField())


def _texts(tickets: list[Ticket], sought: Sought, reader: User) -> dict[int, str]:
    """Of each ticket the message that fits best: the first in which any of the words occurs."""
    if not sought.is_text:
        return {}
    any_of = " | ".join(_quoted(stem) for stem in dict.fromkeys(sought.stems))
    fits = RawSQL("to_tsvector('german', desk_fold(left(text, 5000))) @@ %s::tsquery", [any_of])
    rows = Message.objects.filter(ticket__in=tickets).readable_by(reader)
    best = rows.alias(fits=fits).order_by("ticket", "-fits", "pk").distinct("ticket")
    return dict(best.values_list("ticket", "text"))


def scope(reader: User) -> str:
    """The column of words that this reader may be shown hits of."""
    return "whole" if reader.is_vendor else "public"


def _module(value: str, _reader: User) -> Q:
    rows = Module.objects.filter(Q(code__iexact=value) | Q(name__icontains=value))
    return Q(module__in=_some(rows))


def _organisation(value: str, reader: User) -> Q:
    rows = Organisation.objects.visible_to(reader)
    return Q(organisation__in=_some(rows.filter(Q(code__iexact=value) | Q(name__icontains=value))))


def _person(value: str, reader: User) -> Q:
    if not reader.is_vendor:
        raise LookupError
    if value.lower() in ("ich", "me", "mir"):
        return Q(assignee=reader)
    return Q(assignee__in=_some(User.objects.filter(organisation=None, name__icontains=value)))


def _team(value: str, reader: User) -> Q:
    if not reader.is_vendor:
        raise LookupError
    return Q(team__name__icontains=value)


def _some(rows: Any) -> list[int]:
    found = list(rows.values_list("pk", flat=True)[:50])
    if not found:
        raise LookupError
    return found


def _state(value: str, _reader: User) -> Q:
    return IN_STATE[STATES[value.lower()]]


def _priority(value: str, _reader: User) -> Q:
    if value not in map(str, Priority.values):
        raise LookupError
    return Q(priority=int(value))


FILTERS: dict[str, Callable[[str, User], Q]] = {
    "module": _module,
    "organisation": _organisation,
    "assignee": _person,
    "team": _team,
    "status": _state,
    "priority": _priority,
}
