"""Escalations raised in the period: why, how many are open still, how many were decided."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from tickets.figures.tables import Line, Table, percent
from tickets.models import Escalation
from tickets.models.escalation import EscalationQuerySet

Counted = tuple[str, int, int, int]  # reason, raised, open, decided


def counted(escalations: EscalationQuerySet) -> list[Counted]:
    """One query over the escalations of the period, the most frequent reason first."""
    rows = escalations.order_by().values_list("reason")
    still, decided = Q(ended_at__isnull=True), Q(end=Escalation.End.DECIDED)
    counts = rows.annotate(
        n=Count("pk"), still=Count("pk", filter=still), decided=Count("pk", filter=decided)
    )
    return list(counts.order_by("-n"))


def table(found: list[Counted]) -> Table:
    total = sum(n for _reason, n, *_rest in found)
    lines = [
        Line(str(Escalation.Reason(reason).label), [n, still, decided], percent(n, total))
        for reason, n, still, decided in found
    ]
    heads = [_("Reason"), _("Raised"), _("Open"), _("Decided"), _("Share, %")]
    return Table("escalations", _("Escalations"), heads, lines)
