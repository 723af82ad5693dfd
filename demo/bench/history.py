"""Many years for a desk that has told one: copies of what was done, each a year older.

A desk that grows old has more closed tickets, not more open ones.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection, models, transaction
from psycopg import sql

from tickets.models import ClockReading, Diagnosis, HistoryEntry, Message, Ticket
from tickets.search import index, similar

NUMBERED = (Ticket, Diagnosis)  # rows that others point to; a cause has its ticket's number
A_YEAR = sql.Literal(364)  # days: the same weekday


def grow(to: int, say: Callable[[str], None]) -> None:
    """Add older years until there are about so many tickets. Each year commits by itself."""
    numbers = Ticket.objects.aggregate(first=models.Min("number"), last=models.Max("number"))
    span = numbers["last"] - numbers["first"] + 1
    closed = Ticket.objects.filter(status="closed").count()
    years = round((to - Ticket.objects.count()) / closed)
    if numbers["first"] <= years * span:
        raise ValueError("The first numbers are too low for so many older tickets.")
    for year in range(1, years + 1):
        with transaction.atomic(), connection.cursor() as cursor:
            for model in [Ticket, Diagnosis, Message, HistoryEntry, ClockReading]:
                cursor.execute(_copy(model), {"n": year, "shift": year * span, **numbers})
        say(f"{year} of {years} older years.")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def read_words(say: Callable[[str], None]) -> None:
    """Read all tickets' words into the index, and count in how many each occurs."""
    done = 0
    while read := index.keep_up(2000):
        done += read
        if done % 100_000 == 0:
            say(f"The words of {done} tickets are read.")
    if done:
        similar.count_stems()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) tickets_searchtext")


def _copy(model: type[models.Model]) -> sql.Composed:
    """Rows of closed tickets again, with their times and numbers moved back."""
    meta = model._meta
    fields = [
        field
        for field in meta.concrete_fields
        if not field.generated and (model in NUMBERED or not field.primary_key)
    ]
    key = "number" if model is Ticket else "ticket_id"
    columns = [sql.Identifier(str(field.column)) for field in fields]
    return sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {key} IN "
        "(SELECT number FROM tickets_ticket WHERE status = 'closed' "
        "AND number BETWEEN %(first)s AND %(last)s)"
    ).format(
        table=sql.Identifier(meta.db_table),
        key=sql.Identifier(key),
        columns=sql.SQL(", ").join(columns),
        values=sql.SQL(", ").join([_moved(field) for field in fields]),
    )


def _moved(field: models.Field) -> sql.Composable:
    column = sql.Identifier(str(field.column))
    if isinstance(field, models.DateTimeField):
        return sql.SQL("{} - make_interval(days => {} * %(n)s)").format(column, A_YEAR)
    if field.primary_key or field.column in ("ticket_id", "diagnosis_id"):
        return sql.SQL("{} - %(shift)s").format(column)
    return column
