"""What a customer answered about the effect of a fault, what that proposed, whom to call."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets import impact
from tickets.models.ticket import Priority, Ticket


class Impact(models.Model):
    """Kept beside the ticket, where anything was answered at all. The answers never change; whom
    to call is named anew where we make a standstill of it.
    """

    class Production(models.TextChoices):
        RUNS = impact.Production.RUNS.value, _("No, we can work")
        PARTLY = impact.Production.PARTLY.value, _("Partly")
        STANDS = impact.Production.STANDS.value, _("Yes, nothing works")

    class Payments(models.TextChoices):
        RIGHT = impact.Payments.RIGHT.value, _("No")
        LATE = impact.Payments.LATE.value, _("Yes, they are late")
        WRONG = impact.Payments.WRONG.value, _("Yes, they are wrong")

    class Workaround(models.TextChoices):
        NEEDLESS = impact.Workaround.NEEDLESS.value, _("Not needed")
        BEARABLE = impact.Workaround.BEARABLE.value, _("Yes, a bearable one")
        COSTLY = impact.Workaround.COSTLY.value, _("Yes, with a lot of effort")
        NONE = impact.Workaround.NONE.value, _("No, there is none")

    class Affected(models.TextChoices):
        FEW = impact.Affected.FEW.value, _("Single cases")
        MANY = impact.Affected.MANY.value, _("Many cases")
        ALL = impact.Affected.ALL.value, _("All")

    class Deadline(models.TextChoices):
        FAR = impact.Deadline.FAR.value, _("No")
        NEAR = impact.Deadline.NEAR.value, _("Yes, within two working days")

    ticket = models.OneToOneField(
        Ticket, models.PROTECT, primary_key=True, related_name="impact", verbose_name=_("ticket")
    )
    production = models.CharField(
        _("Does production stand still?"), max_length=8, choices=Production, blank=True
    )
    payments = models.CharField(
        _("Are payments wrong or late?"), max_length=8, choices=Payments, blank=True
    )
    workaround = models.CharField(
        _("Is there a workaround?"), max_length=8, choices=Workaround, blank=True
    )
    affected = models.CharField(
        _("How many are affected?"), max_length=8, choices=Affected, blank=True
    )
    deadline = models.CharField(
        _("Is a deadline near?"), max_length=8, choices=Deadline, blank=True
    )
    proposal = models.SmallIntegerField(_("our proposal"), null=True, choices=Priority)
    reasons = ArrayField(models.CharField(max_length=20), default=list)
    critical = ArrayField(models.CharField(max_length=120), default=list)
    contact_name = models.CharField(_("person we can reach"), max_length=120, blank=True)
    contact_phone = models.CharField(_("their phone number"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("impact")
        verbose_name_plural = _("impacts")

    def answered(self) -> list[tuple[str, str]]:
        """Question and answer, in words."""
        return [
            (str(field.verbose_name), getattr(self, f"get_{field.name}_display")())
            for field in self._meta.fields
            if field.name in QUESTIONS and getattr(self, field.name)
        ]


QUESTIONS = ("production", "payments", "workaround", "affected", "deadline")
