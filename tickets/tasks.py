"""The timetable of tickets. Each task bears repeats: every verb asks again under its lock."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress

from celery import shared_task
from django.conf import settings
from django.db import OperationalError
from django.db.models import Q
from django.utils import timezone

from oncall.models import CriticalPeriod
from supportdesk.accounts.models import User
from supportdesk.errors import WrongState
from supportdesk.web.uploads import sweep
from tickets import actions, critical, scanner
from tickets.models import Attachment, Recomputation, Ticket
from tickets.models.attachment import FOLDER
from tickets.search import index, similar

logger = logging.getLogger(__name__)
ROUTED_AT_ONCE = 500  # some 20 s of work; what is left comes two minutes later
LOOKED_AT_ONCE = 500  # a few seconds of work
WORDS_AT_ONCE = 5000  # tickets, a few seconds of work
BATCHES_AT_ONCE = 500  # of tickets read again, some minutes of work


@shared_task
def close_quiet_tickets() -> None:
    """Hourly: announce what closes soon, close what was announced and stayed quiet.

    Safe to repeat: a ticket that moved on, was told or was closed meanwhile refuses.
    """
    now, desk = timezone.now(), User.objects.desk()
    _each(Ticket.objects.due_for_closing_notice(now), actions.announce_closing, desk)
    _each(Ticket.objects.due_to_close(now), actions.close, desk)


def _each(tickets: Iterable[Ticket], verb: Callable[..., object], desk: User) -> None:
    for ticket in tickets:
        # Moved on, or somebody holds it right now: the next round asks again.
        with suppress(WrongState, OperationalError):
            verb(ticket, by=desk)


@shared_task
def route_waiting() -> None:
    """Every two minutes: look again for tickets nobody was found for. People come back, learn, or
    begin their day; a new ticket whose event went astray is found here, too.

    Safe to repeat: a ticket that found somebody meanwhile refuses. The longest untried come first,
    so that no number of hopeless ones keeps a new one from its turn.
    """
    tickets = Ticket.objects.longest_unrouted()[:ROUTED_AT_ONCE]
    _each(tickets, actions.route, User.objects.desk())


@shared_task
def pass_levels() -> bool:
    """Twice a minute, and by the watchman: whose promises run out comes before the leads.

    Safe to repeat and to run beside itself: each ticket is claimed, each level told once. True
    when there may be more.
    """
    desk = User.objects.desk()
    looked = (actions.look_at_next(by=desk) for _n in range(LOOKED_AT_ONCE))
    return all(looked)


@shared_task
def rewind_clocks() -> None:
    """Just after midnight: what runs is read again, because agreements begin and end with the day,
    and what nobody announced (a new edition of the holidays) counts from then on.

    Safe to repeat: one that is on its way begins anew, and clocks are derived from the history.
    """
    actions.begin_recomputation(by=User.objects.desk())
    recompute_clocks()


@shared_task
def recompute_clocks() -> bool:
    """When a calendar or an agreement has changed, and every minute: a few tickets at a time.

    Safe to repeat, to run beside itself and to be killed: see the verb. True when there may be
    more.
    """
    desk = User.objects.desk()
    _begin_where_critical_days_do(desk)
    return all(actions.recompute_some(by=desk) for _n in range(BATCHES_AT_ONCE))


def _begin_where_critical_days_do(desk: User) -> None:
    """A critical period began or ended since everything was last read: it is read again."""
    last = Recomputation.objects.filter(calendar=None, organisation=None).first()
    if critical.KNOWN and last:
        edges = (last.started_at, timezone.now())
        begun = Q(during__startswith__range=edges) | Q(during__endswith__range=edges)
        if CriticalPeriod.objects.filter(begun).exists():
            actions.begin_recomputation(by=desk)


@shared_task
def scan_files() -> None:
    """When a file arrives and twice a minute: everything due goes past the scanner.

    Safe to repeat: a file is claimed before it is scanned, and has one verdict. While the scanner
    is down nothing is decided; files come due again, later each time.
    """
    if not settings.CLAMD_URL:
        return
    desk = User.objects.desk()
    while attachment := actions.claim_for_scan():
        try:
            with attachment.file.open("rb") as content:
                verdict = scanner.scan(content, settings.CLAMD_URL)
        except scanner.ScannerDown as error:
            logger.error("The scanner is down: %s", error)
            return  # the others would fail as well
        except (scanner.NoVerdict, OSError) as error:
            logger.error("File %s has no verdict: %s", attachment.pk, error)
            continue
        with suppress(WrongState):  # a second worker, after a first one that seemed dead
            actions.record_scan(attachment, by=desk, malware=verdict.malware)


@shared_task
def sweep_files() -> None:
    """Daily: remove stored files that no row knows, left over from transactions rolled back.

    Safe to repeat: what is gone is gone.
    """
    sweep(
        FOLDER,
        lambda names: Attachment.objects.filter(file__in=names).values_list("file", flat=True),
    )


@shared_task
def sort_mail() -> None:
    """When a mail was stored, and twice a minute: everything that waits is read and sorted.

    Safe to repeat: a mail is claimed before it is read, and sorted under the lock of its row.
    """
    desk = User.objects.desk()
    while actions.sort_next(by=desk):
        pass


@shared_task
def read_words() -> int:
    """Every five seconds and by watchman: what was written since can be found.

    Safe to repeat and to run many times at once: stale tickets are locked while they are read.
    """
    done = 0
    while done < WORDS_AT_ONCE and (read := index.keep_up()):
        done += read
    return done


@shared_task
def count_words() -> None:
    """Once a night: which words tell tickets apart. Safe to repeat."""
    similar.count_stems()
