"""Who hears of a changed plan, an offered duty, a duty soon to begin; what a failed call causes."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from oncall import actions, mail
from oncall.models import Change, ContactChannel, Duty, Heartbeat, Page, Schedule
from oncall.spans import Span
from supportdesk.accounts.models import User
from supportdesk.messaging import about, notices
from supportdesk.messaging.models import Dispatch
from supportdesk.messaging.outbox import reacts_to

about.VISIBLE["oncall.schedule"] = Schedule.objects.visible_to
about.VISIBLE["oncall.heartbeat"] = Heartbeat.objects.visible_to
about.VISIBLE["oncall.page"] = Page.objects.visible_to
about.VISIBLE["oncall.contactchannel"] = ContactChannel.objects.visible_to
about.OPEN["oncall.page"] = Page.objects.calling
notices.EVENTS.update(
    {
        "duty.changed": _("My duties on call change"),
        "duty.offered": _("A colleague offers a duty on call"),
        "duty.reminded": _("My duty on call begins soon"),
        "duty.unconfirmed": _("Somebody on call has not confirmed to be reachable"),
    }
)
notices.STAFF_ONLY.update({"duty.changed", "duty.offered", "duty.reminded", "duty.unconfirmed"})


@reacts_to("duty.changed")
def tell_whose_duties_change(
    schedule: int, person: int, gone: list[list[str]], came: list[list[str]], at: str
) -> None:
    who, where = User.objects.get(pk=person), Schedule.objects.get(pk=schedule)
    mail.changed(who, where, gone=_spans(gone), came=_spans(came), at=at)


@reacts_to("duty.offered")
def tell_colleagues(swap: int) -> None:
    """Those who are on duty in this schedule, too."""
    row = Change.objects.valid().filter(pk=swap, stand_in=None).first()
    if row is None:
        return
    now = row.written_at
    duties = Duty.objects.filter(schedule=row.schedule_id).to_come(now)
    people = User.objects.active().filter(pk__in=duties.values("person"))
    for colleague in people.exclude(pk=row.person_id):
        mail.offered(colleague, row)


@reacts_to("duty.reminded", urgent=True)
def ask_whether_they_are_reachable(duty: int) -> None:
    row = Duty.objects.filter(pk=duty).first()
    if row is not None:
        mail.reminded(row)


@reacts_to("duty.unconfirmed", urgent=True)
def tell_the_fallback(duty: int) -> None:
    row = Duty.objects.select_related("schedule__fallback", "person").filter(pk=duty).first()
    for colleague in mail.fallback(row.schedule) if row else []:
        if row is not None and colleague != row.person:
            mail.unconfirmed(colleague, row)


@reacts_to("dispatch.failed", urgent=True)
def call_another_way(dispatch: int) -> None:
    row = Dispatch.objects.filter(pk=dispatch, about_type="oncall.page").first()
    if row is not None:
        actions.bring_forward(row)


def _spans(written: list[list[str]]) -> list[Span]:
    return [Span(*map(datetime.fromisoformat, edges)) for edges in written]
