"""A major fault: declared when the worst case happens, told in one text, reviewed at its end."""

from __future__ import annotations

from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models import Module, System
from releases.models.system import SystemQuerySet
from supportdesk.accounts.models import Organisation, User
from tickets.models.ticket import Ticket, TicketQuerySet


class MajorFaultQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """All to the vendor's own; to customers those of their systems and their tickets."""
        if not user.is_active:
            return self.none()
        if user.is_vendor:
            return self
        return self.concerning(
            System.objects.visible_to(user).running(), Ticket.objects.visible_to(user)
        )

    def heard_of_by(self, organisations: models.QuerySet[Organisation]) -> Self:
        """The same for customers' programs, which are nobody that a confidential ticket names."""
        return self.concerning(
            System.objects.running().filter(organisation__in=organisations),
            Ticket.objects.filter(organisation__in=organisations, confidential=False),
        )

    def concerning(self, systems: SystemQuerySet, tickets: TicketQuerySet) -> Self:
        """Of a module in use there, or with one of these tickets.

        A system whose modules are not known counts for every module, as everywhere.
        """
        of_module = MajorFault.modules.through.objects.filter(
            majorfault=OuterRef("pk"), module__systems__in=systems
        )
        of_ticket = FaultTicket.objects.filter(fault=OuterRef("pk"), ticket__in=tickets)
        unknown = Exists(systems.filter(modules=None))
        return self.filter(Exists(of_module) | Exists(of_ticket) | unknown)

    def open(self) -> Self:
        return self.filter(ended_at=None)

    def on_board(self) -> Self:
        """Those that still want something of us: an end, or a review."""
        return self.filter(reviewed_at=None)

    def for_lists(self) -> Self:
        return self.select_related("declared_by").prefetch_related("modules")


class MajorFault(models.Model):
    """Title and text are written for customers, and name none of them."""

    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text for customers"))
    modules = models.ManyToManyField(Module, related_name="+", verbose_name=_("modules"))
    declared_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("declared by")
    )
    declared_at = models.DateTimeField(_("declared"), default=timezone.now)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True)
    review = models.TextField(_("review"), blank=True)
    decisions = models.TextField(_("decisions"), blank=True)
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("reviewed by")
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True)

    objects = MajorFaultQuerySet.as_manager()

    class Meta:
        verbose_name = _("major fault")
        verbose_name_plural = _("major faults")
        ordering = ["-declared_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="major_faults_say_what_happened", condition=~Q(title="") & ~Q(text="")
            ),
            models.CheckConstraint(
                name="ended_major_faults_name_who",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__gte=models.F("declared_at"), ended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="reviews_follow_the_end",
                condition=Q(
                    reviewed_at__isnull=True, reviewed_by__isnull=True, review="", decisions=""
                )
                | Q(reviewed_at__gte=models.F("ended_at"), reviewed_by__isnull=False)
                & ~Q(review="")
                & ~Q(decisions=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-declared_at", "-id"],
                condition=Q(ended_at__isnull=True),
                name="major_faults_open",
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="what_was_declared_stays",
                fields=["title", "text", "declared_by", "declared_at"],
            ),
            pgtrigger.Protect(
                name="ends_and_reviews_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__reviewed_at__isnull=False)
                | pgtrigger.Q(old__ended_at__isnull=False)
                & pgtrigger.Q(old__ended_at__df=pgtrigger.F("new__ended_at")),
            ),
            pgtrigger.Protect(name="major_faults_stay", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def state(self) -> Any:
        if self.is_open:
            return _("open")
        return _("ended") if self.reviewed_at else _("ended, review is missing")


class FaultTicket(models.Model):
    """A ticket that reports the fault. Its customer reads of no other one."""

    fault = models.ForeignKey(MajorFault, models.PROTECT, related_name="links")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="fault_links")
    linked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    linked_at = models.DateTimeField(_("linked"), default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_ticket_is_linked_once", fields=["fault", "ticket"])
        ]

    def __str__(self) -> str:
        return f"{self.fault_id}, {self.ticket_id}"


class FaultUpdate(models.Model):
    """One text to all whom it concerns."""

    fault = models.ForeignKey(MajorFault, models.PROTECT, related_name="updates")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), default=timezone.now)
    text = models.TextField(_("text"))

    class Meta:
        ordering = ["at", "pk"]
        triggers = [
            pgtrigger.Protect(
                name="fault_updates_are_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"{self.fault_id}, {self.at:%Y-%m-%d %H:%M}"
