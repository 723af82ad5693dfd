"""How a session was, said once by each who took part."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from training.models.enrolment import Enrolment

QUESTIONS = ["useful", "pace", "explained", "organised"]


class Points(models.IntegerChoices):
    NOT_AT_ALL = 1, _("not at all")
    HARDLY = 2, _("hardly")
    PARTLY = 3, _("partly")
    MOSTLY = 4, _("mostly")
    ENTIRELY = 5, _("entirely")


def question(name: str) -> str:
    """What is asked, in words."""
    return str(Feedback._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


class Feedback(models.Model):
    """The place is kept so that nobody answers twice. No page says who answered what."""

    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="feedback")
    useful = models.SmallIntegerField(_("I can use what I have learnt."), choices=Points)
    pace = models.SmallIntegerField(_("The pace was right."), choices=Points)
    explained = models.SmallIntegerField(_("It was explained well."), choices=Points)
    organised = models.SmallIntegerField(_("Time, place and seats were right."), choices=Points)
    text = models.TextField(_("What should be different?"), blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [
            models.CheckConstraint(
                name="points_are_one_to_five",
                condition=Q(
                    **{f"{name}__{bound}": n for name in QUESTIONS for bound, n in
                       (("gte", 1), ("lte", 5))}
                ),
            ),
        ]  # fmt: skip
