"""Packages brought into systems: planned, confirmed or failed, and perhaps taken back."""

from __future__ import annotations

from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models.line import Line
from releases.models.package import Package
from releases.models.system import System
from supportdesk.accounts.models import CustomerRows, Service, User


class ImportState(models.TextChoices):
    PLANNED = "planned", _("planned")
    CONFIRMED = "confirmed", _("imported")
    FAILED = "failed", _("failed")
    ROLLED_BACK = "rolled_back", _("rolled back")
    DROPPED = "dropped", _("dropped")


IMPORT_NEXT: dict[ImportState, set[ImportState]] = {
    ImportState.PLANNED: {ImportState.CONFIRMED, ImportState.FAILED, ImportState.DROPPED},
    ImportState.CONFIRMED: {ImportState.ROLLED_BACK},
    ImportState.FAILED: set(),
    ImportState.ROLLED_BACK: set(),
    ImportState.DROPPED: set(),
}
LOOKS = {
    ImportState.PLANNED: ("us", "clock"),
    ImportState.CONFIRMED: ("ok", "check"),
    ImportState.FAILED: ("bad", "alert"),
    ImportState.ROLLED_BACK: ("bad", "back"),
    ImportState.DROPPED: ("off", "minus"),
}


class ImportQuerySet(CustomerRows):
    carried_by = Service.IMPORTS
    organisation_field = "system__organisation"

    def planned(self) -> Self:
        return self.filter(state=ImportState.PLANNED)

    def confirmed(self) -> Self:
        """What stands: rolled back ones do not."""
        return self.filter(state=ImportState.CONFIRMED)

    def ended(self) -> Self:
        return self.exclude(state=ImportState.PLANNED)

    def for_lists(self) -> Self:
        return self.select_related(
            "system__organisation", "package__line", "package__successor__line", "before_line"
        )


class Import(models.Model):
    """One package into one system. What was confirmed stays on record as it was: a rollback is
    written beside it.
    """

    system = models.ForeignKey(
        System, models.PROTECT, related_name="imports", verbose_name=_("system")
    )
    package = models.ForeignKey(
        Package, models.PROTECT, related_name="imports", verbose_name=_("package")
    )
    state = models.CharField(
        _("state"), max_length=11, choices=ImportState, default=ImportState.PLANNED
    )
    planned_for = models.DateField(_("planned for"))
    planned_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("planned by")
    )
    planned_at = models.DateTimeField(_("planned"), default=timezone.now)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True)
    failure = models.TextField(_("what failed"), blank=True)
    # What ran before, which a rollback brings back: noted at the planning, and anew at the
    # confirmation, unless the new level was reported by then.
    before_line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="+")
    before_level = models.PositiveSmallIntegerField(_("support package before"), null=True)
    rolled_back_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    rolled_back_at = models.DateTimeField(_("rolled back"), null=True)
    rolled_back_because = models.TextField(_("why rolled back"), blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_planned_import_per_system",
                fields=["system"],
                condition=Q(state="planned"),
            ),
            models.CheckConstraint(
                name="ended_imports_say_when_and_by_whom",
                condition=Q(state="planned", ended_at__isnull=True, ended_by__isnull=True)
                | ~Q(state="planned") & Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="failed_imports_say_what_failed",
                condition=Q(state="failed") & ~Q(failure="") | ~Q(state="failed") & Q(failure=""),
            ),
            models.CheckConstraint(
                name="imports_know_what_ran_before",
                condition=Q(before_line__isnull=False, before_level__isnull=False)
                | ~Q(state__in=["confirmed", "rolled_back"])
                & Q(before_line__isnull=True, before_level__isnull=True),
            ),
            models.CheckConstraint(
                name="rollbacks_say_when_by_whom_and_why",
                condition=Q(
                    state="rolled_back",
                    rolled_back_by__isnull=False,
                    rolled_back_at__gte=F("ended_at"),
                )
                & ~Q(rolled_back_because="")
                | ~Q(state="rolled_back")
                & Q(
                    rolled_back_by__isnull=True,
                    rolled_back_at__isnull=True,
                    rolled_back_because="",
                ),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="planned_imports_keep_their_package",
                fields=["system", "package", "planned_for", "planned_by", "planned_at"],
            ),
            pgtrigger.FSM(
                name="imports_go_forward",
                field="state",
                transitions=[
                    (now, then)
                    for now, all_next in IMPORT_NEXT.items()
                    for then in sorted(all_next)
                ],
            ),
            pgtrigger.Protect(
                name="ended_imports_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["failed", "rolled_back", "dropped"])
                | pgtrigger.Q(old__state="confirmed")
                & (
                    pgtrigger.Q(old__ended_by__df=pgtrigger.F("new__ended_by"))
                    | pgtrigger.Q(old__ended_at__df=pgtrigger.F("new__ended_at"))
                    | pgtrigger.Q(old__before_line__df=pgtrigger.F("new__before_line"))
                    | pgtrigger.Q(old__before_level__df=pgtrigger.F("new__before_level"))
                ),
            ),
            pgtrigger.Protect(
                name="what_ran_before_is_noted_at_confirmations",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(new__state="confirmed")
                & (
                    pgtrigger.Q(old__before_line__df=pgtrigger.F("new__before_line"))
                    | pgtrigger.Q(old__before_level__df=pgtrigger.F("new__before_level"))
                ),
            ),
            pgtrigger.Protect(name="imports_are_not_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.system}: {self.package}"

    @property
    def before(self) -> str:
        return "" if self.before_line is None else f"{self.before_line} SP {self.before_level}"

    @property
    def is_over(self) -> bool:
        """Whether the planned day has passed and nobody has said how it went."""
        return self.state == ImportState.PLANNED and self.planned_for < timezone.localdate()

    @property
    def came_too_late(self) -> bool:
        """Confirmed although the package was withdrawn already."""
        gone = self.package.withdrawn_at
        return gone is not None and self.ended_at is not None and self.ended_at > gone

    @property
    def look(self) -> str:
        """The kind of chip that says the state, see the template tag."""
        return LOOKS[ImportState(self.state)][0]

    @property
    def sign(self) -> str:
        return LOOKS[ImportState(self.state)][1]

    @property
    def state_name(self) -> Any:
        return ImportState(self.state).label
