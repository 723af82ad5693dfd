"""Tickets that tell of the same: scored like BM25 by the rare words they share.

The parameters were tuned on one half of pairs of questions that people had linked, and are judged
on the other: `manage.py similar_corpus`, docs/decisions/0032-words-that-are-found.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from supportdesk.accounts.models import User
from tickets.models import DONE, Message, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.search.find import scope

MOST_TERMS = 25  # of the text compared, the most telling ones
WIDE = 5000  # tickets that the rarest of these words bring in for scoring, by their counts
SCORED = 2000  # of these the newest are scored
SHOWN = 5
LEAST = 0.2  # of the score a ticket with just these words would have
SOLVED = 1.2
K1, B, HEADS = 1.5, 0.75, 3  # saturation, weight of length, how often a word of the subject counts


@dataclass(frozen=True)
class Index:
    """Where words are counted: per document, and how many documents have a stem."""

    texts: str = "tickets_searchtext"
    stems: str = "tickets_searchstem"
    field: str = "whole"


@dataclass(frozen=True)
class Telling:
    """The words of a text that tell it from others. `rare`: those that candidates must have."""

    stems: list[str]
    weights: list[float]
    rare: str  # a tsquery; empty where no word tells anything


TELLING = """
WITH asked AS (
    SELECT lexeme, cardinality(positions) + {heads} * ('A' = ANY(weights))::int AS said
    FROM unnest({vector})
), total AS (
    SELECT greatest(tickets, 1000) AS tickets FROM {stems} WHERE stem = ''
    UNION ALL SELECT 1000 LIMIT 1
), weighed AS (
    SELECT a.lexeme, coalesce(k.tickets, 1) AS known,
        (1 + ln(a.said)) * ln((t.tickets + 1) / (coalesce(k.tickets, 1) + 0.5)) AS weight
    FROM asked a CROSS JOIN total t LEFT JOIN {stems} k ON k.stem = a.lexeme
    WHERE coalesce(k.tickets, 1) <= t.tickets / 5 ORDER BY weight DESC, a.lexeme LIMIT {most}
)
SELECT lexeme, weight::float, sum(known) OVER (ORDER BY known, lexeme) <= {wide}
    OR row_number() OVER (ORDER BY known, lexeme) = 1
FROM weighed
"""
SCORE = """
WITH word AS MATERIALIZED (
    SELECT s.ticket_id, u.lexeme, cardinality(u.positions) AS said, 'A' = ANY(u.weights) AS heads
    FROM {texts} s, unnest(s.{field}) u WHERE s.ticket_id = ANY(%(tickets)s)
), size AS MATERIALIZED (
    SELECT ticket_id, sum(said) AS words, avg(sum(said)) OVER () AS usual
    FROM word GROUP BY ticket_id
)
SELECT ticket_id, sum(
    a.weight * n.said * ({k1} + 1) / (n.said + {k1} * (1 - {b} + {b} * words / usual))
)
FROM word JOIN unnest(%(stems)s::text[], %(weights)s::float[]) a(lexeme, weight) USING (lexeme)
JOIN size USING (ticket_id), LATERAL (SELECT word.said + {heads} * heads::int AS said) n
GROUP BY ticket_id ORDER BY 2 DESC, ticket_id DESC LIMIT %(most)s
"""
COUNT = """
INSERT INTO tickets_searchstem (stem, tickets)
SELECT word, ndoc FROM ts_stat('SELECT whole FROM tickets_searchtext')
UNION ALL SELECT '', count(*) FROM tickets_searchtext
"""


def telling(vector: str, *params: Any, index: Index = Index()) -> Telling:
    """`vector` is an SQL expression with its `params`."""
    query = TELLING.format(
        vector=vector, stems=index.stems, heads=HEADS, most=MOST_TERMS, wide=WIDE
    )
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        rows = cursor.fetchall()
    rare = [stem.replace("\\", "\\\\").replace("'", "''") for stem, _weight, rare in rows if rare]
    return Telling(
        [row[0] for row in rows], [row[1] for row in rows], " | ".join(f"'{s}'" for s in rare)
    )


def scores(
    told: Telling, tickets: Sequence[int], most: int, index: Index = Index()
) -> list[tuple[int, float]]:
    """The best of these tickets with their scores."""
    query = SCORE.format(texts=index.texts, field=index.field, k1=K1, b=B, heads=HEADS)
    facts: dict[str, Any] = {"stems": told.stems, "weights": told.weights, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(query, facts | {"tickets": list(tickets)})
        return [(ticket, float(score)) for ticket, score in cursor.fetchall()]


@dataclass(frozen=True)
class Like:
    ticket: Ticket
    solution: str  # what we wrote last, where it is done


def to_ticket(ticket: Ticket, reader: User) -> list[Like]:
    """Tickets like one that the reader sees, among those they see."""
    told = telling_in(ticket, reader)
    return _best(told, Ticket.objects.visible_to(reader).exclude(pk=ticket.pk), reader)


def to_text(subject: str, text: str, reader: User) -> list[Like]:
    """Tickets like one that is being written."""
    told = telling_of(subject, text, reader)
    return _best(told, Ticket.objects.visible_to(reader), reader)


def telling_in(ticket: Ticket, reader: User) -> Telling:
    """The words that tell a ticket from others."""
    field = scope(reader)
    vector = f"(SELECT {field} FROM tickets_searchtext WHERE ticket_id = %s)"  # noqa: S608
    return telling(vector, ticket.pk, index=Index(field=field))


def telling_of(subject: str, text: str, reader: User) -> Telling:
    """The words that tell what is being written from what others have written."""
    vector = (
        "(setweight(to_tsvector('german', desk_fold(%s)), 'A')"
        " || to_tsvector('german', desk_fold(%s)))"
    )
    return telling(vector, subject[:200], text[:5000], index=Index(field=scope(reader)))


def _best(told: Telling, rows: TicketQuerySet, reader: User) -> list[Like]:
    """Of nearly equal ones those that are done come first: they say what worked."""
    if not told.rare:
        return []
    field = scope(reader)
    fitting = rows.filter(**{f"search_text__{field}__matches": told.rare}).order_by("-number")
    near = list(fitting.values_list("pk", flat=True)[:SCORED])
    found = dict(scores(told, near, 4 * SHOWN, Index(field=field)))
    least = LEAST * (K1 + 1) * sum(told.weights)
    rows = Ticket.objects.filter(pk__in=found).for_lists()
    tickets = [row for row in rows if found[row.pk] >= least]
    tickets.sort(key=lambda row: (found[row.pk] * (SOLVED if row.status in DONE else 1), row.pk))
    best = tickets[: -SHOWN - 1 : -1]
    said = _last_words([row.pk for row in best if row.status in DONE])
    return [Like(row, said.get(row.pk, "")) for row in best]


def _last_words(tickets: list[int]) -> dict[int, str]:
    """What customers and staff may both read: our last public message on each."""
    rows = Message.objects.filter(ticket__in=tickets, visibility=Message.Visibility.PUBLIC)
    rows = rows.filter(author__organisation=None).order_by("ticket", "-pk").distinct("ticket")
    return dict(rows.values_list("ticket", "text"))


def count_stems() -> None:
    """Once a night: how many tickets have each word. Reads the whole index."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tickets_searchstem")
        cursor.execute(COUNT)
