"""The address under which a customer's calendars read the release plan: opened and ended."""

from __future__ import annotations

from django.db import transaction

from releases.models import CalendarFeed
from supportdesk.accounts import access
from supportdesk.accounts.models import Organisation, User
from supportdesk.audit import actions as audit
from supportdesk.errors import NotAllowed
from supportdesk.secret_address import new_secret


@transaction.atomic
def open_calendar(*, by: User) -> str:
    """A new secret address of the own organisation, said once; the old one is dead."""
    home = _home(by)
    secret, digest = new_secret()
    CalendarFeed.objects.filter(organisation=home).delete()
    feed = CalendarFeed.objects.create(organisation=home, digest=digest, opened_by=by)
    audit.record("calendarfeed.opened", feed, by=by)
    return secret


@transaction.atomic
def close_calendar(*, by: User) -> None:
    """The address opens nothing any more. CalendarFeed.DoesNotExist where there is none."""
    feed = CalendarFeed.objects.get(organisation=_home(by))
    audit.record("calendarfeed.closed", feed, by=by)
    feed.delete()


def _home(by: User) -> Organisation:
    """Locked, so that of two who open at once the later one's address counts."""
    access.require(by, "calendarfeed.open")
    if by.organisation_id is None:
        raise NotAllowed("calendarfeed.open")
    return Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation_id)
