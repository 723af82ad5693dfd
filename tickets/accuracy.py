"""How well routing guesses: who stayed, how often tickets moved on, how long until it was right.

Counted from the history of tickets whose first person was found by routing. Per module and per
month, never per person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from supportdesk.accounts.models import Team


@dataclass(frozen=True)
class Accuracy:
    """Of `tickets` routed, `kept` stayed with the first person to this day."""

    name: Any  # of the module, the first day of the month, or None for all together
    tickets: int
    kept: int
    hops: float  # how often a ticket changed hands afterwards, on average
    median: timedelta  # from opening until whoever has it now, or solved it, got it
    ninth: timedelta  # nine of ten were there by then

    @property
    def share(self) -> int:
        return round(100 * self.kept / self.tickets)


GROUPS = {
    "all": "NULL::text",
    "module": "m.name",
    "month": "date_trunc('month', t.opened_at AT TIME ZONE 'Europe/Berlin')::date",
}

# A step without a change of hands (asking back, resolving) is no hop: only lines where the
# assignee differs from the line before count.
QUERY = """
WITH steps AS (
    SELECT h.ticket_id, h.at, h.id, h.kind, h.assignee_id,
           lag(h.assignee_id) OVER (PARTITION BY h.ticket_id ORDER BY h.at, h.id) AS before
    FROM tickets_historyentry h
    JOIN tickets_ticket t ON t.number = h.ticket_id
    WHERE t.opened_at >= %(since)s AND t.opened_at < %(until)s
      AND (%(team)s::bigint IS NULL OR t.team_id = %(team)s)
      AND h.assignee_id IS NOT NULL
), hands AS (
    SELECT ticket_id, count(*) - 1 AS hops, max(at) AS settled_at,
           (array_agg(kind ORDER BY at, id))[1] AS found_by
    FROM steps WHERE before IS DISTINCT FROM assignee_id
    GROUP BY ticket_id
)
SELECT {name} AS name, count(*), count(*) FILTER (WHERE hops = 0), avg(hops)::float,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY settled_at - t.opened_at),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY settled_at - t.opened_at)
FROM hands
JOIN tickets_ticket t ON t.number = hands.ticket_id
JOIN releases_module m ON m.id = t.module_id
WHERE found_by = 'routed'
GROUP BY 1 ORDER BY 1
"""


def of(group: str, since: datetime, until: datetime, team: Team | None = None) -> list[Accuracy]:
    """One query over the tickets opened in the period; `group` is one of GROUPS."""
    asked = {"since": since, "until": until, "team": team.pk if team else None}
    with connection.cursor() as cursor:
        cursor.execute(QUERY.format(name=GROUPS[group]), asked)
        return [Accuracy(*row) for row in cursor.fetchall()]
