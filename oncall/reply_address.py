"""Where an answer to a page's letter goes, and how it is read when it comes.

Reply-To is support+page-48-<signature>@...: signed over page and person with a key of its own, so
that no ticket's address opens a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.crypto import salted_hmac

from oncall.models import ContactChannel, Page
from supportdesk.accounts.models import User
from supportdesk.intake import signing
from supportdesk.messaging import about
from supportdesk.messaging.models import Dispatch

EXTENSION = re.compile(r"\+page-((\d{1,18})-[a-z2-7]{32})@")
UUIDS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE)


def header(page: Page, person: User) -> dict[str, str]:
    """Nothing where no mail comes in."""
    if not settings.MAIL_REPLY_ADDRESS:
        return {}
    token = signing.token(_key(), page.pk, person.pk)
    return {"Reply-To": signing.plus_address(settings.MAIL_REPLY_ADDRESS, f"page-{token}")}


def named(recipients: Iterable[str]) -> tuple[int, str] | None:
    """The page that an address names, and the token. Not yet checked."""
    for address in recipients:
        if match := EXTENSION.search(address.lower()):
            return int(match[2]), match[1]
    return None


def holder(number: int, token: str, sender: str) -> User | None:
    """Whose letter it was, if the sender's address is one on which they are called."""
    lines = ContactChannel.objects.confirmed().filter(kind="mail", address__iexact=sender)
    people = User.objects.active().filter(Q(email=sender) | Q(pk__in=lines.values("person")))
    if not sender:
        return None
    key = _key()
    return next(
        (one for one in people if signing.is_genuine(key, number, one.pk, token)),
        None,
    )


def showed_the_note(page: Page, person: User, references: Iterable[str]) -> bool:
    """Whether a letter that is answered had the hand-over note in it: a letter has the last one."""
    unread = list(page.hand_overs.filter(read_by=None)[:2])
    if len(unread) != 1:
        return False
    keys = [UUID(match[1]) for one in references if (match := UUIDS.search(one))]
    letters = Dispatch.objects.filter(idempotency_key__in=keys, recipient=person)
    return letters.filter(**about.facts(page), created_at__gte=unread[0].at).exists()


def _key() -> bytes:
    return salted_hmac("oncall.reply_address", "", algorithm="sha256").digest()
