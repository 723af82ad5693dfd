"""Times in which a fault costs most: somebody must be on call then."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from oncall import posting
from oncall.spans import Span
from releases.models import Module
from supportdesk.accounts.models import User


class CriticalQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self if user.is_active and user.is_vendor else self.none()

    def within(self, window: Span) -> Self:
        return self.filter(during__overlap=tuple(window))

    def at(self, at: datetime) -> Self:
        return self.filter(during__contains=at)


class CriticalRule(models.Model):
    """Whole days that come back by themselves, by the federal state of the insurer."""

    class Rule(models.TextChoices):
        CONTRIBUTIONS = posting.Rule.CONTRIBUTIONS.value, _("Contributions due")
        STATEMENTS = posting.Rule.STATEMENTS.value, _("Contribution statements due")
        SELF_PAYERS = posting.Rule.SELF_PAYERS.value, _("Self-payers' contributions due")
        MONTH_END = posting.Rule.MONTH_END.value, _("End of the month")
        QUARTER_END = posting.Rule.QUARTER_END.value, _("End of the quarter")
        YEAR_END = posting.Rule.YEAR_END.value, _("End of the year")

    rule = models.CharField(_("rule"), max_length=13, choices=Rule, unique=True)
    modules = models.ManyToManyField(
        Module, blank=True, related_name="+", verbose_name=_("modules"), help_text=_("None is all.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = CriticalQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of critical days")
        verbose_name_plural = _("rules of critical days")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.get_rule_display())

    def concerns(self, module: Module | None) -> bool:
        return _concerns(self.modules.all(), module)


class CriticalPeriod(models.Model):
    """A release change, a processing run: entered by hand."""

    class Kind(models.TextChoices):
        RELEASE_CHANGE = "release_change", _("Release change")
        POSTING_DAY = "posting_day", _("Posting day")
        PROCESSING_RUN = "processing_run", _("Processing run")

    kind = models.CharField(_("kind"), max_length=14, choices=Kind, default=Kind.RELEASE_CHANGE)
    name = models.CharField(_("name"), max_length=80)
    during = DateTimeRangeField(_("when"))
    modules = models.ManyToManyField(
        Module, blank=True, related_name="+", verbose_name=_("modules"), help_text=_("None is all.")
    )

    objects = CriticalQuerySet.as_manager()

    class Meta:
        verbose_name = _("critical period")
        verbose_name_plural = _("critical periods")
        ordering = ["during"]
        constraints = [
            models.CheckConstraint(
                name="a_critical_period_begins_and_ends",
                condition=Q(during__startswith__isnull=False, during__endswith__isnull=False)
                & Q(
                    Func(F("during"), function="isempty", output_field=models.BooleanField()),
                    _negated=True,
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def span(self) -> Span:
        return Span(self.during.lower, self.during.upper)

    def concerns(self, module: Module | None) -> bool:
        return _concerns(self.modules.all(), module)


def _concerns(modules: models.QuerySet, module: Module | None) -> bool:
    """All modules where none is named; of an unknown module only what concerns all."""
    named = {one.pk for one in modules}
    return not named or (module is not None and module.pk in named)
