"""The limit: the same rows through bare psycopg and orjson, behind the same gunicorn.

No rights, no language, no session: what is left is what PostgreSQL and the wire cost.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

import orjson
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

Facts = dict[str, Any]
Connection = psycopg.Connection[Facts]
local = threading.local()

ROWS = """
SELECT t.number, t.subject, t.status, t.priority, t.customer_priority,
       i.proposal AS proposed_priority, o.code AS organisation, m.code AS module, s.code AS system,
       g.name AS team, a.name AS assignee, b.name AS opened_by, c.name AS caller,
       t.external_number, t.message_id, t.job, t.run_at, t.steps, t.already_checked, t.confidential,
       t.opened_at, t.assigned_at, t.unanswered_since,
       t.promised_at, l.name AS package_line, p.level AS package_level,
       t.resolved_at, t.closes_at, t.closed_at, t.changed_at
FROM tickets_ticket t
JOIN accounts_organisation o ON o.id = t.organisation_id
JOIN releases_module m ON m.id = t.module_id
JOIN accounts_team g ON g.id = t.team_id
JOIN accounts_user b ON b.id = t.opened_by_id
LEFT JOIN releases_system s ON s.id = t.system_id
LEFT JOIN accounts_user a ON a.id = t.assignee_id
LEFT JOIN accounts_user c ON c.id = t.caller_id
LEFT JOIN tickets_impact i ON i.ticket_id = t.number
LEFT JOIN releases_package p ON p.id = t.package_id
LEFT JOIN releases_line l ON l.id = p.line_id
"""
UNDONE = "t.status NOT IN ('resolved', 'closed')"
FITTING = "SELECT ticket_id FROM tickets_searchtext WHERE whole @@ %(stem)s::tsquery"
LISTS = {
    "/api": f"{ROWS} WHERE t.organisation_id = %(organisation)s ORDER BY t.number DESC LIMIT 50",
    "/list": f"{ROWS} WHERE t.organisation_id = %(organisation)s AND {UNDONE} "
    "ORDER BY t.number DESC LIMIT 25",
    # `@@` alone, in the order of the list: what finding costs without ranking and excerpts.
    "/search": f"{ROWS} WHERE t.number IN ({FITTING}) ORDER BY t.number DESC LIMIT 20",
    "/work": f"{ROWS} WHERE t.assignee_id = %(assignee)s AND {UNDONE} "
    "ORDER BY t.due_at, t.number LIMIT 50",
}
PARTS = {
    "messages": "SELECT m.id, m.at, m.visibility, m.channel, m.text, u.name FROM tickets_message m "
    "JOIN accounts_user u ON u.id = m.author_id WHERE m.ticket_id = %(number)s ORDER BY m.at, m.id",
    "history": "SELECT h.id, h.at, h.kind, h.status, h.reason, u.name FROM tickets_historyentry h "
    "JOIN accounts_user u ON u.id = h.by_id WHERE h.ticket_id = %(number)s ORDER BY h.at, h.id",
    "attachments": "SELECT id, name, size, content_type, scan FROM tickets_attachment "
    "WHERE ticket_id = %(number)s ORDER BY id",
}
TICKET = """
INSERT INTO tickets_ticket (organisation_id, opened_by_id, module_id, team_id, subject,
    external_number, message_id, job, steps, already_checked, customer_priority, priority,
    confidential, status, opened_at, unanswered_since, changed_at)
VALUES (%(organisation)s, %(person)s, %(module)s, %(team)s, %(subject)s, '', '', '', '', '',
    %(priority)s, %(priority)s, false, 'new', now(), now(), now()) RETURNING number
"""
MESSAGE = """
INSERT INTO tickets_message (ticket_id, author_id, at, visibility, channel, text)
VALUES (%(number)s, %(person)s, now(), 'public', 'api', %(text)s) RETURNING id
"""
TRACES = [
    """
INSERT INTO tickets_historyentry (ticket_id, at, kind, by_id, status, team_id, reason, public)
VALUES (%(number)s, now(), 'opened', %(person)s, 'new', %(team)s, '', true)
""",
    """
INSERT INTO audit_entry (at, verb, subject_type, subject_id, by_id, facts)
VALUES (now(), 'ticket.opened', 'tickets.ticket', %(number)s, %(person)s, %(facts)s)
""",
    # Done already, so that a worker of the desk does not route what the limit has opened.
    """
INSERT INTO messaging_event (name, body, request_id, created_at, attempts, error, done_at)
VALUES ('ticket.opened', %(facts)s, '', now(), 0, '', now())
""",
    """
INSERT INTO tickets_clockreading (ticket_id, clock, state, due_at)
SELECT %(number)s, clock, 'running', now() + interval '1 day'
FROM unnest(array['first_response', 'answer', 'next_word', 'resolution']) AS clock
""",
    """
INSERT INTO web_givenanswer (user_id, key, fingerprint, status, body, created_at)
VALUES (%(person)s, %(key)s, %(key)s, 201, %(answer)s, now())
""",
]


def connection() -> Connection:
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(
            os.environ["DATABASE_URL"], autocommit=True, row_factory=dict_row
        )
    found: Connection = local.connection
    return found


def listed(sql: str, asked: Facts) -> bytes:
    return orjson.dumps({"next": None, "results": connection().execute(sql, asked).fetchall()})


def page(asked: Facts) -> bytes:
    line = connection()
    told: Facts = {"ticket": line.execute(f"{ROWS} WHERE t.number = %(number)s", asked).fetchone()}
    told |= {name: line.execute(sql, asked).fetchall() for name, sql in PARTS.items()}
    return orjson.dumps(told)


def opened(asked: Facts) -> bytes:
    """The INSERTs of a ticket through the API, one transaction, and the row as the answer."""
    line = connection()
    with line.transaction():
        asked |= line.execute(TICKET, asked).fetchone() or {}
        message = line.execute(MESSAGE, asked).fetchone() or {}
        asked["facts"] = Jsonb({"ticket": asked["number"], "message": message["id"]})
        answer = orjson.dumps(line.execute(f"{ROWS} WHERE t.number = %(number)s", asked).fetchone())
        for sql in TRACES:
            line.execute(sql, asked | {"answer": answer.decode()})
    return answer


def application(environ: Facts, start: Callable[..., Any]) -> Iterable[bytes]:
    path, asked = environ["PATH_INFO"], dict(parse_qsl(environ["QUERY_STRING"]))
    if path in LISTS:
        body = listed(LISTS[path], asked)
    elif path == "/page":
        body = page(asked)
    else:
        body = opened(asked | orjson.loads(environ["wsgi.input"].read()))
    head = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start("200 OK", head)
    return [body]
