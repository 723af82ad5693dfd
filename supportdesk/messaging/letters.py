"""Letters: what a message says, rendered in the reader's language when it is written."""

from __future__ import annotations

from typing import Any

from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils import translation


def subject(template: str, language: str, context: dict[str, Any]) -> str:
    """One line, whatever the template or the words in it contain."""
    with translation.override(language):
        return " ".join(render_to_string(f"mail/{template}.subject.txt", context).split())


def render(template: str, language: str, context: dict[str, Any]) -> dict[str, str]:
    """Subject, text and, where there is a template for it, HTML."""
    with translation.override(language):
        letter = {
            "subject": subject(template, language, context),
            "text": render_to_string(f"mail/{template}.txt", context).strip() + "\n",
        }
        try:
            letter["html"] = render_to_string(f"mail/{template}.html", context)
        except TemplateDoesNotExist as missing:
            if missing.args[0] != f"mail/{template}.html":
                raise
    return letter
