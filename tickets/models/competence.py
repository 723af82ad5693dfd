"""Who can solve what, and why a ticket went where it went."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models import Module
from supportdesk.accounts.models import Team, User
from tickets.models.ticket import Ticket


class Competence(models.Model):
    class Level(models.IntegerChoices):
        BASIC = 1, _("basic")
        GOOD = 2, _("good")
        EXPERT = 3, _("expert")

    person = models.ForeignKey(
        User, models.CASCADE, related_name="competences", verbose_name=_("person")
    )
    module = models.ForeignKey(
        Module, models.CASCADE, related_name="competences", verbose_name=_("module")
    )
    level = models.SmallIntegerField(_("level"), choices=Level, default=Level.GOOD)

    class Meta:
        verbose_name = _("competence")
        verbose_name_plural = _("competences")
        ordering = ["module", "-level", "person"]
        constraints = [
            models.UniqueConstraint(name="one_level_per_module", fields=["person", "module"])
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.module}"


class RoutingDecision(models.Model):
    """The answer to "why me": every candidate with the parts of the score, as the rule saw them."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="routing_decisions")
    at = models.DateTimeField(default=timezone.now)
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    chosen = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    rule_version = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=40, blank=True)  # code, when nobody was suitable
    situation = models.JSONField()  # what the rule was given, so it can be replayed
    decision = models.JSONField()  # what it answered

    class Meta:
        verbose_name = _("routing decision")
        verbose_name_plural = _("routing decisions")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["ticket", "-at"], name="decisions_of_ticket"),
            models.Index(fields=["chosen", "-at"], name="decisions_for_person"),
        ]
