"""A webhook: the endpoint of a system that hears of an organisation's tickets, or, where it is the
vendor's own, of defects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts import access
from supportdesk.accounts.models.organisation import Mandate, Organisation, Service
from supportdesk.messaging.models import Endpoint

if TYPE_CHECKING:
    from supportdesk.accounts.models.user import User


class WebhookQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Their own organisation's, for those who manage them. A mandate shows none of these."""
        if access.may(user, "webhook.view"):
            return self
        if not access.may(user, "webhook.manage"):
            return self.none()
        return self if user.is_vendor else self.filter(organisation=user.organisation_id)

    def organisations_heard(self, endpoint: Endpoint) -> models.QuerySet[Organisation]:
        """Whose tickets an endpoint hears of today: the same rule from the other end."""
        owners = self.filter(endpoint=endpoint, organisation__is_active=True)
        owner = owners.values("organisation")
        mandates = Mandate.objects.valid().filter(
            provider__in=owner, carries__contains=[Service.TICKETS]
        )
        return Organisation.objects.filter(Q(pk__in=owner) | Q(pk__in=mandates.values("insurer")))

    def hearing_of(self, organisation: Organisation) -> Self:
        """Of the organisation itself, and of providers that act in its tickets today."""
        mandates = Mandate.objects.valid().filter(
            insurer=organisation, carries__contains=[Service.TICKETS]
        )
        near = Q(organisation=organisation) | Q(organisation__in=mandates.values("provider"))
        return self.filter(near, organisation__is_active=True)

    def of_the_vendor(self) -> Self:
        """Systems of the house itself, as development's tracker. No ticket is told to them."""
        return self.filter(organisation=None)


class Webhook(models.Model):
    """Address, secret and state are the endpoint's; this says whose it is."""

    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        related_name="webhooks",
        verbose_name=_("organisation"),
        help_text=_("Empty for the vendor's own, which hear of defects."),
    )
    endpoint = models.OneToOneField(
        Endpoint, models.PROTECT, related_name="webhook", verbose_name=_("endpoint")
    )
    name = models.CharField(_("name"), max_length=80)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["organisation", "name"]
        constraints = [
            models.UniqueConstraint(
                name="webhooks_are_told_by_name",
                fields=["organisation", "name"],
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.name
