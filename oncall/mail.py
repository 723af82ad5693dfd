"""Letters about duties, and what a page says to whom it calls."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.urls import reverse

from oncall import reply_address
from oncall.models import Change, ContactChannel, Duty, Page, Schedule
from oncall.spans import Span
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.messaging import dispatch, letters, notices

SALT = "oncall.reachable"
PAGE_SALT = "oncall.page"
PAGE_LINK_LASTS = 7 * 24 * 3600
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
        pace=dispatch.URGENT,
        subject=duty.schedule,
        duty=duty,
        link=link,
    )


def unconfirmed(colleague: User, duty: Duty) -> None:
    dispatch.mail(
        colleague,
        "duty/unconfirmed",
        key=f"duty.unconfirmed:{duty.pk}",
        pace=dispatch.URGENT,
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


def called(page: Page, person: User, way: str) -> dict[str, Any]:
    """The words of a call. A link, or an answer to the mail, takes the page without signing in; a
    voice reads no link out.
    """
    note = page.hand_overs.filter(read_by=None).first()
    link = _link(reverse("page_take", args=[page_token(page, person)]))
    headers = reply_address.header(page, person)
    facts = {"page": page, "recipient": person, "link": link, "note": note, "answers": headers}
    if way == ContactChannel.Kind.MAIL:
        words = letters.render("page/called", person.language, facts)
        return {**words, "headers": headers}
    subject = letters.subject("page/called", person.language, facts)
    text = subject if way == ContactChannel.Kind.VOICE else f"{subject} {link}"
    return {"subject": subject, "text": text}


def answered(page: Page, person: User, *, refusal: str, key: object) -> None:
    """Whether their answer has taken the page."""
    dispatch.mail(
        person,
        "page/answered",
        key=f"page.answered:{page.pk}:{key}",
        pace=dispatch.URGENT,
        page=page,
        refusal=refusal,
        until=page.due_at,
        link=_link(reverse("admin:oncall_page_change", args=[page.pk])),
    )


class Gust(NamedTuple):
    """How many alarms of a storm were counted on a page."""

    page: Page
    alarms: int
    since: datetime

    @property
    def link(self) -> str:
        return _link(reverse("admin:oncall_page_change", args=[self.page.pk]))


def stormed(person: User, gusts: list[Gust]) -> None:
    """One letter about all pages of a storm."""
    since = min(gust.since for gust in gusts)
    dispatch.mail(
        person,
        "page/stormed",
        key=f"page.stormed:{since.isoformat()}",
        gusts=gusts,
        since=since,
        alarms=sum(gust.alarms for gust in gusts),
        link=_link(reverse("admin:oncall_page_changelist")),
    )


def code(line: ContactChannel, secret: str) -> None:
    """What its owner must give back."""
    words = letters.render("page/code", line.person.language, {"code": secret, "line": line})
    words["text"] = words["text"] if line.kind == ContactChannel.Kind.MAIL else words["subject"]
    way = dispatch.Line(line.kind, line.address)
    key = f"page.code:{line.pk}:{secrets.token_hex(8)}"
    dispatch.call(line.person, way, words, key=key, subject=line)


def page_token(page: Page, person: User) -> str:
    return signing.dumps([page.pk, person.pk], salt=PAGE_SALT)


def page_of(token: str) -> tuple[Page, User] | None:
    """The page a link is about and whose link it is, unless it is too old or forged."""
    try:
        pk, person = signing.loads(token, salt=PAGE_SALT, max_age=PAGE_LINK_LASTS)
    except signing.BadSignature:
        return None
    reader = User.objects.active().filter(pk=person).first()
    page = Page.objects.visible_to(reader).filter(pk=pk).first() if reader else None
    return (page, reader) if page and reader else None


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
