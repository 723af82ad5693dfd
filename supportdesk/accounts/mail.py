"""Letters about people: invitations, and what became of them."""

from __future__ import annotations

import uuid

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Invitation, User, Webhook
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


def webhook_failed(webhook: Webhook) -> None:
    """To its coordinators, or for a system of the house to the administrators, once per row of
    failures.
    """
    ours = webhook.organisation is None
    page = "admin:accounts_webhook_change" if ours else "webhook"
    people = User.objects.active().holding(Role.ADMIN if ours else Role.COORDINATOR)
    for person in people.filter(organisation=webhook.organisation):
        notices.tell(
            person,
            "webhook.failed",
            "webhook/failed",
            key=f"webhook.failed:{webhook.pk}:{uuid.uuid4()}",
            url=reverse(page, args=[webhook.pk]),
            webhook=webhook,
            link=_link(reverse(page, args=[webhook.pk])),
        )


def password_link(person: User, *, key: str) -> None:
    """The link dies with the password it replaces, and by itself soon."""
    parts = {
        "uidb36": user_pk_to_url_str(person),
        "key": default_token_generator.make_token(person),
    }
    dispatch.mail(
        person,
        "account/password",
        key=key,
        pace=dispatch.URGENT,
        minutes=settings.PASSWORD_RESET_TIMEOUT // 60,
        link=_link(reverse("account_reset_password_from_key", kwargs=parts)),
    )


def account_changed(
    person: User, change: str | Promise, *, ip: str = "", browser: str = ""
) -> None:
    """Every time anew: two changes are never one letter."""
    dispatch.mail(
        person,
        "account/changed",
        key=f"account.changed:{uuid.uuid4()}",
        change=change,
        at=timezone.now(),
        ip=ip,
        browser=browser,
        link=_link(reverse("account_reset_password")),
    )


def _link(path: str) -> str:
    return settings.BASE_URL.rstrip("/") + path
