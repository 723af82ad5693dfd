"""Who is told of an access to a customer's system: its coordinators, and whoever asked."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.messaging import about, notices
from supportdesk.messaging.outbox import reacts_to
from tickets import webhooks
from tickets.models import AccessEntry, AccessRequest
from tickets.models.access_request import deciders

Kind = AccessEntry.Kind
about.VISIBLE["tickets.accessrequest"] = AccessRequest.objects.visible_to
notices.EVENTS["access.changed"] = _("Access to a system is asked for, approved, revoked or ended")
notices.ONLY_FOR["access.changed"] = lambda user: user.is_any(
    Role.COORDINATOR, Role.AGENT, Role.LEAD, Role.ADMIN
)


@reacts_to("access.asked", "access.withdrawn", "access.ended", "access.approved", "access.declined")
def tell_the_other_side(entry: int, **_more: Any) -> None:
    """The coordinators of what we do, the one who asked of what they do."""
    line = _line(entry)
    asker = line.request.asked_by
    theirs = deciders(line.request.ticket.organisation)
    _tell(line, list(theirs) if line.by_id == asker.pk else [asker])


@reacts_to("access.asked")
def tell_that_nobody_can_decide(entry: int, **_more: Any) -> None:
    """A customer without a coordinator answers nothing: our administrators invite one."""
    request = _line(entry).request
    owner = request.ticket.organisation
    if deciders(owner).exists():
        return
    url = reverse("admin:accounts_organisation_change", args=[owner.pk])
    for reader in User.objects.active().holding(Role.ADMIN):
        notices.tell(
            reader,
            "access.changed",
            "access/nobody",
            key=f"access.nobody:{request.pk}",
            url=url,
            organisation=owner,
            system=request.system,
            actor=request.asked_by,
            link=settings.BASE_URL.rstrip("/") + url,
        )


@reacts_to("access.revoked", urgent=True)
def tell_whoever_is_in_there(entry: int, **_more: Any) -> None:
    line = _line(entry)
    _tell(line, [line.request.asked_by])


def _telling(event: str) -> None:
    @reacts_to(event)
    def tell_their_systems(entry: int, **_more: Any) -> None:
        webhooks.tell(_line(entry).request.ticket, event, entry)


for _event in webhooks.OF_ACCESS:
    _telling(_event)


def _tell(line: AccessEntry, people: list[User]) -> None:
    for reader in people:
        if not AccessRequest.objects.visible_to(reader).filter(pk=line.request_id).exists():
            continue
        door = "admin:tickets_accessrequest_change" if reader.is_vendor else "access"
        url = reverse(door, args=[line.request_id])
        notices.tell(
            reader,
            "access.changed",
            "access/step",
            key=f"access:{line.pk}",
            url=url,
            subject=line.request,
            ticket=line.request.ticket,
            access=line.request,
            kind=line.kind,
            window=window(line.request, reader.language),
            actor=line.by,
            reader=reader,
            text="" if line.request.ticket.confidential else line.text,
            link=settings.BASE_URL.rstrip("/") + url,
        )


def window(request: AccessRequest, language: str) -> str:
    """From when until when, in the reader's language."""
    with translation.override(language):
        ends = [timezone.localtime(at) for at in (request.during.lower, request.during.upper)]
        return " – ".join(date_format(at, "SHORT_DATETIME_FORMAT") for at in ends)


def _line(entry: int) -> AccessEntry:
    rows = AccessEntry.objects.select_related(
        "by", "request__system", "request__asked_by", "request__ticket__organisation"
    )
    return rows.get(pk=entry)
