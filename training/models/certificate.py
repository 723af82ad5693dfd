"""What shows afterwards that somebody took part, and the code of the day that shows it there."""

from __future__ import annotations

import base64
import re
import secrets
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import Language, User
from training.models.enrolment import Enrolment
from training.models.session import Session

CODE_BYTES = 16  # 128 bits: nobody finds one by trying
CODE = re.compile("[a-z2-7]{26}")


def new_code() -> str:
    """In letters and digits that can be typed from paper: 26 of them."""
    return base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().rstrip("=").lower()


def new_day_code() -> str:
    return f"{secrets.randbelow(1_000_000):06}"


class DayCode(models.Model):
    """Shown in the room on one day of a session; who has a seat and types it, was there."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="day_codes")
    day = models.DateField(_("day"))
    code = models.CharField(_("code"), max_length=6, default=new_day_code)

    class Meta:
        verbose_name = _("code of the day")
        verbose_name_plural = _("codes of the day")
        constraints = [models.UniqueConstraint(name="one_code_a_day", fields=["session", "day"])]


class CertificateQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Of one's own places, and of people one books for."""
        return self.filter(enrolment__in=Enrolment.objects.visible_to(user))

    def valid(self) -> Self:
        return self.filter(revoked_at=None)

    def with_code(self, typed: str) -> Self:
        """As it is printed, or as somebody types it from paper."""
        code = "".join(typed.lower().replace("-", " ").split())
        return self.filter(code=code) if CODE.fullmatch(code) else self.none()


class Certificate(models.Model):
    """Name, course and day as they were: what is verified is what was signed, whatever is renamed
    later.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="certificates")
    code = models.CharField(_("code"), max_length=26, unique=True, default=new_code)
    name = models.CharField(_("name"), max_length=200)
    course = models.CharField(_("course"), max_length=120)
    held_on = models.DateField(_("held on"))
    language = models.CharField(_("language"), max_length=2, choices=Language)
    issued_at = models.DateTimeField(_("issued"), default=timezone.now)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_because = models.TextField(_("why revoked"), blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_valid_certificate_per_place",
                fields=["enrolment"],
                condition=Q(revoked_at=None),
            ),
            models.CheckConstraint(
                name="certificate_codes_have_128_bits",
                condition=Q(code__regex=r"^[a-z2-7]{26}$"),
            ),
            models.CheckConstraint(
                name="revoked_certificates_say_why",
                condition=Q(revoked_at__isnull=True) ^ ~Q(revoked_because=""),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="certificates_say_what_they_said",
                fields=["enrolment", "code", "name", "course", "held_on", "issued_at"],
            ),
            pgtrigger.Protect(
                name="revoked_is_revoked",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course}: {self.name}"

    @property
    def printed_code(self) -> str:
        """In groups, for people who type it."""
        return "-".join(self.code[at : at + 5] for at in range(0, len(self.code), 5))
