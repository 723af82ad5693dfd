"""Customers, and the mandates under which a provider acts for an insurer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from supportdesk.accounts.models.user import User


class Service(models.TextChoices):
    """What a mandate carries."""

    TICKETS = "tickets", _("Tickets")
    IMPORTS = "imports", _("Imports")
    ACCESS = "access", _("System access")
    TRAININGS = "trainings", _("Trainings")


class CustomerRows(models.QuerySet):
    """Rows owned by an organisation. Every page, endpoint and verb starts from visible_to()."""

    carried_by: Service = (
        Service.TICKETS
    )  # the part of a mandate that shows these rows to a provider
    organisation_field = "organisation"

    def visible_to(self, user: User) -> Self:
        if not user.is_active:
            return self.none()
        if user.is_vendor:
            return self
        owners = Organisation.objects.numbers_within_reach(user, self.carried_by)
        return self.filter(**{f"{self.organisation_field}__in": owners})


class FederalState(models.TextChoices):
    """Where an organisation sits; decides public holidays and posting days."""

    BW = "BW", "Baden-Württemberg"
    BY = "BY", "Bayern"
    BE = "BE", "Berlin"
    BB = "BB", "Brandenburg"
    HB = "HB", "Bremen"
    HH = "HH", "Hamburg"
    HE = "HE", "Hessen"
    MV = "MV", "Mecklenburg-Vorpommern"
    NI = "NI", "Niedersachsen"
    NW = "NW", "Nordrhein-Westfalen"
    RP = "RP", "Rheinland-Pfalz"
    SL = "SL", "Saarland"
    SN = "SN", "Sachsen"
    ST = "ST", "Sachsen-Anhalt"
    SH = "SH", "Schleswig-Holstein"
    TH = "TH", "Thüringen"


class OrganisationQuerySet(models.QuerySet):
    def within_reach(self, user: User, service: Service, on: date | None = None) -> Self:
        """The user's own organisation and those whose mandate carries `service` today."""
        own = Q(pk=user.organisation_id)
        mandates = Mandate.objects.valid(on).filter(
            provider=user.organisation_id, carries__contains=[service]
        )
        return self.filter(own | Q(pk__in=mandates.values("insurer")))

    def numbers_within_reach(self, user: User, service: Service) -> list[int]:
        """The keys of `within_reach`, asked for at once; an insurer's people need no query.

        Of named customers PostgreSQL knows how many rows they have, of a subquery it does not: for
        a small customer it read a million tickets (docs/decisions/0014).
        """
        owner = user.organisation
        if owner is not None and owner.kind == Organisation.Kind.INSURER:
            return [owner.pk]
        return list(self.within_reach(user, service).values_list("pk", flat=True))

    def visible_to(self, user: User) -> Self:
        if not user.is_active:
            return self.none()
        if user.is_vendor:
            return self
        mandates = Mandate.objects.valid().filter(provider=user.organisation_id)
        return self.filter(Q(pk=user.organisation_id) | Q(pk__in=mandates.values("insurer")))


def _refuse_if(wrong: str) -> str:
    """A trigger's words for what a CHECK would say if it could look at another table."""
    return (
        f"IF {wrong} THEN RAISE check_violation USING MESSAGE = 'only providers hold mandates'; "
        "END IF; RETURN NEW;"
    )


class Organisation(models.Model):
    class Kind(models.TextChoices):
        INSURER = "insurer", _("Health insurer")
        PROVIDER = "provider", _("IT service provider")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.INSURER)
    name = models.CharField(_("name"), max_length=120, unique=True)
    code = models.SlugField(_("code"), max_length=12, unique=True, help_text=_("Short, e.g. ALP"))
    state = models.CharField(_("federal state"), max_length=2, choices=FederalState, default="NW")
    mail_domains = ArrayField(
        models.CharField(max_length=120),
        verbose_name=_("mail domains"),
        default=list,
        blank=True,
        help_text=_("Invitations go to these domains only; empty means any."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]
        triggers = [
            pgtrigger.Trigger(
                name="holders_of_mandates_stay_providers",
                operation=pgtrigger.UpdateOf("kind"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__kind="provider") & ~pgtrigger.Q(new__kind="provider"),
                func=_refuse_if("EXISTS (SELECT FROM accounts_mandate WHERE provider_id = NEW.id)"),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.pk and self.kind != self.Kind.PROVIDER and self.mandates_held.exists():
            raise ValidationError({"kind": _("It holds mandates, which only a provider can.")})

    @property
    def domains(self) -> list[str]:
        """As they stand behind the @ of an address."""
        return [domain.strip().lower().lstrip("@") for domain in self.mail_domains]


class MandateQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Those the reader's organisation gave; those it holds, while they are valid."""
        if not user.is_active:
            return self.none()
        if user.is_vendor:
            return self
        held = Q(provider=user.organisation_id, pk__in=Mandate.objects.valid().values("pk"))
        return self.filter(Q(insurer=user.organisation_id) | held)

    def valid(self, on: date | None = None) -> Self:
        return self.filter(during__contains=on or timezone.localdate())


class Mandate(models.Model):
    """A provider may act for an insurer within `during`; nothing of it is visible afterwards."""

    provider = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="mandates_held",
        verbose_name=_("provider"),
        limit_choices_to={"kind": Organisation.Kind.PROVIDER},
    )
    insurer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="mandates_given", verbose_name=_("insurer")
    )
    during = DateRangeField(_("valid"), help_text=_("From the first day to before the last."))
    carries = ArrayField(
        models.CharField(max_length=10, choices=Service), verbose_name=_("carries"), default=list
    )

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ["provider", "insurer", "during"]
        constraints = [
            ExclusionConstraint(
                name="one_mandate_at_a_time",
                expressions=[
                    ("provider", RangeOperators.EQUAL),
                    ("insurer", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="nobody_is_their_own_provider", condition=~Q(provider=F("insurer"))
            ),
            models.CheckConstraint(
                name="a_mandate_lasts",
                condition=Q(
                    Func(F("during"), function="isempty", output_field=models.BooleanField()),
                    _negated=True,
                ),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_providers_hold_mandates",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("provider_id"),
                when=pgtrigger.Before,
                func=_refuse_if(
                    # The lock waits for whoever is changing the kind.
                    "(SELECT kind FROM accounts_organisation WHERE id = NEW.provider_id FOR SHARE)"
                    " <> 'provider'"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} → {self.insurer}"

    @property
    def carried(self) -> list[str]:
        return [str(Service(service).label) for service in self.carries]
