"""How every system stands to every correction: counts by verdict, unknown as a class of its own."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import connection

from releases.models.system import known_since
from releases.validity import Verdict
from releases.verdicts import ASSESSED, IN_USE, JUDGED, KNOWN

# Many corrections affect the same levels of a line: each such set of levels is judged once per
# line, level and customer, and counted as often as it occurs. Corrections brought in
# by themselves are few and count by their package here.
MATRIX = f"""
WITH whole AS MATERIALIZED (
    SELECT v.line_id, c.module_id, v.correction_id, range_agg(v.affected) AS levels
    FROM releases_validity v JOIN releases_correction c ON c.number = v.correction_id
    GROUP BY v.line_id, c.module_id, v.correction_id
), shape AS MATERIALIZED (
    SELECT line_id, module_id, levels, count(*) AS corrections
    FROM whole GROUP BY line_id, module_id, levels
), form AS MATERIALIZED (
    SELECT DISTINCT line_id, levels FROM shape
), place AS MATERIALIZED (
    SELECT DISTINCT i.line_id, i.level, s.organisation_id
    FROM releases_installed i JOIN releases_system s ON s.id = i.system_id
    WHERE s.is_active AND {KNOWN}
), judged AS MATERIALIZED (
    SELECT i.line_id, i.level, i.organisation_id, w.levels, {ASSESSED} AS verdict
    FROM place i JOIN form w ON w.line_id = i.line_id
    {JUDGED.format(organisation="i.organisation_id")}
), counted AS MATERIALIZED (
    SELECT j.line_id, j.level, j.organisation_id, h.module_id, j.verdict,
        sum(h.corrections) AS corrections
    FROM judged j JOIN shape h ON h.line_id = j.line_id AND h.levels = j.levels
    GROUP BY 1, 2, 3, 4, 5
)
SELECT s.id, k.verdict, sum(k.corrections)
FROM releases_system s
JOIN releases_installed i ON i.system_id = s.id
JOIN counted k ON k.line_id = i.line_id AND k.level = i.level
    AND k.organisation_id IS NOT DISTINCT FROM s.organisation_id
WHERE s.is_active AND {KNOWN} AND {IN_USE.format(module="k.module_id")}
GROUP BY s.id, k.verdict
"""  # noqa: S608 - made of constants only
Counts = Counter[Verdict]


def matrix(at: datetime) -> dict[int, Counts]:
    """By system, how many assessed corrections have which verdict. Systems that are not known are
    not in it, so that no zero can be read as "nothing is missing".
    """
    found: dict[int, Counts] = {}
    with connection.cursor() as cursor:
        cursor.execute(MATRIX, {"known_since": known_since(at)})
        for system, verdict, corrections in cursor.fetchall():
            found.setdefault(system, Counter())[Verdict(verdict)] = int(corrections)
    return found
