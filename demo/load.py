"""Rows into PostgreSQL by COPY: a year of tickets in seconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import JSONField, Model
from psycopg import sql
from psycopg.types.json import Jsonb


def copy(model: type[Model], rows: Iterable[dict[str, Any]]) -> int:
    """COPY rows, given by column attribute names; what a row leaves out takes the field's default.

    A primary key is copied only where the first row has one. Returns how many rows went in.
    """
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return 0
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.generated and (field.attname in first or not _given_by_database(field))
    ]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join([sql.Identifier(str(field.column)) for field in fields]),
    )
    defaults = {field.attname: field.get_default() for field in fields}
    names = [field.attname for field in fields]
    as_json = {field.attname for field in fields if isinstance(field, JSONField)}
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        for row in _chain(first, rows):
            full = defaults | row
            stream.write_row(
                [Jsonb(full[name]) if name in as_json else full[name] for name in names]
            )
            count += 1
    return count


def catch_up(model: type[Model]) -> None:
    """Set the sequence of the primary key behind the rows that brought their own."""
    table, column = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence(%s, %s), max({})) FROM {}").format(
                sql.Identifier(column), sql.Identifier(table)
            ),
            [table, column],
        )
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def _given_by_database(field: Any) -> bool:
    return field.primary_key or field.has_db_default()


def _chain(first: dict[str, Any], rest: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    yield first
    yield from rest
