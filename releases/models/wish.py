"""What customers wish the product to do, and which of them stand behind it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models.module import Module
from supportdesk.accounts.models import CustomerRows, Organisation, User


class WishState(models.TextChoices):
    COLLECTED = "collected", _("collected")
    PLANNED = "planned", _("planned")
    DELIVERED = "delivered", _("delivered")
    DECLINED = "declined", _("declined")


class WishQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The vendor's own, until a user meeting puts them to the vote."""
        return self if user.is_vendor and user.is_active else self.none()

    def open(self) -> Self:
        return self.filter(state__in=[WishState.COLLECTED, WishState.PLANNED])


class Wish(models.Model):
    number = models.BigAutoField(_("number"), primary_key=True)
    module = models.ForeignKey(
        Module, models.PROTECT, related_name="wishes", verbose_name=_("module")
    )
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("what it should do"))
    state = models.CharField(
        _("state"), max_length=10, choices=WishState, default=WishState.COLLECTED
    )
    put_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("put by"))
    put_at = models.DateTimeField(_("put"), default=timezone.now)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"W-{self.number} {self.title}"


class WishBacking(models.Model):
    """A customer behind a wish, by one of their tickets. Releases knows its number, no more."""

    wish = models.ForeignKey(Wish, models.PROTECT, related_name="backings")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    number = models.BigIntegerField(_("ticket"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = CustomerRows.as_manager()

    class Meta:
        verbose_name = _("backing")
        verbose_name_plural = _("backings")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(name="a_ticket_backs_once", fields=["wish", "number"])
        ]
