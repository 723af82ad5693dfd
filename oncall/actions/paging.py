"""Pages: opened, taken, handed over, sent on, resolved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from oncall import escalation, frozen
from oncall.clock import moment
from oncall.models import Duty, HandOver, Page, PageEvent, Policy
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging import about, dispatch, hints, outbox

TICK = ("oncall.tasks.tick", "urgent")
KEPT_WITHOUT_DUTY = timedelta(hours=8)  # how long a page stays in the hand of somebody off duty
TEST_LASTS = 5  # minutes
ENDED = [Page.State.RESOLVED, Page.State.EXHAUSTED]
Kind = PageEvent.Kind


@transaction.atomic
def open_page(
    key: str, title: str, *, by: User, policy: Policy, subject: Model | None = None, url: str = ""
) -> Page:
    """Call people by the policy as it is now. While a page of this key is open, the alarm is
    counted on it instead. Part of the caller's transaction: the row and its page come together.
    """
    access.require(by, "page.open")
    for _try in range(3):  # another may open the same between the question and the answer
        if page := Page.objects.open().filter(key=key).select_for_update(no_key=True).first():
            return _count(page)
        try:
            with transaction.atomic():
                return _open(
                    policy=policy,
                    version=frozen.freeze(policy),
                    key=key,
                    title=title[:200],
                    url=url,
                    by=by,
                    **about.facts(subject),
                )
        except IntegrityError:
            continue
    raise Refused(_("A page of this kind is being opened and closed at this moment."))


@transaction.atomic
def open_test_page(*, by: User) -> Page:
    """Call oneself, on all one's lines, to see that it works. Raises Invalid without a line."""
    access.require(by, "page.test")
    policy = Policy.objects.order_by("-is_default", "pk").first()
    if policy is None:
        raise Invalid(_("There is no paging policy yet."))
    if not frozen.rules_now([by]):
        raise Invalid(_("Please confirm a way to reach you first."))
    key = f"test:{by.pk}"
    if Page.objects.open().filter(key=key).exists():
        raise Refused(_("Your last test still runs. Please acknowledge it first."))
    step = {"minutes": TEST_LASTS, "schedules": [], "people": [by.pk]}
    version = frozen.keep(policy, {"steps": [step], "repeat": 0, "last_resort": []})
    title = _("Test: can you be reached?")
    return _open(policy=policy, version=version, key=key, title=title, is_test=True, by=by)


@transaction.atomic
def acknowledge(page: Page, *, by: User, note_read: bool = False) -> Page:
    """Take it: nobody else is called until one's shift ends. Also after nobody had answered.

    Raises WrongState when somebody has it or it is resolved, Refused while a hand-over note is
    unread.
    """
    page = _claim(page, "page.acknowledge", by=by)
    if page.state not in [Page.State.TRIGGERED, Page.State.EXHAUSTED]:
        raise WrongState(Page.State(page.state), Page.State.ACKNOWLEDGED)
    if Page.objects.open().filter(key=page.key).exclude(pk=page.pk).exists():
        raise Refused(_("A newer page about this is open. Please take that one."))
    unread = page.hand_overs.filter(read_by=None)
    if unread.exclude(by=by).exists() and not note_read:
        raise Refused(_("Please read the hand-over note first."))
    now = moment()
    unread.update(read_by=by, read_at=now)
    until = shift_end(by, now)
    taken = {"acknowledged_by": by, "acknowledged_at": now, "ended_at": None}
    page.stand_at(escalation.acknowledged(page.course, until), **taken)
    dispatch.call_off(page)
    return _tell(page, Kind.TAKEN, by=by, until=until.isoformat())


@transaction.atomic
def resolve(page: Page, *, by: User) -> Page:
    """It is over. Whatever else was to be sent stays here."""
    page = _claim(page, "page.resolve", by=by)
    if page.state == Page.State.RESOLVED:
        raise WrongState(Page.State(page.state), Page.State.RESOLVED)
    page.stand_at(escalation.resolved(page.course), ended_at=moment())
    dispatch.call_off(page)
    return _tell(page, Kind.RESOLVED, by=by)


@transaction.atomic
def escalate_page(page: Page, *, by: User) -> Page:
    """Call the next step now; what earlier people are still to be sent goes on."""
    page = _claim(page, "page.acknowledge", by=by)
    if page.state == Page.State.RESOLVED:
        raise WrongState(Page.State(page.state), Page.State.TRIGGERED)
    _go_on(page, escalation.escalated(page.course, moment()))
    return _tell(page, Kind.ESCALATED, by=by)


@transaction.atomic
def reassign(page: Page, policy: Policy, *, by: User) -> Page:
    """Another policy, as it is now, from its first step; what the old one still meant is off."""
    page = _claim(page, "page.acknowledge", by=by)
    if page.state in ENDED:
        raise WrongState(Page.State(page.state), Page.State.TRIGGERED)
    dispatch.call_off(page)
    version = frozen.freeze(policy)
    course = escalation.restarted(page.course, moment())
    _go_on(page, course, policy=policy, version=version)
    return _tell(page, Kind.REASSIGNED, by=by, policy=policy.name)


@transaction.atomic
def hand_over(page: Page, *, by: User, note: str, now: bool = False) -> HandOver:
    """Leave a note for whoever is next. At the end of the shift, or `now`, the page calls again,
    and whoever takes it must have read the note.
    """
    page = _claim(page, "page.acknowledge", by=by)
    if page.state != Page.State.ACKNOWLEDGED:
        raise WrongState(Page.State(page.state), Page.State.ACKNOWLEDGED)
    if page.acknowledged_by_id != by.pk:
        raise NotAllowed("page.acknowledge")
    if not note.strip():
        raise Invalid.blank("note")
    row = page.hand_overs.create(by=by, note=note.strip())
    if now:
        _go_on(page, escalation.restarted(page.course, moment()))
    _tell(page, Kind.HANDED_OVER, by=by, note=row.note, now=now)
    return row


def shift_end(person: User, now: datetime) -> datetime:
    """The end of the duty that runs, the last where there are several."""
    duties = Duty.objects.filter(person=person).at(now)
    ends = [duty.span.end for duty in duties]
    return max(ends, default=now + KEPT_WITHOUT_DUTY)


def _open(*, by: User, **facts: Any) -> Page:
    page = Page.objects.create(due_at=Now(), **facts)
    hints.after_commit(*TICK)
    return _tell(page, Kind.OPENED, by=by, policy=page.policy.name)


def _count(page: Page) -> Page:
    facts = {"last_alarm_at": Now(), "storm_since": Coalesce("storm_since", Now())}
    Page.objects.filter(pk=page.pk).update(alarms=F("alarms") + 1, **facts)
    page.refresh_from_db(fields=["alarms", *facts])
    return page


def _claim(page: Page, right: str, *, by: User) -> Page:
    access.require(by, right)
    return Page.objects.visible_to(by).select_for_update(no_key=True).get(pk=page.pk)


def _go_on(page: Page, course: escalation.Course, **facts: Any) -> None:
    """It calls people again, from now on."""
    gone = {"acknowledged_by": None, "acknowledged_at": None, "ended_at": None}
    page.stand_at(course, **gone, **facts)
    hints.after_commit(*TICK)


def _tell(page: Page, kind: PageEvent.Kind, *, by: User, **facts: Any) -> Page:
    page.events.create(kind=kind, by=by, facts=facts)
    audit.record(f"page.{kind.value}", page, by=by, **facts)
    outbox.emit(f"page.{kind.value}", page=page.pk, by=by.pk)
    return page
