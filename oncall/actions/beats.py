"""Jobs that must report: what is expected, the report, and the page when it stays away."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from oncall import heartbeat as rule
from oncall.actions.paging import open_page, resolve
from oncall.clock import moment
from oncall.models import Heartbeat, Page, PageEvent
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.messaging import about
from supportdesk.secret_address import new_secret

logger = logging.getLogger(__name__)

PAUSE = timedelta(seconds=30)  # until a beat whose page could not be opened is looked at again


@transaction.atomic
def expect(heartbeat: Heartbeat, *, by: User) -> Heartbeat:
    """Keep it as it was filled in, and await its next beat by that. What came meanwhile counts."""
    access.require(by, "heartbeat.configure")
    if heartbeat.pk:
        now = _claim(heartbeat)
        heartbeat.last_report_at, heartbeat.digest = now.last_report_at, now.digest
    heartbeat.failures = 0
    heartbeat.expect_from(moment())
    heartbeat.save()
    return heartbeat


@transaction.atomic
def open_address(heartbeat: Heartbeat, *, by: User) -> str:
    """A new secret where the job reports, said once; the old one is dead."""
    access.require(by, "heartbeat.configure")
    row = _claim(heartbeat)
    secret, row.digest = new_secret()
    row.save(update_fields=["digest"])
    audit.record("heartbeat.addressed", row, by=by)
    return secret


@transaction.atomic
def report_beat(heartbeat: Heartbeat, *, by: User) -> Heartbeat:
    """The job has run. A page that still calls about it ends; whoever has one in hand reads that
    the report came, and resolves it themselves.
    """
    access.require(by, "heartbeat.report")
    row = _claim(heartbeat)
    row.last_report_at = moment()
    if row.awaited_on is not None:
        row.awaited_on = rule.answered(row.expected, row.awaited_on, row.last_report_at)
        row.due_at, row.failures = row.expected.limit(row.awaited_on), 0
    row.save(update_fields=["last_report_at", "awaited_on", "due_at", "failures"])
    for page in Page.objects.filter(**about.facts(row)).exclude(state=Page.State.RESOLVED):
        _come_late(page)
    return row


def miss_beat() -> bool:
    """Open the page of one beat that is missed; False when none is. Safe to repeat and to run many
    times at once: the row is locked, and awaits its next beat in the same transaction.
    """
    with transaction.atomic():
        rows = Heartbeat.objects.missed().select_for_update(skip_locked=True, no_key=True)
        row = rows.first()
        if row is None:
            return False
        try:
            with transaction.atomic():
                _miss(row)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # one that cannot be paged is in nobody's way, and shows as overdue
            logger.exception("No page could be opened for heartbeat %s", row.pk)
            late = Heartbeat.objects.filter(pk=row.pk)
            late.update(failures=row.failures + 1, due_at=Now() + PAUSE)
    return True


def _miss(row: Heartbeat) -> None:
    assert row.awaited_on is not None  # the database says so
    day, then = rule.missed(row.expected, row.awaited_on, moment())
    row.awaited_on, row.due_at, row.failures = then, row.expected.limit(then), 0
    row.save(update_fields=["awaited_on", "due_at", "failures"])
    said = {"job": row.name, "time": f"{row.reports_by:%H:%M}"}
    open_page(
        f"heartbeat:{row.pk}:{day.isoformat()}",
        _("%(job)s has not reported by %(time)s") % said,
        by=User.objects.desk(),
        policy=row.policy,
        subject=row,
    )


def _come_late(page: Page) -> None:
    """Whoever took it decides; nobody else need be called any more."""
    desk = User.objects.desk()
    page = Page.objects.select_for_update(no_key=True).get(pk=page.pk)
    page.events.create(kind=PageEvent.Kind.REPORTED, by=desk)
    if page.state in [Page.State.TRIGGERED, Page.State.EXHAUSTED]:
        resolve(page, by=desk)


def _claim(heartbeat: Heartbeat) -> Heartbeat:
    return Heartbeat.objects.select_for_update(no_key=True).get(pk=heartbeat.pk)
