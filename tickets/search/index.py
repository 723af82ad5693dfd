"""Reads the words of tickets that have changed into the index, in batches, with one statement each.

What is stale is locked while it is read: whoever writes to such a ticket at that moment waits some
milliseconds and marks it stale anew, so that nothing written is ever left out.
"""

from __future__ import annotations

import logging

from django.db import DataError, ProgrammingError, connection, transaction

logger = logging.getLogger(__name__)

BATCH = 200
# Of one message, and of all on one ticket: PostgreSQL refuses an index of more than a megabyte.
MESSAGE, TICKET = 20_000, 150_000

CLAIM = """
SELECT ticket_id FROM tickets_searchtext WHERE stale_since IS NOT NULL
ORDER BY stale_since, ticket_id LIMIT %s FOR UPDATE SKIP LOCKED
"""
TEXTS = f"""
SELECT t.number,
    desk_fold(t.subject) AS subject,
    desk_fold(concat_ws(' ', t.number, t.external_number, t.message_id, t.job)) AS names,
    desk_fold(left(concat_ws(' ', said.public, files.public), {TICKET})) AS public,
    desk_fold(left(concat_ws(' ', o.name, o.code, said.internal, files.internal), {TICKET}))
        AS internal
FROM tickets_ticket t
JOIN accounts_organisation o ON o.id = t.organisation_id
LEFT JOIN LATERAL (
    SELECT string_agg(left(text, {MESSAGE}), ' ') FILTER (WHERE visibility = 'public') AS public,
        string_agg(left(text, {MESSAGE}), ' ') FILTER (WHERE visibility <> 'public') AS internal
    FROM tickets_message WHERE ticket_id = t.number
) said ON true
LEFT JOIN LATERAL (
    SELECT string_agg(f.name, ' ') FILTER (WHERE m.visibility = 'public') AS public,
        string_agg(f.name, ' ') FILTER (WHERE m.visibility <> 'public') AS internal
    FROM tickets_attachment f JOIN tickets_message m ON m.id = f.message_id
    WHERE f.ticket_id = t.number
) files ON true
WHERE t.number = ANY(%(tickets)s)
"""  # noqa: S608 - made of numbers only
KEEP = f"""
WITH texts AS MATERIALIZED ({TEXTS}), vectors AS MATERIALIZED (
    SELECT number,
        setweight(to_tsvector('german', subject), 'A')
        || setweight(to_tsvector('german', names), 'B')
        || to_tsvector('german', public) AS public,
        to_tsvector('german', internal) AS internal
    FROM texts
), vocabulary AS (
    INSERT INTO tickets_searchword (word, stem)
    SELECT word, stem FROM (
        SELECT DISTINCT word, (ts_lexize('german_stem', word))[1] AS stem
        FROM texts, unnest(tsvector_to_array(to_tsvector('simple', concat_ws(
            ' ', subject, public, internal)))) word
        WHERE word ~ '^[a-z]{{4,40}}$'
    ) met
    WHERE stem IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM tickets_searchword k WHERE k.word = met.word)
    ORDER BY word ON CONFLICT DO NOTHING
)
UPDATE tickets_searchtext s
SET public = v.public, whole = v.public || v.internal, stale_since = NULL
FROM vectors v WHERE s.ticket_id = v.number
"""  # noqa: S608 - made of constants only
GIVE_UP = "UPDATE tickets_searchtext SET stale_since = NULL WHERE ticket_id = %s"


def keep_up(batch: int = BATCH) -> int:
    """Read one batch of stale tickets; how many. Safe to repeat and to run many times at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, [batch])
        tickets = [number for (number,) in cursor.fetchall()]
        if tickets and not _kept(tickets):
            for number in tickets:  # one that cannot be read keeps no other from it
                if not _kept([number]):
                    logger.error("The words of ticket %s cannot be read", number)
                    cursor.execute(GIVE_UP, [number])
    return len(tickets)


def _kept(tickets: list[int]) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(KEEP, {"tickets": tickets})
    except (DataError, ProgrammingError):
        return False
    return True
