"""What a message is about, and who may read that: asked again at the last moment.

A letter may wait for days, a line in an inbox for years; a mandate may end meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

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


def is_open(kind: str, pk: int | None) -> bool:
    return kind not in OPEN or OPEN[kind]().filter(pk=pk).exists()


def may_hear(endpoint: Endpoint, kind: str, pk: int | None) -> bool:
    return not kind or HEARD[kind](endpoint).filter(pk=pk).exists()


def readable_by(person: User) -> Q:
    """For messages: about nothing in particular, or about what the person may read now.

    Each message asks for its own row: a list of all that a specialist may read is a million long.
    """
    wanted = Q(about_type="")
    for kind, visible_to in VISIBLE.items():
        wanted |= Q(Exists(visible_to(person).filter(pk=OuterRef("about_id"))), about_type=kind)
    return wanted
