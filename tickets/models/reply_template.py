"""Texts that are written again and again: kept in both languages, filled for one ticket."""

from __future__ import annotations

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets import placeholders

MOST_CHARACTERS = 20_000


def only_known_placeholders(text: str) -> None:
    if placeholders.is_torn(text):
        raise ValidationError(_("A brace has no other half: placeholders look like {number}."))
    if wrong := placeholders.unknown(text):
        raise ValidationError(
            _("There is no such placeholder: %(names)s."), params={"names": _named(wrong)}
        )


class ReplyTemplateQuerySet(models.QuerySet):
    def offered(self) -> Self:
        return self.filter(is_active=True)


class ReplyTemplate(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    german = models.TextField(
        _("text in German"), max_length=MOST_CHARACTERS, validators=[only_known_placeholders]
    )
    english = models.TextField(
        _("text in English"), max_length=MOST_CHARACTERS, validators=[only_known_placeholders]
    )
    is_active = models.BooleanField(_("offered"), default=True)

    objects = ReplyTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply template")
        verbose_name_plural = _("reply templates")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="templates_speak_both_languages",
                condition=~Q(german="") & ~Q(english=""),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Who forgot one in one language is told now, not by a customer."""
        pairs = {"german": (self.german, self.english), "english": (self.english, self.german)}
        errors = {
            field: ValidationError(
                _("The other language also says %(names)s."), params={"names": _named(gone)}
            )
            for field, (text, other) in pairs.items()
            if text and other and (gone := placeholders.missing(text, other))
        }
        if errors:
            raise ValidationError(errors)


def _named(names: list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
