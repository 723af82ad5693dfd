"""The append-only record, and the seals that chain it."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def append_only(rows: str) -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Protect(
            name=f"{rows}_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
        ),
        pgtrigger.Trigger(
            name=f"{rows}_are_not_truncated",
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            func="RAISE EXCEPTION 'audit entries are append-only';",
        ),
    ]


class EntryQuerySet(models.QuerySet):
    def unsealed(self) -> Self:
        return self.filter(~Exists(Seal.objects.filter(entry_id=OuterRef("pk")))).order_by("pk")


class Entry(models.Model):
    """Who did what to which row, when. Written in the verb's transaction, never changed."""

    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    verb = models.CharField(_("verb"), max_length=60)
    subject_type = models.CharField(_("kind of row"), max_length=60)
    subject_id = models.BigIntegerField(_("row"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    facts = models.JSONField(_("facts"), default=dict)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_by_subject")]
        triggers = append_only("entries")

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"


class Seal(models.Model):
    """A link of the chain: `head` covers this entry and, by the head before it, all before.

    No foreign key: a seal outlives an entry that somebody removed, and so tells of it.
    """

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    head = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        triggers = append_only("seals")

    def __str__(self) -> str:
        return f"{self.position}:{self.head}"
