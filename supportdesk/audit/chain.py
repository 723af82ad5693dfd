"""The hash chain over the audit record: sealed in batches, verified link by link.

Writers never wait: they insert, and a job seals what has been committed since. An entry of a long
transaction, committed late with a low number, is sealed when it appears; the chain knows only the
order of sealing. What the database itself could be made to lie about is told to the outside: the
head, logged and mailed daily. See docs/decisions/0004-sealed-audit-record.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, TextField
from django.db.models.functions import Cast

from supportdesk.audit.models import Entry, Seal

ORIGIN = hashlib.sha256(b"support desk audit record").hexdigest()
BATCH = 2000
# Entries are looked for so far below the highest sealed number, and everywhere once a day.
LATECOMERS = 20_000
LOCK = 0x5EA1  # of PostgreSQL's advisory locks: one sealer at a time

Head = tuple[int, str]
Row = tuple[Any, ...]
# `facts` as PostgreSQL prints them: no parser rounds anything away.
ROW: list[str | Cast] = ["pk", "at", "verb", "subject_type", "subject_id", "by_id"]
ROW.append(Cast("facts", TextField()))


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was sealed."""

    position: int
    entry: int | None
    what: str

    def __str__(self) -> str:
        of = f" (entry {self.entry})" if self.entry is not None else ""
        return f"no. {self.position}{of}: {self.what}"


def seal(*, thorough: bool = False) -> int:
    """Seal what is committed and unsealed; returns how many. Safe to repeat and to run twice."""
    sealed = 0
    while count := _seal_batch(thorough=thorough):
        sealed += count
    return sealed


def head() -> Head:
    """The last link: position and hash."""
    last = Seal.objects.order_by("-position").first()
    return (last.position, last.head) if last else (0, ORIGIN)


def verify(published: Iterable[Head] = ()) -> Iterator[Finding]:
    """Walk the whole chain. After a broken link go on from what is stored, so each is named."""
    wanted = dict(published)
    position, link = 0, ORIGIN
    for seal, entry in _sealed():
        whole = seal.position == position + 1
        if not whole:
            yield Finding(position + 1, None, f"the seals before no. {seal.position} are gone")
        position = seal.position
        if entry is None:
            yield Finding(position, seal.entry_id, "the entry is gone")
        elif whole and next_link(link, position, entry) != seal.head:
            yield Finding(position, seal.entry_id, "the entry or its place was changed")
        link = seal.head
        if wanted.pop(position, link) != link:
            yield Finding(position, seal.entry_id, "the head is not the published one")
    for at in sorted(wanted):
        yield Finding(at, None, "this head was published and is gone: the end was cut off")


def next_link(before: str, position: int, entry: Row) -> str:
    words = json.dumps([before, position, *entry], default=datetime.isoformat)
    return hashlib.sha256(words.encode()).hexdigest()


@transaction.atomic
def _seal_batch(*, thorough: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
    floor = 0 if thorough else (Seal.objects.aggregate(top=Max("entry_id"))["top"] or 0)
    fresh = Entry.objects.filter(pk__gt=floor - LATECOMERS).unsealed()
    position, link = head()
    seals = []
    for entry in fresh.values_list(*ROW)[:BATCH]:
        position += 1
        link = next_link(link, position, entry)
        seals.append(Seal(position=position, entry_id=entry[0], head=link))
    Seal.objects.bulk_create(seals)
    return len(seals)


def _sealed() -> Iterator[tuple[Seal, Row | None]]:
    """The links in their order with their entries, a batch at a time."""
    after = 0
    while seals := list(Seal.objects.filter(position__gt=after).order_by("position")[:BATCH]):
        numbers = [seal.entry_id for seal in seals]
        entries = {row[0]: row for row in Entry.objects.filter(pk__in=numbers).values_list(*ROW)}
        for seal in seals:
            yield seal, entries.get(seal.entry_id)
        after = seals[-1].position
