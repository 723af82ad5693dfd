"""Endpoints of customers' systems: registered, given new secrets, left alone when they fail.

Whose an endpoint is and who may change it is told by the app that points at it.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from supportdesk.messaging import guard, outbox
from supportdesk.messaging.models import Endpoint, new_secret

OVERLAP = timedelta(hours=24)  # both secrets sign for so long after a rotation
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=1)
MOST_FAILURES = 40  # in a row; with the pauses above, more than a day


def register(url: str) -> Endpoint:
    """Invalid unless the address is public."""
    guard.check(url)
    return Endpoint.objects.create(url=url)


def change(endpoint: Endpoint, *, url: str) -> None:
    """Invalid unless the address is public. A new address starts with a clean record."""
    guard.check(url)
    endpoint.url, endpoint.failures, endpoint.paused_until = url, 0, None
    endpoint.save(update_fields=["url", "failures", "paused_until"])


def rotate(endpoint: Endpoint) -> None:
    """A new secret; the one before signs along until every receiver has had time to change."""
    endpoint.previous_secret, endpoint.previous_until = endpoint.secret, timezone.now() + OVERLAP
    endpoint.secret = new_secret()
    endpoint.save(update_fields=["secret", "previous_secret", "previous_until"])


def switch(endpoint: Endpoint, *, on: bool) -> None:
    endpoint.is_active, endpoint.failures, endpoint.paused_until = on, 0, None
    endpoint.save(update_fields=["is_active", "failures", "paused_until"])


def worked(endpoint: Endpoint) -> None:
    failed_before = Endpoint.objects.filter(pk=endpoint.pk, failures__gt=0)
    failed_before.update(failures=0, paused_until=None)


@transaction.atomic
def failed(endpoint: Endpoint, *, gone: bool = False) -> None:
    """Leave it alone for a while, longer each time; at last, or when it says so, for good."""
    row = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    row.failures += 1
    row.paused_until = Now() + min(FIRST_PAUSE * 2 ** min(row.failures - 1, 10), LONGEST_PAUSE)
    if row.is_active and (gone or row.failures >= MOST_FAILURES):
        row.is_active = False
        outbox.emit("endpoint.switched_off", endpoint=row.pk)
    row.save(update_fields=["failures", "paused_until", "is_active"])
