"""What a message is about, and who may read that: asked again at the last moment.

A letter may wait for days, a line in an inbox for years; a mandate may end meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

if TYPE_CHECKING:
    from supportdesk.accounts.models import User
    from supportdesk.messaging.models import Endpoint

# By kind of row: those a person may read. Apps add theirs in reactions.py.
VISIBLE: dict[str, Callable[[User], QuerySet]] = {}
# The same for customers' systems: the rows whose events an endpoint hears.
HEARD: dict[str, Callable[[Endpoint], QuerySet]] = {}
# The rows that still want their urgent messages out: where one is not among them, nothing goes.
OPEN: dict[str, Callable[[], QuerySet]] = {}

# Of some rows, whether what is said of this one respects nobody's quiet hours.
PRESSING: dict[str, Callable[[Any], bool]] = {}


def facts(row: Model | None) -> dict[str, str | int | None]:
    """The columns of a message that say what it is about; None is about nothing in particular."""
    if row is None:
        return {"about_type": "", "about_id": None}
    kind = row._meta.label_lower
    if kind not in VISIBLE:
        raise LookupError(f"Nobody has said who may read {kind}.")
    return {"about_type": kind, "about_id": row.pk}


def may_read(person: User, kind: str, pk: int | None) -> bool:
    return not kind or VISIBLE[kind](person).filter(pk=pk).exists()


def readable(person: User, rows: Iterable[tuple[str, int | None]]) -> set[tuple[str, int | None]]:
    """Of many (kind, number), those the person may read now; one question for each kind."""
    kinds: dict[str, set[int | None]] = {}
    for kind, pk in rows:
        kinds.setdefault(kind, set()).add(pk)
    found: set[tuple[str, int | None]] = {("", pk) for pk in kinds.pop("", ())}
    for kind, numbers in kinds.items():
        seen = VISIBLE[kind](person).filter(pk__in=numbers).values_list("pk", flat=True)
        found |= {(kind, pk) for pk in seen}
    return found


def is_open(kind: str, pk: int | None) -> bool:
    return kind not in OPEN or OPEN[kind]().filter(pk=pk).exists()


def presses(row: Model | None) -> bool:
    check = PRESSING.get(row._meta.label_lower) if row is not None else None
    return check is not None and check(row)


def may_hear(endpoint: Endpoint, kind: str, pk: int | None) -> bool:
    return not kind or HEARD[kind](endpoint).filter(pk=pk).exists()


def readable_by(person: User, kinds: Iterable[str] | None = None) -> Q:
    """For messages: about nothing in particular, or about what the person may read now.

    Each message asks for its own row: a list of all that a specialist may read is a million long.
    With `kinds`, only those: the sentence for all of them takes longer to write than to answer.
    """
    wanted = Q(about_type="")
    for kind, visible_to in VISIBLE.items():
        if kinds is not None and kind not in kinds:
            continue
        wanted |= Q(Exists(visible_to(person).filter(pk=OuterRef("about_id"))), about_type=kind)
    return wanted
