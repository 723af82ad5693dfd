"""Letters of a major fault: to coordinators whom it concerns, with or without a ticket."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.messaging import about, notices
from supportdesk.messaging.outbox import reacts_to
from tickets import mail
from tickets.models import DONE, MajorFault, Ticket

about.VISIBLE["tickets.majorfault"] = MajorFault.objects.visible_to
about.PRESSING["tickets.majorfault"] = lambda fault: True
notices.EVENTS["fault.told"] = _("A major fault that concerns us")
notices.ONLY_FOR["fault.told"] = lambda person: person.is_any(Role.COORDINATOR)


@reacts_to("fault.declared", urgent=True)
def tell_whom_it_concerns(fault: int, **_more: Any) -> None:
    row = MajorFault.objects.get(pk=fault)
    _tell(row, "declared", row.text, _concerned(row))


@reacts_to("fault.updated", "fault.ended", urgent=True)
def tell_how_it_goes_on(fault: int, update: int, **_more: Any) -> None:
    """But not those who read the same text in a ticket of theirs."""
    row = MajorFault.objects.get(pk=fault)
    tickets = Ticket.objects.filter(fault_links__fault=row).exclude(status__in=DONE)
    read = {person.pk for ticket in tickets for person in mail.customers(ticket)}
    said = row.updates.get(pk=update)
    _tell(row, f"said:{said.pk}", said.text, [one for one in _concerned(row) if one.pk not in read])


def _concerned(fault: MajorFault) -> list[User]:
    """Asked of each by the rule that shows them the banner."""
    people = User.objects.active().holding(Role.COORDINATOR).exclude(organisation=None)
    people = people.select_related("organisation").order_by("pk")
    seen = MajorFault.objects.filter(pk=fault.pk)
    return [person for person in people if seen.visible_to(person).exists()]


def _tell(fault: MajorFault, occasion: str, text: str, people: list[User]) -> None:
    url = reverse("fault", args=[fault.pk])
    for reader in people:
        notices.tell(
            reader,
            "fault.told",
            "fault/told",
            key=f"fault:{fault.pk}:{occasion}",
            url=url,
            subject=fault,
            fault=fault,
            begins=occasion == "declared",
            text=text,
            link=settings.BASE_URL.rstrip("/") + url,
        )
