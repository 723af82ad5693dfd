"""Corrections that tell of the same as a text: by the rare words of the text that they share.

Which words are rare the caller knows, who has the texts. One statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

# In symptoms a word counts in full, in solutions by half: they name what is done, too.
# With a system, only what it lacks: other lines are none of its customer's business.
FITTING = """
SELECT c.number, sum(a.weight * CASE WHEN 'A' = ANY(u.weights) THEN 1 ELSE 0.5 END)
    * CASE WHEN c.module_id = %(module)s THEN 1.5 ELSE 1 END AS score
FROM releases_correction c
CROSS JOIN LATERAL unnest(c.words) u
JOIN unnest(%(stems)s::text[], %(weights)s::float[]) a(lexeme, weight) USING (lexeme)
WHERE c.words @@ %(rare)s::tsquery
    AND (c.released_at IS NOT NULL OR NOT %(released)s)
    AND (%(system)s::bigint IS NULL OR EXISTS (
        SELECT 1 FROM releases_installed i
        JOIN releases_validity v ON v.line_id = i.line_id AND v.affected @> i.level::int
        WHERE i.system_id = %(system)s AND v.correction_id = c.number
    ))
GROUP BY c.number
HAVING count(*) >= least(%(shared)s, cardinality(%(stems)s::text[]))
    AND sum(a.weight) >= %(least)s
ORDER BY score DESC, c.number DESC LIMIT %(most)s
"""
SHARED = 2  # words, or the only one there is
LEAST = 0.25  # of the weight of the words asked for
ASKED = 10  # the most telling of them: a long text must not drown its own point


@dataclass(frozen=True)
class Asked:
    """The words that tell the text from others, as stems of the German dictionary with their
    weights; `rare`, a tsquery: those of which a correction must have one.
    """

    words: Mapping[str, float]
    rare: str


def corrections(
    asked: Asked, *, module: int | None, system: int | None, released: bool, most: int
) -> list[int]:
    """The numbers of those that fit, best first."""
    if not asked.rare:
        return []
    best = sorted(asked.words.items(), key=lambda one: (-one[1], one[0]))[:ASKED]
    facts: dict[str, Any] = {
        "stems": [stem for stem, _weight in best],
        "weights": [weight for _stem, weight in best],
        "rare": asked.rare,
        "module": module,
        "system": system,
        "released": released,
        "shared": SHARED,
        "least": LEAST * sum(weight for _stem, weight in best),
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(FITTING, facts)
        return [number for number, _score in cursor.fetchall()]
