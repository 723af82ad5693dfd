"""The database's clock in the hand of a test: functions in a schema that is looked into first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection

START = datetime(2036, 12, 24, 17, tzinfo=UTC)  # beyond whatever the real clock will say

FUNCTIONS = """
    CREATE SCHEMA fake;
    CREATE TABLE fake.clock (at timestamptz NOT NULL);
    INSERT INTO fake.clock VALUES ('{start}');
    CREATE FUNCTION fake.now() RETURNS timestamptz STABLE LANGUAGE sql
        AS 'SELECT at FROM fake.clock';
    CREATE FUNCTION fake.statement_timestamp() RETURNS timestamptz STABLE LANGUAGE sql
        AS 'SELECT at FROM fake.clock';
    SET LOCAL search_path = fake, pg_catalog, public;
"""


class DatabaseClock:
    """Stands still until it is told. Only within the test's transaction."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(FUNCTIONS.format(start=START.isoformat()))

    def stand_at(self, second: float) -> None:
        self.put(START + timedelta(seconds=second))

    def put(self, at: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE fake.clock SET at = %s", [at])
