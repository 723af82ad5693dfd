"""An invitation: how a person gets an account. Its digest is stored, the link is in the mail."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.access import CUSTOMER_ROLES, VENDOR_ROLES, Role
from supportdesk.accounts.models.organisation import Organisation
from supportdesk.accounts.models.user import Language

if TYPE_CHECKING:
    from supportdesk.accounts.models.user import User

LIFETIME = timedelta(days=14)


def new_secret() -> tuple[str, str]:
    """What stands in the link, 256 bits, and the digest of it that is stored."""
    secret = secrets.token_urlsafe(32)
    return secret, _digest(secret)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Those of the reader's own organisation: no mandate shows them. All, for the vendor."""
        if not user.is_active:
            return self.none()
        return self if user.is_vendor else self.filter(organisation=user.organisation_id)

    def pending(self) -> Self:
        """Neither used nor withdrawn; some may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def of_link(self, secret: str) -> Self:
        return self.filter(digest=_digest(secret))


class Invitation(models.Model):
    """Usable once, until `expires_at`, and only while nobody has used or withdrawn it."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        EXPIRED = "expired", _("expired")
        ACCEPTED = "accepted", _("accepted")
        WITHDRAWN = "withdrawn", _("withdrawn")

    organisation = models.ForeignKey(
        Organisation,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("organisation"),
    )
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120)
    roles = ArrayField(
        models.CharField(max_length=16, choices=Role), default=list, verbose_name=_("roles")
    )
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.GERMAN
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("invited"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_invitation_per_address",
                fields=["email"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="no_invitation_is_accepted_and_withdrawn",
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="invited_email_is_lower_case", condition=Q(email=Lower(F("email")))
            ),
            models.CheckConstraint(
                name="invited_roles_fit_the_organisation",
                condition=Q(organisation__isnull=True, roles__contained_by=VENDOR_ROLES)
                | Q(organisation__isnull=False, roles__contained_by=CUSTOMER_ROLES),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def role_names(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]

    def state(self, at: datetime) -> Invitation.State:
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        return self.State.OPEN if at < self.expires_at else self.State.EXPIRED
