"""How content customers are, per team: never per person, and not where few have answered."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from tickets.figures.tables import Line, Table, percent
from tickets.models import Rating

LEAST = 5  # answers; fewer would tell who gave them
Counted = tuple[str, int, int]  # team, answers, of these mostly or entirely content


def counted(ratings: QuerySet[Rating]) -> list[Counted]:
    """One query over the answers of the period."""
    rows = ratings.order_by().values_list("ticket__team__name")
    good = Count("pk", filter=Q(score__gte=Rating.Score.GOOD))
    return list(rows.annotate(n=Count("pk"), good=good).order_by("ticket__team__name"))


def table(found: list[Counted]) -> Table:
    lines = [Line(team, [n, good], percent(good, n)) for team, n, good in found if n >= LEAST]
    heads = [_("Team"), _("Answers"), _("Contented"), _("Share, %")]
    return Table("satisfaction", _("Satisfaction"), heads, lines)
