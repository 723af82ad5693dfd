"""Telling a person: a line in their inbox and a mail, each as they wish."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils.functional import Promise

from supportdesk.messaging import about, dispatch, letters
from supportdesk.messaging.models import Notice, Preference

if TYPE_CHECKING:
    from supportdesk.accounts.models import User

# What a person can switch off, and its words in the profile. Apps add theirs in reactions.py.
# The published default of each is both: mail and inbox.
EVENTS: dict[str, str | Promise] = {}
STAFF_ONLY: set[str] = set()  # of these, customers are never told
ONLY_FOR: dict[str, Callable[[User], bool]] = {}  # of these, nobody else is ever told


def tell(
    person: User,
    event: str,
    template: str,
    *,
    key: str,
    url: str,
    subject: Model | None = None,
    **context: Any,
) -> None:
    """Tell a person once per `key`, as long as they may read the row that is its `subject`.

    The notice's title is the letter's first line.
    """
    if event not in EVENTS:
        raise LookupError(f"{event} is in no list that a person could switch it off in.")
    if not person.is_active:
        return
    wish = preference(person, event)
    if wish.inbox:
        Notice.objects.get_or_create(
            dedupe_key=f"{key}:{person.pk}",
            defaults={
                "user": person,
                "event": event,
                "url": url,
                **about.facts(subject),
                # A callable is only called when the notice is new.
                "title": lambda: letters.subject(template, person.language, context)[:250],  # type: ignore[misc]
            },
        )
    if wish.mail:
        dispatch.mail(person, template, key=key, subject=subject, url=url, **context)


def preference(person: User, event: str) -> Preference:
    """The person's own choice, else the default, unsaved."""
    own = Preference.objects.filter(user=person, event=event).first()
    return own or Preference(user=person, event=event)


def preferences(person: User) -> list[Preference]:
    """One per event that can be switched off, in the order of their words."""
    own = {preference.event: preference for preference in person.preferences.all()}
    told = set(EVENTS) if person.is_vendor else set(EVENTS) - STAFF_ONLY
    told -= {event for event, fits in ONLY_FOR.items() if not fits(person)}
    events = sorted(told, key=lambda event: str(EVENTS[event]))
    return [own.get(event) or Preference(user=person, event=event) for event in events]
