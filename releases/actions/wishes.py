"""Wishes: put by one of us, backed by the customers who have them."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from releases.models import Module, Wish, WishBacking
from supportdesk.accounts import access
from supportdesk.accounts.models import Organisation, User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid
from supportdesk.messaging import outbox


@transaction.atomic
def put_wish(module: Module, *, by: User, title: str, text: str) -> Wish:
    """Collect a wish; whoever has it is behind it by `back_wish`."""
    access.require(by, "wish.put")
    if not title.strip():
        raise Invalid(_("Please give the wish a title."), "wish_title")
    if not text.strip():
        raise Invalid(_("Please say what it should do."), "wish_text")
    wish = Wish.objects.create(module=module, title=" ".join(title.split()), text=text, put_by=by)
    audit.record("wish.put", wish, by=by)
    outbox.emit("wish.put", wish=wish.pk, by=by.pk)
    return wish


@transaction.atomic
def back_wish(wish: Wish, organisation: Organisation, *, by: User, number: int) -> WishBacking:
    """Put a customer behind it, by the number of their ticket. Safe to repeat."""
    access.require(by, "wish.put")
    backing, new = WishBacking.objects.get_or_create(
        wish=wish, number=number, defaults={"organisation": organisation}
    )
    if new:
        audit.record("wish.backed", wish, by=by, ticket=number)
    return backing


@transaction.atomic
def drop_backing(wish: Wish, *, by: User, number: int) -> None:
    """The ticket was about something else after all. Safe to repeat."""
    access.require(by, "wish.put")
    dropped, _rows = WishBacking.objects.filter(wish=wish, number=number).delete()
    if dropped:
        audit.record("wish.backing_dropped", wish, by=by, ticket=number)
