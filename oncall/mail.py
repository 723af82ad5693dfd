"""Letters about duties."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core import signing
from django.urls import reverse

from oncall.models import Change, Duty, Schedule
from oncall.spans import Span
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.messaging import dispatch, notices

SALT = "oncall.reachable"
LINK_LASTS = 3 * 24 * 3600


def changed(
    person: User, schedule: Schedule, *, gone: list[Span], came: list[Span], at: str
) -> None:
    notices.tell(
        person,
        "duty.changed",
        "duty/changed",
        key=f"duty.changed:{schedule.pk}:{at}",
        subject=schedule,
        schedule=schedule,
        gone=gone,
        came=came,
        **_mine(),
    )


def offered(colleague: User, swap: Change) -> None:
    notices.tell(
        colleague,
        "duty.offered",
        "duty/offered",
        key=f"duty.offered:{swap.pk}",
        subject=swap.schedule,
        swap=swap,
        **_mine(),
    )


def reminded(duty: Duty) -> None:
    """With a link that says "I am reachable" without signing in: it is read in the small hours."""
    link = _link(reverse("duty_reachable", args=[token(duty)]))
    dispatch.mail(
        duty.person,
        "duty/reminded",
        key=f"duty.reminded:{duty.pk}",
        urgent=True,
        subject=duty.schedule,
        duty=duty,
        link=link,
    )


def unconfirmed(colleague: User, duty: Duty) -> None:
    dispatch.mail(
        colleague,
        "duty/unconfirmed",
        key=f"duty.unconfirmed:{duty.pk}",
        urgent=True,
        subject=duty.schedule,
        duty=duty,
        link=_link(reverse("admin:oncall_duty_changelist")),
    )


def fallback(schedule: Schedule) -> Iterable[User]:
    """The schedule's own, else its team's leads, else all leads."""
    if schedule.fallback is not None and schedule.fallback.is_active:
        return [schedule.fallback]
    leads = User.objects.active().holding(Role.LEAD)
    return list(leads.filter(team=schedule.team_id)) or list(leads)


def token(duty: Duty) -> str:
    return signing.dumps([duty.pk, duty.person_id], salt=SALT)


def duty_of(token: str) -> Duty | None:
    """The duty a link is about, unless it is too old, forged, or somebody else's by now."""
    try:
        pk, person = signing.loads(token, salt=SALT, max_age=LINK_LASTS)
    except signing.BadSignature:
        return None
    rows = Duty.objects.select_related("person", "schedule")
    return rows.filter(pk=pk, person=person, person__is_active=True).first()


def _mine() -> dict[str, str]:
    page = reverse("admin:oncall_duty_mine")
    return {"url": page, "link": _link(page)}


def _link(path: str) -> str:
    return settings.BASE_URL.rstrip("/") + path
