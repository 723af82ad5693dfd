"""Which tickets wait for a correction, as far as releases is told."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from releases.models.correction import Correction
from supportdesk.accounts.models import CustomerRows, Organisation


class Interest(models.Model):
    """A ticket of a customer that this correction mends. Tickets tell; nothing is looked up."""

    correction = models.ForeignKey(Correction, models.PROTECT, related_name="interests")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    number = models.BigIntegerField(_("ticket"))
    is_open = models.BooleanField(_("open"), default=True)

    objects = CustomerRows.as_manager()

    class Meta:
        verbose_name = _("interest")
        verbose_name_plural = _("interests")
        constraints = [
            models.UniqueConstraint(
                name="a_ticket_is_interested_once", fields=["correction", "number"]
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "correction"], name="interests_of_customer")
        ]
