"""Quality gates: what was looked at before a release, by whom, and with which evidence."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from releases.models.package import Package
from supportdesk.accounts.models import User

STAYS = """
    IF EXISTS (
        SELECT 1 FROM releases_package
        WHERE id = OLD.package_id AND status IN ('released', 'withdrawn')
    ) THEN
        RAISE check_violation USING MESSAGE = 'what was signed before a release stays';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


class GateKindQuerySet(models.QuerySet):
    def mandatory(self) -> Self:
        return self.filter(is_mandatory=True, is_active=True)


class GateKind(models.Model):
    """One line of the list that every package goes through."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_mandatory = models.BooleanField(_("mandatory"), default=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = GateKindQuerySet.as_manager()

    class Meta:
        verbose_name = _("quality gate")
        verbose_name_plural = _("quality gates")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class GateQuerySet(models.QuerySet):
    def closed(self) -> Self:
        return self.filter(result__in=[Gate.Result.PASSED, Gate.Result.WAIVED])


class Gate(models.Model):
    """What was found at a gate of a package. No row: nobody has looked since content changed."""

    class Result(models.TextChoices):
        PASSED = "passed", _("passed")
        FAILED = "failed", _("failed")
        WAIVER_ASKED = "asked", _("exception asked for")
        WAIVED = "waived", _("exception")

    package = models.ForeignKey(Package, models.CASCADE, related_name="gates")
    kind = models.ForeignKey(GateKind, models.PROTECT, related_name="+")
    result = models.CharField(_("result"), max_length=6, choices=Result)
    note = models.TextField(_("note"), blank=True)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    sha256 = models.CharField(_("SHA-256 of the evidence"), max_length=64, blank=True)
    signed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("signed by")
    )
    signed_at = models.DateTimeField(_("signed"))
    # The second person of an exception; the first has signed the question.
    waived_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = GateQuerySet.as_manager()

    class Meta:
        verbose_name = _("gate of a package")
        verbose_name_plural = _("gates of packages")
        ordering = ["kind__position"]
        constraints = [
            models.UniqueConstraint(name="one_result_per_gate", fields=["package", "kind"]),
            models.CheckConstraint(
                name="an_exception_has_two_people_and_a_reason",
                condition=Q(result="waived", waived_by__isnull=False)
                & ~Q(waived_by=F("signed_by"))
                & ~Q(note="")
                | Q(result="asked", waived_by__isnull=True) & ~Q(note="")
                | Q(result__in=["passed", "failed"], waived_by__isnull=True),
            ),
            models.CheckConstraint(
                name="evidence_has_its_digest",
                condition=Q(evidence="", sha256="")
                | ~Q(evidence="") & Q(sha256__regex=r"^[0-9a-f]{64}$"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="gates_of_a_released_package_stay",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=STAYS,
            )
        ]

    def __str__(self) -> str:
        return f"{self.package}, {self.kind}"
