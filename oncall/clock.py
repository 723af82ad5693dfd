"""The database's clock: the only one that pages go by."""

from __future__ import annotations

from datetime import datetime

from django.db import connection


def moment() -> datetime:
    """Now, by the clock that also says what is due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        return cursor.fetchone()[0]
