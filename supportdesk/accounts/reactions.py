"""What else happens when something happened to a person."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from supportdesk.accounts import mail
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Invitation, User, Webhook
from supportdesk.messaging import notices
from supportdesk.messaging.outbox import reacts_to

notices.EVENTS["invitation.accepted"] = _("Somebody I invited has joined")
notices.EVENTS["webhook.failed"] = _("A webhook was switched off because it failed too long")
notices.ONLY_FOR["webhook.failed"] = lambda person: person.is_any(Role.COORDINATOR, Role.ADMIN)


@reacts_to("invitation.accepted")
def tell_who_invited(invitation: int, person: int, **_more: Any) -> None:
    row = Invitation.objects.select_related("invited_by").get(pk=invitation)
    mail.joined(row, User.objects.get(pk=person))


@reacts_to("password.asked")
def send_the_link(person: int | None, **_more: Any) -> None:
    """Nobody known was meant: nothing is written, to no one."""
    row = User.objects.active().filter(pk=person).first()
    if row is not None:
        mail.password_link(row, key=f"password.asked:{uuid.uuid4()}")


@reacts_to("endpoint.switched_off")
def tell_who_looks_after_it(endpoint: int, **_more: Any) -> None:
    webhook = Webhook.objects.select_related("organisation", "endpoint")
    row = webhook.filter(endpoint=endpoint, endpoint__is_active=False).first()
    if row is not None:
        mail.webhook_failed(row)
