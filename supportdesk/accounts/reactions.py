"""What else happens when something happened to a person."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from supportdesk.accounts import mail
from supportdesk.accounts.models import Invitation, User
from supportdesk.messaging import notices
from supportdesk.messaging.outbox import reacts_to

notices.EVENTS["invitation.accepted"] = _("Somebody I invited has joined")


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
