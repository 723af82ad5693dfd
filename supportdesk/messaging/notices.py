"""Telling a person: a line in their inbox and a mail, each as they wish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils import timezone
from django.utils.functional import Promise

from supportdesk.messaging import about, dispatch, letters
from supportdesk.messaging.models import Notice, Preference, Quiet
from supportdesk.messaging.rest import not_before

if TYPE_CHECKING:
    from supportdesk.accounts.models import User

# What a person can switch off, and its words in the profile. Apps add theirs in reactions.py.
# The published default of each is both: mail and inbox.
EVENTS: dict[str, str | Promise] = {}
STAFF_ONLY: set[str] = set()  # of these, customers are never told
PRESSING: set[str] = set()  # these respect nobody's quiet hours
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

    The notice's title is the letter's first line. The mail keeps their quiet hours, unless the
    event or the row presses.
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
        pressing = event in PRESSING or about.presses(subject)
        pace = dispatch.AT_ONCE if pressing else _pace(person, alone=bool(context.get("calendar")))
        dispatch.mail(person, template, key=key, subject=subject, pace=pace, url=url, **context)


def quiet(person: User) -> Quiet:
    """When they want no mail; unsaved and never, where they did not say."""
    return Quiet.objects.filter(user=person).first() or Quiet(user=person)


def _pace(person: User, *, alone: bool) -> dispatch.Pace:
    """`alone` is what brings an entry for the calendar: one mail holds one."""
    wish = quiet(person)
    if wish._state.adding:
        return dispatch.AT_ONCE
    rest = replace(wish.rest(), gathers_at=None) if alone else wish.rest()
    due_at = not_before(timezone.now(), rest)
    return dispatch.Pace(due_at=due_at, gathers=rest.gathers_at is not None)


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
