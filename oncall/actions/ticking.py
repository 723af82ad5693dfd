"""The paging engine: what is due goes on, whoever wakes it and however often.

PostgreSQL holds every promise and gives the time; a worker that dies leaves a row that is still
due (docs/decisions/0023-no-page-is-lost.md).
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models.functions import Now

from oncall import escalation, frozen, mail
from oncall.clock import moment
from oncall.escalation import Course, Firing
from oncall.frozen import Plan, Reach
from oncall.models import Page, PageEvent, StepRun
from supportdesk.accounts.models import User
from supportdesk.messaging import dispatch
from supportdesk.messaging.dispatch import Line
from supportdesk.messaging.models import Dispatch

logger = logging.getLogger(__name__)

MOST_FAILURES = 3  # of one page in a row; then the last resort is told without its steps
PAUSE = timedelta(seconds=30)
Kind = PageEvent.Kind


def tick() -> bool:
    """One page that is due goes on; False when none is. Safe to repeat and to run many times at
    once: a page is locked while it goes on, and a step of a round runs once, by the database.
    """
    with transaction.atomic():
        rows = Page.objects.due().select_related("version")
        page = rows.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
        if page is None:
            return False
        try:
            with transaction.atomic():
                _go_on(page)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # one poisoned page is in nobody's way
            logger.exception("Page %s could not go on", page.pk)
            _try_later(page.pk, error)
    return True


def _go_on(page: Page) -> None:
    now, plan = moment(), frozen.thaw(page.version)
    if page.state == Page.State.ACKNOWLEDGED:
        page.events.create(kind=Kind.SHIFT_ENDED)
    course = page.course
    if page.failures >= MOST_FAILURES:
        course = escalation.restarted(course, now)
        plan = replace(plan, policy=replace(plan.policy, steps=()))
    course, firing = escalation.fire(course, plan.policy, now, Reach(plan, now))
    if firing is None:
        page.events.create(kind=Kind.UNREACHED)
        page.stand_at(course)
        return
    StepRun.objects.create(page=page, round=firing.round, step=firing.step, at=now)
    _stand(page, course, now)
    _call(page, firing, plan)


def _stand(page: Page, course: Course, now: datetime) -> None:
    over = course.state == escalation.State.EXHAUSTED
    page.stand_at(
        course,
        failures=0,
        ended_at=now if over else None,
        acknowledged_by=None,
        acknowledged_at=None,
    )


def _call(page: Page, firing: Firing, plan: Plan) -> None:
    """Write every message of the step at once, each with the time it is due at."""
    for round_, step in firing.skipped:
        page.events.create(kind=Kind.NOBODY, facts={"round": round_, "step": step})
    people = User.objects.in_bulk(list(firing.people))
    facts = {
        "round": firing.round,
        "step": firing.step,
        "people": [p.name for p in people.values()],
    }
    page.events.create(kind=Kind.LAST_RESORT if firing.is_last_resort else Kind.STEP, facts=facts)
    for person in people.values():
        rules = plan.rules_of(person, as_last_resort=firing.is_last_resort)
        for n, rule in enumerate(rules):
            dispatch.call(
                person,
                Line(rule.channel, rule.address),
                mail.called(page, person, rule.channel),
                key=f"page:{page.pk}:{firing.round}:{firing.step}:{person.pk}:{n}",
                subject=page,
                after=rule.delay,
            )


def _try_later(page: int, error: Exception) -> None:
    row = Page.objects.get(pk=page)
    row.failures += 1
    row.due_at = Now() + PAUSE
    row.save(update_fields=["failures", "due_at"])
    row.events.create(kind=Kind.FAILED, facts={"error": type(error).__name__})


@transaction.atomic
def bring_forward(failed: Dispatch) -> None:
    """A way to a person does not work: what was to go on another way later goes now.

    Safe to repeat. Where there is no other way the next step comes all the same.
    """
    step, _sep, _rule = failed.dedupe_key.rpartition(":")
    others = Dispatch.objects.filter(
        dedupe_key__startswith=f"{step}:", state=Dispatch.State.WAITING, due_at__gt=Now()
    )
    same = {"channel": failed.channel, "address": failed.address}
    kind = failed.content.get("kind")
    following = others.exclude(**same, content__kind=kind).filter(attempts=0).order_by("due_at")
    row = following.select_for_update(skip_locked=True).first()
    if row is None:
        return
    Dispatch.objects.filter(pk=row.pk).update(due_at=Now())
    assert failed.about_id is not None
    page = Page.objects.get(pk=failed.about_id)
    page.events.create(kind=Kind.BROUGHT_FORWARD, facts={"way": row.content["kind"]})
