"""What happens to a package and to a ticket that waits for it, and what people hear of it."""

from datetime import timedelta

from django.utils import timezone

from releases import actions as releases
from releases.models import GateKind, Package
from releases.models import Status as PackageStatus
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch, Event
from tickets import actions
from tickets.models import Message, Ticket

OFFICE = Message.Channel.OFFICE
BEFORE_QA = (PackageStatus.COMPOSING, PackageStatus.FROZEN, PackageStatus.IN_QA)


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def react():
    while outbox.react():
        pass
    assert not Event.objects.exclude(error="").exists()


def now(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def day(ticket):
    promised = now(ticket).promised_at
    return promised and timezone.localtime(promised).date()


def letters(person):
    """Which ones about corrections somebody was written."""
    rows = Dispatch.objects.filter(channel="mail", recipient=person).order_by("pk")
    names = [row.dedupe_key.split(":")[0].removeprefix("ticket.") for row in rows]
    kinds = {"fixed", "delivered", "promised", "recalled", "unlinked", "resolved"}
    return [name for name in names if name in kinds]


def release(package, by):
    GateKind.objects.update(is_mandatory=False)
    for status in BEFORE_QA[list(PackageStatus).index(PackageStatus(package.status)) :]:
        Package.objects.filter(pk=package.pk).update(status=status)
    return releases.move(package, PackageStatus.RELEASED, by=by)


def deliver(package, *organisations, by):
    return releases.deliver(package, organisations, by=by, wave="pilot")


def link(ticket, **facts):
    return actions.link_correction(ticket, channel=OFFICE, **facts)


def imported(system, package, by):
    facts = {"line": package.line, "level": package.level, "source": "hand"}
    return releases.report(system, by=by, **facts)


def withdraw(package, by, successor=None):
    releases.withdraw(package, by=by, why="It prints twice.", successor=successor)
    react()
