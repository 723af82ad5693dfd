"""After a storm of alarms each person gets one letter: what came, how often, since when."""

from __future__ import annotations

import logging
from collections import defaultdict

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Max, Min

from oncall import mail, storm
from oncall.clock import moment
from oncall.mail import Gust
from oncall.models import Page
from supportdesk.accounts.models import User
from supportdesk.messaging import about
from supportdesk.messaging.models import Dispatch

logger = logging.getLogger(__name__)


def tell_storm() -> bool:
    """Tell of all alarms counted since the last digest, once they are over; False when none are.

    Safe to repeat and to run many times at once: what was told is written beside the letters, and
    an alarm that comes meanwhile waits for its row and counts for the next digest.
    """
    try:
        return _tell_storm()
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # a digest is in the way of no call; one that stays out shows as overdue
        logger.exception("The digest of a storm could not be written")
        return False


@transaction.atomic
def _tell_storm() -> bool:
    found = Page.objects.stormy().aggregate(since=Min("storm_since"), last=Max("last_alarm_at"))
    if found["since"] is None or not storm.is_over(moment(), found["since"], found["last"]):
        return False
    pages = list(Page.objects.stormy().order_by("pk").select_for_update(no_key=True))
    for person, gusts in _by_person(pages).items():
        mail.stormed(person, gusts)
    for page in pages:
        page.told_alarms, page.storm_since = page.alarms, None
    Page.objects.bulk_update(pages, ["told_alarms", "storm_since"])
    return bool(pages)


def _by_person(pages: list[Page]) -> dict[User, list[Gust]]:
    """Whoever has a page in hand hears of it; else all whom it has called."""
    found: dict[User, list[Gust]] = defaultdict(list)
    for page in pages:
        assert page.storm_since is not None  # that is what was asked for
        gust = Gust(page, page.alarms - page.told_alarms, page.storm_since)
        for person in _concerned(page):
            found[person].append(gust)
    return found


def _concerned(page: Page) -> list[User]:
    if page.acknowledged_by is not None:
        return [page.acknowledged_by]
    called = Dispatch.objects.filter(**about.facts(page), state=Dispatch.State.SENT)
    return list(User.objects.active().filter(pk__in=called.values("recipient")))
