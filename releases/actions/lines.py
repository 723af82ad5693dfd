"""A new line, and what it takes over from the one it branches from."""

from __future__ import annotations

from django.db import connection, transaction

from releases.models import Line
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit

# Affected at the branch: affected on the child from its first level, to be ported by hand. Any
# other assessment of the parent is of a fault that was gone by then, or came later: not affected.
INHERITED = """
INSERT INTO releases_validity (correction_id, line_id, affected, author_id, assessed_at)
SELECT correction_id, %(line)s,
    CASE WHEN bool_or(affected @> %(level)s::int) THEN '[0,)'::int4range ELSE 'empty' END,
    %(by)s, now()
FROM releases_validity WHERE line_id = %(parent)s GROUP BY correction_id
"""


@transaction.atomic
def open_line(line: Line, *, by: User) -> Line:
    """Keep a new line. One that branches takes over what its parent is assessed with."""
    access.require(by, "line.configure")
    line.save(force_insert=True)
    copied = 0
    if line.parent_id is not None:
        facts = {"line": line.pk, "parent": line.parent_id, "level": line.branch_level}
        with connection.cursor() as cursor:
            cursor.execute(INHERITED, facts | {"by": by.pk})
            copied = cursor.rowcount
    audit.record("line.opened", line, by=by, inherited=copied)
    return line
