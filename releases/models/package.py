"""A package: one level of a line, from the plan to its withdrawal, and who has been given it."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models.correction import Correction, CorrectionQuerySet
from releases.models.line import Line
from releases.models.validity import Validity
from supportdesk.accounts.models import CustomerRows, Organisation, Service, User
from supportdesk.audit.models import append_only


class Status(models.TextChoices):
    PLANNED = "planned", _("planned")
    COMPOSING = "composing", _("being composed")
    FROZEN = "frozen", _("frozen")
    IN_QA = "in_qa", _("in quality assurance")
    RELEASED = "released", _("released")
    WITHDRAWN = "withdrawn", _("withdrawn")


NEXT: dict[Status, set[Status]] = {
    Status.PLANNED: {Status.COMPOSING},
    Status.COMPOSING: {Status.FROZEN},
    Status.FROZEN: {Status.IN_QA, Status.COMPOSING},
    Status.IN_QA: {Status.RELEASED, Status.COMPOSING},
    Status.RELEASED: {Status.WITHDRAWN},
    Status.WITHDRAWN: set(),
}
THROUGH_ALL_GATES = """
    IF EXISTS (
        SELECT 1 FROM releases_gatekind k WHERE k.is_mandatory AND k.is_active AND NOT EXISTS (
            SELECT 1 FROM releases_gate g WHERE g.package_id = NEW.id AND g.kind_id = k.id
                AND g.result IN ('passed', 'waived')
        )
    ) THEN
        RAISE check_violation USING MESSAGE = 'a mandatory gate is open';
    END IF;
    RETURN NEW;
"""
OUT = [Status.RELEASED, Status.WITHDRAWN]


class PackageQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Customers see what is planned with a day, and what has been released to them."""
        if not user.is_active:
            return self.none()
        if user.is_vendor:
            return self
        coming = ~Q(status__in=OUT) & Q(planned_on__isnull=False)
        return self.filter(coming | Q(pk__in=self.given_to(user).values("pk")))

    def given_to(self, user: User) -> Self:
        """Those that the reader's customers have; to the vendor's own, all."""
        if user.is_vendor:
            return self if user.is_active else self.none()
        theirs = Delivery.objects.visible_to(user).given().values("package")
        return self.filter(pk__in=theirs)

    def released(self) -> Self:
        """Out, and not taken back."""
        return self.filter(status=Status.RELEASED)

    def delivered_to(self, organisation: int) -> Self:
        theirs = Delivery.objects.given().filter(organisation=organisation)
        return self.filter(pk__in=theirs.values("package"))

    def bringing(self, correction: Correction) -> Self:
        """Those with which the correction's fault ends: also in place of withdrawn ones."""
        mine = Validity.objects.filter(correction=correction, line=OuterRef("line"))
        ends = mine.filter(affected__endswith=OuterRef("level"))
        gone = Package.objects.filter(successor=OuterRef("pk")).filter(Exists(ends))
        came_back = mine.filter(affected__contains=OuterRef("level"))
        return self.filter(Exists(ends) | Exists(gone) & ~Exists(came_back))


class Package(models.Model):
    """Levels are cumulative: whoever runs level 4 of a line has all corrections up to it."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="packages", verbose_name=_("line"))
    level = models.PositiveSmallIntegerField(
        _("level"), help_text=_("0 is the big release, then its support packages.")
    )
    status = models.CharField(
        _("status"), max_length=9, choices=Status, default=Status.PLANNED, editable=False
    )
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    released_at = models.DateTimeField(_("released"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    withdrawn_because = models.TextField(_("why withdrawn"), blank=True, editable=False)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("successor"),
    )

    objects = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        ordering = ["-line__name", "-level"]
        constraints = [
            models.UniqueConstraint(name="one_package_per_level", fields=["line", "level"]),
            models.CheckConstraint(
                name="released_packages_know_when",
                condition=Q(status__in=OUT) ^ Q(released_at__isnull=True),
            ),
            models.CheckConstraint(
                name="withdrawn_packages_say_when_and_why",
                condition=Q(status="withdrawn", withdrawn_at__isnull=False)
                & ~Q(withdrawn_because="")
                | ~Q(status="withdrawn")
                & Q(withdrawn_at__isnull=True, withdrawn_because="", successor__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="package_follows_next",
                field="status",
                transitions=[
                    (now, then) for now, all_next in NEXT.items() for then in sorted(all_next)
                ],
            ),
            pgtrigger.Trigger(
                name="released_through_all_gates",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__status="released")
                & ~pgtrigger.Q(old__status="released"),
                func=THROUGH_ALL_GATES,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} SP {self.level}"

    def content(self) -> CorrectionQuerySet:
        """What it brings: the corrections whose fault ends with its level, on its line, and those
        of the withdrawn packages it follows, unless it has the fault itself.
        """
        on_line = Validity.objects.filter(line=self.line_id)
        here = on_line.filter(affected__endswith=self.level).values("correction")
        gone = Package.objects.filter(successor=self).values("level")
        inherited = on_line.filter(affected__endswith__in=gone).values("correction")
        came_back = on_line.filter(affected__contains=self.level).values("correction")
        taken_over = Q(pk__in=inherited) & ~Q(pk__in=came_back)
        return Correction.objects.filter(Q(pk__in=here) | taken_over)


class DeliveryQuerySet(CustomerRows):
    carried_by = Service.IMPORTS

    def given(self) -> Self:
        return self.filter(delivered_at__isnull=False)


class Delivery(models.Model):
    """A package for a customer. Without a time it is prepared only, which is no delivery."""

    class Wave(models.TextChoices):
        PILOT = "pilot", _("pilot")
        GENERAL = "general", _("general")

    package = models.ForeignKey(
        Package, models.PROTECT, related_name="deliveries", verbose_name=_("package")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="deliveries", verbose_name=_("organisation")
    )
    wave = models.CharField(_("wave"), max_length=7, choices=Wave, default=Wave.GENERAL)
    delivered_at = models.DateTimeField(_("delivered"), null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_delivery_per_customer", fields=["package", "organisation"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.package}, {self.organisation}"


class WaveWaiver(models.Model):
    """A lead's exception: to everybody before the pilots are through. Never changed."""

    package = models.OneToOneField(
        Package, models.PROTECT, related_name="wave_waiver", verbose_name=_("package")
    )
    why = models.TextField(_("why"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("exception from the pilot wave")
        verbose_name_plural = _("exceptions from the pilot wave")
        constraints = [
            models.CheckConstraint(name="wave_waivers_say_why", condition=~Q(why="")),
        ]
        triggers = append_only("wave_waivers")

    def __str__(self) -> str:
        return str(self.package)
