"""How content somebody was with what became of their ticket."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import User
from tickets.models.ticket import Ticket

CHANGEABLE = timedelta(days=14)  # from the first answer


class Rating(models.Model):
    """One per ticket and person. Counted per team, never per specialist."""

    class Score(models.IntegerChoices):
        VERY_BAD = 1, _("not at all")
        BAD = 2, _("hardly")
        FAIR = 3, _("partly")
        GOOD = 4, _("mostly")
        VERY_GOOD = 5, _("entirely")

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="ratings")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    score = models.SmallIntegerField(_("score"), choices=Score)
    comment = models.TextField(_("comment"), blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="one_rating_per_person", fields=["ticket", "person"]),
            models.CheckConstraint(
                name="scores_are_one_to_five", condition=Q(score__gte=1, score__lte=5)
            ),
        ]
        indexes = [models.Index(fields=["at"], name="ratings_by_time")]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.score}"
