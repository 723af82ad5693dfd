"""A fault of the product as the development area in charge sees it; many tickets, one defect."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import TrigramSimilarity
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models import Correction, DevelopmentArea, Line, Module
from supportdesk.accounts.models import User

ALIKE = 0.2  # below, titles have nothing but common words in common


class DefectState(models.TextChoices):
    REPORTED = "reported", _("reported")
    ACCEPTED = "accepted", _("accepted")
    FIXED = "fixed", _("fixed")
    REJECTED = "rejected", _("rejected")


DEFECT_NEXT: dict[DefectState, set[DefectState]] = {
    DefectState.REPORTED: {DefectState.ACCEPTED, DefectState.FIXED, DefectState.REJECTED},
    DefectState.ACCEPTED: {DefectState.FIXED, DefectState.REJECTED},
    DefectState.FIXED: set(),
    DefectState.REJECTED: set(),
}


class DefectQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The vendor's own: it stands behind tickets of customers who must not see each other."""
        return self if user.is_vendor and user.is_active else self.none()

    def open(self) -> Self:
        return self.filter(state__in=[DefectState.REPORTED, DefectState.ACCEPTED])

    def alike(self, module: Module, title: str) -> Self:
        """Open ones of the module whose title resembles this one, the nearest first."""
        rows = self.open().filter(module=module)
        rows = rows.annotate(likeness=TrigramSimilarity("title", title))
        return rows.filter(likeness__gte=ALIKE).order_by("-likeness", "number")

    def for_lists(self) -> Self:
        """With how many tickets hang on each, and how many of them still wait."""
        waiting = Q(diagnoses__holds_for__status__in=["waiting_development", "waiting_delivery"])
        return self.select_related("module", "area", "line").annotate(
            tickets_count=Count("diagnoses__holds_for"),
            waiting_count=Count("diagnoses__holds_for", filter=waiting),
        )


class Defect(models.Model):
    number = models.BigAutoField(_("number"), primary_key=True)
    title = models.CharField(_("title"), max_length=200)
    module = models.ForeignKey(
        Module, models.PROTECT, related_name="defects", verbose_name=_("module")
    )
    area = models.ForeignKey(
        DevelopmentArea,
        models.PROTECT,
        null=True,
        related_name="defects",
        verbose_name=_("development area"),
    )
    steps = models.TextField(_("steps to reproduce"))
    line = models.ForeignKey(
        Line, models.PROTECT, null=True, related_name="+", verbose_name=_("found on")
    )
    level = models.PositiveSmallIntegerField(_("support package"), null=True)
    state = models.CharField(
        _("state"), max_length=10, choices=DefectState, default=DefectState.REPORTED
    )
    correction = models.ForeignKey(
        Correction,
        models.PROTECT,
        null=True,
        related_name="defects",
        verbose_name=_("correction"),
    )
    promised_on = models.DateField(_("promised for"), null=True)
    reason = models.TextField(_("reason"), blank=True)  # why it was rejected
    tracker_key = models.CharField(_("number in development's tracker"), max_length=60, blank=True)
    reported_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("reported by")
    )
    reported_at = models.DateTimeField(_("reported"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    changed_at = models.DateTimeField(_("last change"), default=timezone.now)

    objects = DefectQuerySet.as_manager()

    class Meta:
        verbose_name = _("defect")
        verbose_name_plural = _("defects")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="rejected_defects_say_why", condition=Q(state="rejected") ^ Q(reason="")
            ),
            models.CheckConstraint(
                name="fixed_defects_name_their_correction",
                condition=Q(state="fixed") ^ Q(correction__isnull=True),
            ),
            models.CheckConstraint(
                name="ended_defects_know_when",
                condition=Q(state__in=["reported", "accepted"]) ^ Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_level_belongs_to_a_line",
                condition=Q(line__isnull=True, level__isnull=True)
                | Q(line__isnull=False, level__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "module"], name="defects_by_state"),
            models.Index(fields=["changed_at", "number"], name="defects_by_change"),
            GinIndex(OpClass(Upper("title"), "gin_trgm_ops"), name="defects_by_title"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="defects_follow_next",
                field="state",
                transitions=[
                    (now, then)
                    for now, all_next in DEFECT_NEXT.items()
                    for then in sorted(all_next)
                ],
            )
        ]

    def __str__(self) -> str:
        return f"D-{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.state in (DefectState.REPORTED, DefectState.ACCEPTED)


class DefectComment(models.Model):
    """What support and development say to each other; customers never read it."""

    defect = models.ForeignKey(Defect, models.PROTECT, related_name="comments")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), default=timezone.now)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["at", "pk"]
