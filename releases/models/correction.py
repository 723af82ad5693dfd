"""A correction: what it mends in words customers read, and by which keys it is found."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models.module import Module
from supportdesk.accounts.models import User


class CorrectionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Customers see what is released."""
        if not user.is_active:
            return self.none()
        return self if user.is_vendor else self.released()

    def released(self) -> Self:
        return self.filter(released_at__isnull=False)


class Correction(models.Model):
    """Customers read symptom and solution, never the cause."""

    number = models.BigAutoField(_("number"), primary_key=True)
    module = models.ForeignKey(
        Module, models.PROTECT, related_name="corrections", verbose_name=_("module")
    )
    symptom = models.CharField(_("symptom"), max_length=200)
    cause = models.TextField(_("cause"), blank=True)
    solution = models.TextField(_("solution"), blank=True)
    # Upper case, so that what a customer types is found whatever its case.
    object_keys = ArrayField(
        models.CharField(max_length=120),
        default=list,
        blank=True,
        verbose_name=_("object keys"),
        help_text=_("Programs, message ids and transactions it touches, separated by commas."),
    )
    author = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="corrections",
        verbose_name=_("author"),
    )
    # Only then do customers hear of it: every line in maintenance is assessed.
    released_at = models.DateTimeField(_("released"), null=True, editable=False)
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    # What it is found by when somebody tells of the same in words. Not the cause, which customers
    # must not be able to guess at.
    words = models.GeneratedField(
        expression=SearchVector("symptom", weight="A", config="german")
        + SearchVector("solution", weight="D", config="german"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-number"]
        indexes = [
            GinIndex(fields=["object_keys"], name="corrections_by_object_key"),
            GinIndex(fields=["words"], name="corrections_by_word"),
        ]

    def __str__(self) -> str:
        return f"K-{self.number}"
