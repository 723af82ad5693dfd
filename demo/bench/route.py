"""Routing one ticket, beside the same writes without any thought."""

from __future__ import annotations

import time
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from demo.bench.measure import Figures
from supportdesk.accounts.models import User
from tickets import actions
from tickets.models import RoutingDecision, Ticket

WRITES = [
    """INSERT INTO tickets_routingdecision
    (ticket_id, at, team_id, chosen_id, rule_version, reason, situation, decision)
    VALUES (%(number)s, now(), %(team)s, %(person)s, 1, '', %(situation)s, %(decision)s)""",
    """UPDATE tickets_ticket SET status = 'open', assignee_id = %(person)s, routed_at = now(),
    assigned_at = now(), changed_at = now() WHERE number = %(number)s""",
    """INSERT INTO tickets_historyentry
    (ticket_id, at, kind, by_id, status, assignee_id, team_id, reason, public)
    VALUES (%(number)s, now(), 'routed', %(desk)s, 'open', %(person)s, %(team)s, '', true)""",
    """INSERT INTO audit_entry (at, verb, subject_type, subject_id, by_id, facts)
    VALUES (now(), 'ticket.routed', 'tickets.ticket', %(number)s, %(desk)s, '{}')""",
    """INSERT INTO messaging_event (name, body, request_id, created_at, attempts, error, done_at)
    VALUES ('ticket.routed', '{}', '', now(), 0, '', now())""",
]


def figures() -> Figures:
    """Of the tickets the rounds have opened: one by the verb, the next by its writes alone."""
    found, desk = Figures(), User.objects.desk()
    waiting = list(Ticket.objects.to_route().order_by("number"))
    pairs = list(zip(waiting[::2], waiting[1::2], strict=False))
    for n, (mine, bare) in enumerate(pairs):
        start = time.perf_counter()
        decision = actions.route(mine, by=desk)
        thought = time.perf_counter() - start
        if decision.chosen_id is None:
            continue
        written = _write(bare, decision, desk)
        if n >= len(pairs) // 10:  # the first ones warm up
            found.desk.append(1000 * thought)
            found.limit.append(1000 * written)
    return found


def _write(ticket: Ticket, decision: RoutingDecision, desk: User) -> float:
    facts: dict[str, Any] = {
        "number": ticket.pk,
        "team": ticket.team_id,
        "person": decision.chosen_id,
        "desk": desk.pk,
        "situation": Jsonb(decision.situation),
        "decision": Jsonb(decision.decision),
    }
    start = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in WRITES:
            cursor.execute(sql, facts)
    return time.perf_counter() - start
