"""Letters about people: invitations, and what became of them."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from supportdesk.accounts.models import Invitation, User
from supportdesk.messaging import dispatch, notices


def invited(invitation: Invitation, secret: str) -> None:
    """The one place where the link is written out."""
    dispatch.mail_to(
        invitation.email,
        invitation.language,
        "invitation/invited",
        key=f"invitation:{invitation.pk}:{invitation.digest[:16]}",
        invitation=invitation,
        link=_link(reverse("invitation_link", args=[secret])),
    )


def joined(invitation: Invitation, person: User) -> None:
    inviter = invitation.invited_by
    page = "admin:index" if inviter.is_vendor else "organisation"
    notices.tell(
        inviter,
        "invitation.accepted",
        "invitation/joined",
        key=f"invitation.accepted:{invitation.pk}",
        url=reverse(page),
        joined=person,
        link=_link(reverse(page)),
    )


def _link(path: str) -> str:
    return settings.BASE_URL.rstrip("/") + path
