"""The verdicts of `releases/validity.py` for many systems and corrections, each in one statement.

Pairs come first, materialised, and the rest is looked up per pair: joined the other way round the
planner computes the whole product. Callers pass only what their reader may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from releases.models.system import known_since
from releases.validity import Finding, Verdict

# What one line, level and customer have of the levels a correction affects. As in `judge`.
JUDGED = """
LEFT JOIN LATERAL (
    SELECT lower(one) AS since, upper(one) AS fixed_in, one @> i.level::int AS inside
    FROM unnest(w.levels) one WHERE lower(one) <= i.level ORDER BY one DESC LIMIT 1
) hit ON true
LEFT JOIN LATERAL (
    SELECT p.level, p.status = 'released' AS released,
        p.status = 'released' AND d.delivered_at IS NOT NULL AS delivered
    FROM releases_package p
    LEFT JOIN releases_delivery d
        ON d.package_id = p.id AND d.organisation_id = {organisation}
    WHERE hit.inside AND p.line_id = i.line_id AND p.level >= hit.fixed_in
        AND p.status <> 'withdrawn' AND NOT w.levels @> p.level::int
    ORDER BY (p.status = 'released' AND d.delivered_at IS NOT NULL) DESC,
        (p.status = 'released') DESC, p.level
    LIMIT 1
) fix ON true
"""
ASSESSED = """CASE
    WHEN w.levels IS NULL THEN 'not_assessed'
    WHEN hit.since IS NULL THEN 'not_affected'
    WHEN NOT hit.inside THEN 'fixed_by_package'
    WHEN fix.delivered THEN 'delivered_not_imported'
    WHEN fix.released THEN 'released_not_delivered'
    WHEN fix.level IS NOT NULL THEN 'fix_planned'
    ELSE 'no_fix' END"""
KNOWN = "s.inventory_at >= %(known_since)s"
# No module ticked: not known which are in use, so all count.
IN_USE = """(NOT EXISTS (SELECT 1 FROM releases_system_modules m WHERE m.system_id = s.id)
    OR EXISTS (SELECT 1 FROM releases_system_modules m
        WHERE m.system_id = s.id AND m.module_id = {module}))"""
PAIRS = f"""
WITH pair AS MATERIALIZED ({{pairs}})
SELECT pair.system_id, pair.correction_id, l.name, i.level, hit.since, hit.fixed_in,
    fix.level, CASE
    WHEN {KNOWN} IS NOT TRUE THEN 'unknown_inventory'
    WHEN i.system_id IS NULL OR NOT {IN_USE.format(module="c.module_id")} THEN 'not_relevant'
    WHEN a.state = 'implemented' THEN 'fixed_individually'
    ELSE {ASSESSED} END
FROM pair
JOIN releases_system s ON s.id = pair.system_id
JOIN releases_correction c ON c.number = pair.correction_id
LEFT JOIN releases_installed i ON i.system_id = pair.system_id
LEFT JOIN releases_line l ON l.id = i.line_id
LEFT JOIN releases_applied a
    ON a.system_id = pair.system_id AND a.correction_id = pair.correction_id
CROSS JOIN LATERAL (
    SELECT range_agg(v.affected) AS levels FROM releases_validity v
    WHERE v.correction_id = pair.correction_id AND v.line_id = i.line_id OFFSET 0
) w
{JUDGED.format(organisation="s.organisation_id")}
ORDER BY pair.system_id, pair.correction_id
"""  # noqa: S608 - made of this page only
SHOWN = {  # with which verdict the numbers are worth showing
    Verdict.FIXED_BY_PACKAGE,
    Verdict.DELIVERED_NOT_IMPORTED,
    Verdict.RELEASED_NOT_DELIVERED,
    Verdict.FIX_PLANNED,
    Verdict.NO_FIX,
}
# What a system lacks: a remedy exists, is coming, or nobody has one yet.
MISSING = [
    Verdict.DELIVERED_NOT_IMPORTED,
    Verdict.RELEASED_NOT_DELIVERED,
    Verdict.FIX_PLANNED,
    Verdict.NO_FIX,
]


@dataclass(frozen=True)
class Standing:
    """One system and one correction."""

    system: int
    correction: int
    line: str | None
    level: int | None
    finding: Finding


def of(systems: Iterable[int], corrections: Iterable[int], at: datetime) -> list[Standing]:
    """Each of these systems with each of these corrections."""
    pairs = "SELECT s AS system_id, c AS correction_id FROM unnest(%(systems)s::bigint[]) s, "
    pairs += "unnest(%(corrections)s::bigint[]) c"
    return _judged(pairs, at, systems=list(systems), corrections=list(corrections))


def touching(
    system: int, keys: Sequence[str], at: datetime, *, released: bool = False
) -> list[Standing]:
    """The corrections that name one of these object keys, for one system."""
    pairs = """SELECT %(system)s::bigint AS system_id, number AS correction_id
        FROM releases_correction WHERE object_keys && %(keys)s::varchar[]"""
    if released:
        pairs += " AND released_at IS NOT NULL"
    return _judged(pairs, at, system=system, keys=[key.upper() for key in keys])


def lacking(correction: int, at: datetime) -> list[Standing]:
    """The running systems on which the correction is missing, and those nobody knows about."""
    pairs = """SELECT i.system_id, v.correction_id FROM releases_validity v
        JOIN releases_installed i ON i.line_id = v.line_id AND v.affected @> i.level::int
        JOIN releases_system s ON s.id = i.system_id AND s.is_active
        WHERE v.correction_id = %(correction)s
        UNION SELECT id, %(correction)s::bigint FROM releases_system
        WHERE is_active AND (inventory_at >= %(known_since)s) IS NOT TRUE"""
    worth = {*MISSING, Verdict.UNKNOWN_INVENTORY}
    found = _judged(pairs, at, correction=correction)
    return [one for one in found if one.finding.verdict in worth]


def missing_on(systems: Iterable[int], at: datetime) -> list[Standing]:
    """All released corrections that these systems lack."""
    pairs = """SELECT i.system_id, v.correction_id FROM releases_installed i
        JOIN releases_validity v ON v.line_id = i.line_id AND v.affected @> i.level::int
        JOIN releases_correction c ON c.number = v.correction_id
        WHERE i.system_id = ANY(%(systems)s::bigint[]) AND c.released_at IS NOT NULL"""
    found = _judged(pairs, at, systems=list(systems))
    return [one for one in found if one.finding.verdict in MISSING]


def _judged(pairs: str, at: datetime, **asked: Any) -> list[Standing]:
    asked["known_since"] = known_since(at)
    with connection.cursor() as cursor:
        cursor.execute(PAIRS.format(pairs=pairs), asked)
        return [_standing(row) for row in cursor.fetchall()]


def _standing(row: Any) -> Standing:
    system, correction, line, level, since, fixed_in, import_level, verdict = row
    found = Verdict(verdict)
    numbers = (since, fixed_in, import_level) if found in SHOWN else ()
    return Standing(system, correction, line, level, Finding(found, *numbers))
