"""What waits for a reader of the portal: tickets whose next move is theirs, and unread notices."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from releases.models import Recall
from supportdesk.accounts import access
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.messaging.models import Notice
from tickets.models import AccessRequest, MajorFault, Message, Ticket
from tickets.models.access_request import AccessRequestQuerySet

BANNERS = 3  # at the top of each page; more are one bad day
COUNTED = 99  # a menu never counts further


class Needs:
    """Asked by every page's frame, so each asks the cheapest question first.

    Most days there is no fault and no recall, and who may read one takes longer to ask.
    """

    def __init__(self, reader: User) -> None:
        self.reader = reader

    @cached_property
    def count(self) -> int:
        return Ticket.objects.waiting_for(self.reader).order_by()[:COUNTED].count()

    @cached_property
    def to_approve(self) -> int:
        """Questions for access to a system; asked of coordinators only."""
        if self.reader.is_vendor or not self.reader.is_any(Role.COORDINATOR):
            return 0
        return self.accesses().order_by()[:COUNTED].count()

    @property
    def all(self) -> int:
        return min(self.count + self.to_approve, COUNTED)

    def accesses(self) -> AccessRequestQuerySet:
        """Whose window opens first stands first."""
        return AccessRequest.objects.waiting_for(self.reader).order_by("during", "pk")

    @cached_property
    def unread(self) -> int:
        return Notice.objects.count_unread(self.reader, COUNTED)

    @cached_property
    def faults(self) -> list[MajorFault]:
        """What the banner tells customers: open major faults that concern them."""
        if self.reader.is_vendor or not MajorFault.objects.open().exists():
            return []
        return list(MajorFault.objects.visible_to(self.reader).open()[:BANNERS])

    @cached_property
    def recalls(self) -> list[Recall]:
        """The banner of withdrawn packages that they have, until they have confirmed."""
        if self.reader.is_vendor or not Recall.objects.open().exists():
            return []
        return list(Recall.objects.visible_to(self.reader).open().for_lists()[:BANNERS])

    @property
    def confirms_recalls(self) -> bool:
        return access.may(self.reader, "recall.confirm")

    def tickets(self) -> QuerySet[Ticket]:
        """Questions before solutions, then the graver; each with our last word to the customer."""
        last_word = Message.objects.filter(
            ticket=OuterRef("pk"),
            visibility=Message.Visibility.PUBLIC,
            author__organisation=None,
        ).order_by("-at", "-pk")
        return (
            Ticket.objects.waiting_for(self.reader)
            .for_lists()
            .annotate(
                last_word=Subquery(last_word.values("text")[:1]),
                last_word_at=Subquery(last_word.values("at")[:1]),
            )
            .order_by("-status", "priority", "changed_at", "number")
        )


def of_reader(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `needs` in every template of a signed-in reader."""
    user = getattr(request, "user", None)
    return {"needs": Needs(user)} if user is not None and user.is_authenticated else {}
