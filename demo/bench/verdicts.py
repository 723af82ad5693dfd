"""Verdicts at size: 40,000 corrections, 200,000 validity rows and 400 systems, then undone."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from releases import compliance, verdicts
from releases.models import Correction, Module, System
from supportdesk.accounts.models import Organisation

CORRECTIONS, LINES, LEVELS, SYSTEMS = 40_000, 5, 20, 400
LIMITS = {  # milliseconds
    "verdicts of a ticket": 25,
    "systems that lack a correction": 15,
    "the whole matrix": 5_000,
}
# Trigger and constraints stay on: what is measured could be written by the desk.
ROWS = [
    """INSERT INTO releases_line (name, pilot_imports, pilot_days)
    SELECT 'bench ' || n, 1, 7 FROM generate_series(1, %(lines)s) n""",
    """INSERT INTO releases_package
        (line_id, level, status, released_at, withdrawn_because)
    SELECT id, n, 'planned', NULL, ''
    FROM releases_line, generate_series(0, %(levels)s) n WHERE name LIKE 'bench %%'""",
    """INSERT INTO releases_correction
        (module_id, symptom, cause, solution, object_keys, released_at, made_at)
    SELECT (%(modules)s::bigint[])[1 + n %% %(kinds)s], 'bench', '', '',
        ARRAY['BENCH' || n %% 4000, 'B' || n], now(), now()
    FROM generate_series(1, %(corrections)s) n""",
    """INSERT INTO releases_validity (correction_id, line_id, affected, assessed_at)
    SELECT c.number, l.id, CASE WHEN (c.number * 7 + l.id) %% 10 < 4 THEN 'empty'::int4range
        WHEN (c.number + l.id) %% 10 = 0 THEN int4range((c.number %% %(levels)s)::int, NULL)
        ELSE int4range((c.number * 3 %% %(levels)s)::int,
            (c.number * 3 %% %(levels)s + 1 + c.number %% 7)::int) END, now()
    FROM releases_correction c, releases_line l
    WHERE c.symptom = 'bench' AND l.name LIKE 'bench %%'""",
    """WITH made AS (
        INSERT INTO releases_system
            (organisation_id, code, purpose, is_active, inventory_at, inventory_source)
        SELECT (%(customers)s::bigint[])[1 + n %% %(houses)s], 'BENCH-' || n, 'test', true, now(),
            'api' FROM generate_series(1, %(systems)s) n RETURNING id
    ), numbered AS (SELECT id, row_number() OVER () AS n FROM made),
    line AS (SELECT id, row_number() OVER () AS n FROM releases_line WHERE name LIKE 'bench %%')
    INSERT INTO releases_installed (system_id, line_id, level)
    SELECT s.id, l.id, s.n * 7 %% %(levels)s
    FROM numbered s JOIN line l ON l.n = 1 + s.n %% %(lines)s""",
]
ANALYZE = "ANALYZE releases_correction, releases_validity, releases_system, releases_installed"


def figures(say: Callable[[str], None]) -> dict[str, float]:
    """Medians in milliseconds. All in one transaction that is rolled back."""
    with transaction.atomic():
        _write()
        found = _measure()
        transaction.set_rollback(True)
    for name, took in found.items():
        say(f"{name:32} {took:8.1f} ms   (limit {LIMITS[name]} ms)")
    return found


def _write() -> None:
    modules = list(Module.objects.values_list("pk", flat=True))
    customers = list(Organisation.objects.values_list("pk", flat=True))
    facts: Any = {
        "lines": LINES,
        "levels": LEVELS,
        "corrections": CORRECTIONS,
        "systems": SYSTEMS,
        "modules": modules,
        "kinds": len(modules),
        "customers": customers,
        "houses": len(customers),
    }
    with connection.cursor() as cursor:
        for sql in ROWS:
            cursor.execute(sql, facts)
        cursor.execute(ANALYZE)


def _measure() -> dict[str, float]:
    now = timezone.now()
    systems = list(System.objects.filter(code__startswith="BENCH-")[:20])
    corrections = list(Correction.objects.filter(symptom="bench")[:2000:97])
    return {
        "verdicts of a ticket": _median(
            [partial(verdicts.touching, one.pk, ["BENCH7", "B12"], now) for one in systems]
        ),
        "systems that lack a correction": _median(
            [partial(verdicts.lacking, one.pk, now) for one in corrections]
        ),
        "the whole matrix": _median([partial(compliance.matrix, now)] * 3),
    }


def _median(calls: list[Callable[[], Any]]) -> float:
    took = []
    for call in calls:
        start = time.perf_counter()
        call()
        took.append(1000 * (time.perf_counter() - start))
    return statistics.median(took)
