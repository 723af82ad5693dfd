"""How well tickets were prepared before they reached us: what went back, month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from supportdesk.accounts.models import Organisation, User
from tickets.models import CheckPoint, HandBack, Ticket


@dataclass(frozen=True)
class Prepared:
    """Tickets that customers' people opened, and how many of them went back at least once."""

    name: datetime | str
    opened: int
    back: int

    @property
    def share(self) -> int:
        """In whole per cent."""
        return round(100 * self.back / self.opened) if self.opened else 0


def by_month(reader: User, sender: Organisation, since: datetime) -> list[Prepared]:
    """Of what this organisation's people have sent, as far as the reader sees the tickets."""
    rows = _sent(reader, since).filter(opened_by__organisation=sender)
    return _counted(rows.annotate(label=TruncMonth("opened_at")))


def by_sender(reader: User, since: datetime) -> list[Prepared]:
    """One line per organisation that sent anything, the largest share first."""
    rows = _sent(reader, since).annotate(label=F("opened_by__organisation__name"))
    return sorted(_counted(rows), key=lambda line: (-line.share, str(line.name)))


def points(
    reader: User, since: datetime, sender: Organisation | None = None
) -> QuerySet[CheckPoint]:
    """What was missing, with `times`, the most frequent first."""
    sent = _sent(reader, since)
    if sender is not None:
        sent = sent.filter(opened_by__organisation=sender)
    counted = Count("hand_backs", filter=Q(hand_backs__ticket__in=sent))
    rows = CheckPoint.objects.annotate(times=counted).filter(times__gt=0)
    return rows.select_related("module").order_by("-times", "text")


def _sent(reader: User, since: datetime) -> QuerySet[Ticket]:
    """What staff enter for a caller is nobody's preparation."""
    rows = Ticket.objects.visible_to(reader).filter(opened_at__gte=since)
    return rows.filter(opened_by__organisation__isnull=False)


def _counted(rows: QuerySet[Ticket]) -> list[Prepared]:
    back = Exists(HandBack.objects.filter(ticket=OuterRef("pk")))
    lines = (
        rows.annotate(went_back=back)
        .order_by()
        .values("label")
        .annotate(opened=Count("pk"), back=Count("pk", filter=Q(went_back=True)))
        .order_by("label")
    )
    return [Prepared(line["label"], line["opened"], line["back"]) for line in lines]
