"""Mail that a person wants gathered: many letters that wait become one when their time has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.text import Truncator

from supportdesk.messaging import about, letters
from supportdesk.messaging.models import Dispatch

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST = 200  # letters in one; what is more comes in the next
WORDS = 300  # characters of what was said


def excerpt(context: dict[str, Any]) -> dict[str, str]:
    """What a gathering says of one letter besides its subject: the words, shortened, and the way
    to them. Words that a letter itself withholds are not in its context.
    """
    words = " ".join(str(context.get("text") or "").split())
    return {"link": str(context.get("link") or ""), "words": Truncator(words).chars(WORDS)}


def first_of_each(due: QuerySet[Dispatch]) -> QuerySet[Dispatch]:
    """Without those that wait behind an earlier one for the same person: that one takes them along.

    So two senders never make two gatherings of one.
    """
    earlier = due.order_by().filter(
        gathers=True, recipient=OuterRef("recipient"), pk__lt=OuterRef("pk")
    )
    return due.filter(Q(gathers=False) | ~Exists(earlier))


def take_along(row: Dispatch, due: QuerySet[Dispatch]) -> None:
    """Put the others of the same person into this one, inside the transaction that claims it."""
    others = due.order_by("pk").filter(
        gathers=True, recipient=row.recipient_id, state=Dispatch.State.WAITING, pk__gt=row.pk
    )
    held = list(others.select_for_update(skip_locked=True, of=("self",))[:MOST])
    if not held:
        return
    row.content = {"parts": [part for one in [row, *held] for part in _parts(one)]}
    row.about_type, row.about_id = "", None
    row.save(update_fields=["content", "about_type", "about_id"])
    Dispatch.objects.filter(pk__in=[one.pk for one in held]).update(
        state=Dispatch.State.CANCELLED, error=f"Gathered in {row.dedupe_key}."
    )


def compose(row: Dispatch) -> dict[str, Any] | None:
    """The letter as its reader may have it at this moment; None when nothing is left of it."""
    if "parts" not in row.content:
        return row.content
    reader = row.recipient
    if reader is None:
        return None
    readable = about.readable(reader, map(_what, row.content["parts"]))
    parts = [part for part in row.content["parts"] if _what(part) in readable]
    if not parts:
        return None
    profile = settings.BASE_URL.rstrip("/") + reverse("profile")
    context = {"recipient": reader, "parts": parts, "link": profile}
    return {
        **letters.render("account/gathered", reader.language, context),
        "headers": {"List-Unsubscribe": f"<{profile}>"},
    }


def _what(part: dict[str, Any]) -> tuple[str, int | None]:
    return part["about_type"], part["about_id"]


def _parts(row: Dispatch) -> list[dict[str, Any]]:
    """What one letter has to say in a gathering: its first line and where it leads."""
    if "parts" in row.content:
        return list(row.content["parts"])
    said = {name: row.content.get(name, "") for name in ("subject", "link", "words")}
    return [{**said, "about_type": row.about_type, "about_id": row.about_id}]
