"""Who did what: one line per verb, in the verb's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supportdesk.audit.models import Entry

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.db.models import Model


def record(verb: str, subject: Model, *, by: AbstractBaseUser, **facts: Any) -> Entry:
    """Write the entry. `verb` is the right's past tense, e.g. "ticket.resolved"; facts are JSON."""
    return Entry.objects.create(
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        by_id=by.pk,
        facts=facts,
    )
