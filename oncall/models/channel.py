"""How a person is reached: lines they have confirmed, and when after a step each is used."""

from __future__ import annotations

from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import User

LONGEST = 24 * 60  # minutes


class ContactChannelQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(person=user) if user.is_active and user.is_vendor else self.none()

    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)


class ContactChannel(models.Model):
    """A line counts once its owner has given back the code that was sent there."""

    class Kind(models.TextChoices):
        MAIL = "mail", _("mail")
        SMS = "sms", _("SMS")
        VOICE = "voice", _("call")

    person = models.ForeignKey(
        User, models.CASCADE, related_name="contact_channels", verbose_name=_("person")
    )
    kind = models.CharField(_("way"), max_length=5, choices=Kind)
    address = models.CharField(_("number or address"), max_length=254)
    code = models.CharField(max_length=128, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)

    objects = ContactChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact channel")
        verbose_name_plural = _("contact channels")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="a_line_once", fields=["person", "kind", "address"]),
            models.CheckConstraint(
                name="a_line_awaits_its_code_or_is_confirmed",
                condition=Q(confirmed_at__isnull=False, code="")
                | Q(confirmed_at__isnull=True) & ~Q(code=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.address}"


class PersonalRule(models.Model):
    """After so many minutes of a step that means its owner, this line is used."""

    channel = models.ForeignKey(ContactChannel, models.CASCADE, related_name="rules")
    minutes = models.PositiveSmallIntegerField(
        _("minutes after the step"), default=0, validators=[MaxValueValidator(LONGEST)]
    )

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["minutes", "pk"]
        constraints = [
            models.UniqueConstraint(name="a_rule_once", fields=["channel", "minutes"]),
            models.CheckConstraint(
                name="rules_wait_a_day_at_most", condition=Q(minutes__lte=LONGEST)
            ),
        ]
