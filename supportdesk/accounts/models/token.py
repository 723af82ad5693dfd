"""API tokens: hashed, named, scoped, expiring."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken


class Scope(models.TextChoices):
    """What a token may touch, on top of what its owner may."""

    TICKETS_READ = "tickets:read", _("Read tickets")
    TICKETS_WRITE = "tickets:write", _("Open and answer tickets")
    PRODUCT_READ = "product:read", _("Read modules and systems")
    IMPORTS = "imports", _("Report levels, plan and confirm imports")
    TRAININGS = "trainings", _("Read and book trainings")
    WEBHOOKS = "webhooks", _("Manage webhooks")
    DEFECTS = "defects", _("Follow and answer defects")
    ALARMS = "alarms", _("Raise alarms that call people")
    PAGES = "pages", _("Read alarms, take and resolve them")


class Token(AbstractAuthToken):
    name = models.CharField(_("name"), max_length=80)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope), default=list)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created"]

    @property
    def scope_names(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes]
