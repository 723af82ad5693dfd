"""What people are trained on."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from releases.models import Module


class TopicQuerySet(models.QuerySet):
    def offered(self) -> Self:
        """Topics a handling error may be put to."""
        return self.filter(is_active=True)


class Topic(models.Model):
    """Something one can be trained on, across modules where the work is."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    process_area = models.CharField(_("process area"), max_length=80)
    modules = models.ManyToManyField(
        Module, related_name="topics", verbose_name=_("modules"), blank=True
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["process_area", "name"]

    def __str__(self) -> str:
        return self.name
