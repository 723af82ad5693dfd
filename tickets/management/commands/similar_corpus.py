"""`manage.py similar_corpus QUESTIONS PAIRS`: how early a linked question is found as similar.

Questions: lines of JSON with ticket_id, subject and body, in English. Pairs: CSV with columns
query_ticket and linked_ticket. Odd rows served for tuning, even rows are the judgement.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction

from tickets.search import similar
from tickets.search.similar import Index

ENGLISH = Index(texts="corpus_text", stems="corpus_stem")
AMONG = 50
MAKE = """
CREATE TEMP TABLE corpus_text (ticket_id bigint PRIMARY KEY, whole tsvector) ON COMMIT DROP;
CREATE TEMP TABLE corpus_stem (stem text PRIMARY KEY, tickets bigint) ON COMMIT DROP;
"""
WRITE = """
INSERT INTO corpus_text VALUES (%s, setweight(to_tsvector('english', desk_fold(%s)), 'A')
    || to_tsvector('english', desk_fold(%s)))
"""
COUNT = """
INSERT INTO corpus_stem SELECT word, ndoc FROM ts_stat('SELECT whole FROM corpus_text')
UNION ALL SELECT '', count(*) FROM corpus_text
"""


class Command(BaseCommand):
    help = "Measure the search for similar tickets on pairs of questions. Nothing is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("questions", type=Path)
        parser.add_argument("pairs", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        with options["questions"].open() as lines:
            questions = [json.loads(line) for line in lines]
        numbers = {said["ticket_id"]: n for n, said in enumerate(questions, 1)}
        with options["pairs"].open() as file:
            named = [(row["query_ticket"], row["linked_ticket"]) for row in csv.DictReader(file)]
        with transaction.atomic():
            _keep(questions, numbers)
            for name, half in [("tuned on, odd rows", 1), ("judged, even rows", 0)]:
                places = [
                    _place(numbers[asked], numbers[linked])
                    for n, (asked, linked) in enumerate(named)
                    if n % 2 == half and asked in numbers and linked in numbers
                ]
                hits = sum(place <= 10 for place in places) / len(places)
                rank = sum(1 / place for place in places) / len(places)
                self.stdout.write(f"{name}: {len(places)} pairs, hit@10 {hits:.3f}, MRR {rank:.3f}")


def _keep(questions: list[dict[str, Any]], numbers: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MAKE)
        rows = [(numbers[q["ticket_id"]], q["subject"], q["body"]) for q in questions]
        cursor.executemany(WRITE, [tuple(str(v).replace("\0", "") for v in row) for row in rows])
        cursor.execute(COUNT)


def _place(asked: int, linked: int) -> float:
    """Where the linked question stands; infinite where it is not among the first."""
    vector = "(SELECT whole FROM corpus_text WHERE ticket_id = %s)"
    told = similar.telling(vector, asked, index=ENGLISH)
    query = (
        "SELECT ticket_id FROM corpus_text WHERE whole @@ %s::tsquery AND ticket_id <> %s"
        " ORDER BY ticket_id DESC LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [told.rare, asked, similar.SCORED])
        near = [number for (number,) in cursor.fetchall()]
    found = [number for number, _score in similar.scores(told, near, AMONG, ENGLISH)]
    return found.index(linked) + 1 if linked in found else float("inf")
