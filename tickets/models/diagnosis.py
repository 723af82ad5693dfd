"""What the cause of a ticket was: one verdict of five, each with the follow-up it demands."""

from __future__ import annotations

from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models import Correction, System, Wish
from supportdesk.accounts.models import CustomerRows, User
from tickets.models.defect import Defect
from tickets.models.ticket import Ticket
from training.models import Topic


class Verdict(models.TextChoices):
    SOFTWARE_DEFECT = "software_defect", _("Software defect")
    HANDLING_ERROR = "handling_error", _("Handling error")
    MISSING_CORRECTION = "missing_correction", _("Missing correction")
    SETTINGS_DIFFERENCE = "settings_difference", _("Settings difference")
    WISH = "wish", _("Wish")


# What each demands, by the names of the fields; the database refuses more and less.
DEMANDS: dict[Verdict, tuple[str, ...]] = {
    Verdict.SOFTWARE_DEFECT: ("defect",),
    Verdict.HANDLING_ERROR: ("topic",),
    Verdict.MISSING_CORRECTION: ("correction", "system"),
    Verdict.SETTINGS_DIFFERENCE: ("difference", "differs_since"),
    Verdict.WISH: ("wish",),
}
FOLLOW_UPS = [name for names in DEMANDS.values() for name in names]
TEXTS = {"difference"}  # empty where others are null


def _complete(verdict: Verdict) -> Q:
    """This verdict with its own follow-up and no other's."""
    found = Q(verdict=verdict.value)
    for name in FOLLOW_UPS:
        empty = Q(**{name: ""}) if name in TEXTS else Q(**{f"{name}__isnull": True})
        found &= ~empty if name in DEMANDS[verdict] else empty
    return found


def _complete_each() -> Q:
    found = Q()
    for verdict in DEMANDS:
        found |= _complete(verdict)
    return found


class DiagnosisQuerySet(CustomerRows):
    """Figures only: whoever may read them sees how many, confidential tickets included."""

    organisation_field = "ticket__organisation"

    def holding(self) -> Self:
        """The one of each ticket that holds."""
        return self.filter(holds_for__isnull=False)

    def causes(self) -> models.QuerySet[Any, dict[str, Any]]:
        """How many tickets by month, module and verdict: `month`, `module`, `verdict`, `count`.

        Months in the desk's own zone, by the day the cause was found.
        """
        found = self.holding().order_by()
        dated = found.annotate(month=TruncMonth("at"), module=F("ticket__module__name"))
        return dated.values("month", "module", "verdict").annotate(count=Count("pk"))


class Diagnosis(models.Model):
    """A verdict as it was given. `Ticket.diagnosis` is the one that holds, the others are past."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="diagnoses")
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), default=timezone.now)
    note = models.TextField(_("finding"), blank=True)  # for colleagues
    defect = models.ForeignKey(
        Defect, models.PROTECT, null=True, related_name="diagnoses", verbose_name=_("defect")
    )
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, related_name="+", verbose_name=_("topic")
    )
    correction = models.ForeignKey(
        Correction, models.PROTECT, null=True, related_name="+", verbose_name=_("correction")
    )
    system = models.ForeignKey(
        System, models.PROTECT, null=True, related_name="+", verbose_name=_("system")
    )
    wish = models.ForeignKey(
        Wish, models.PROTECT, null=True, related_name="+", verbose_name=_("wish")
    )
    difference = models.TextField(_("difference"), blank=True)
    differs_since = models.DateField(_("differs since"), null=True)

    objects = DiagnosisQuerySet.as_manager()

    class Meta:
        verbose_name = _("diagnosis")
        verbose_name_plural = _("diagnoses")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="each_verdict_has_its_follow_up", condition=_complete_each()
            )
        ]
        triggers = [
            pgtrigger.Protect(name="diagnoses_stay", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    @property
    def remedy(self) -> Correction | None:
        """The correction that mends it, where there is one."""
        return self.correction or (self.defect.correction if self.defect else None)

    @property
    def follow_up(self) -> str:
        """What it led to, in one line."""
        return " · ".join(str(getattr(self, name)) for name in DEMANDS[Verdict(self.verdict)])
