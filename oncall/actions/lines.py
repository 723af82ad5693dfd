"""How a person is called: lines added, confirmed by the code that was sent there, removed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from oncall import mail
from oncall.models import ContactChannel
from oncall.models.channel import LONGEST
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused, WrongState

MOST_TRIES = 5
NUMBER = RegexValidator(r"^\+[1-9][0-9]{6,14}$")  # E.164
Kind = ContactChannel.Kind


@transaction.atomic
def add_line(*, by: User, kind: str, address: str) -> ContactChannel:
    """A line of one's own. It counts once confirmed; one's account address is so already."""
    access.require(by, "contactchannel.change")
    address = _checked(kind, address)
    if ContactChannel.objects.filter(person=by, kind=kind, address=address).exists():
        raise Invalid(_("You have this one already."), "address")
    facts = {"person": by, "kind": kind, "address": address}
    if kind == Kind.MAIL and address == by.email:
        line = ContactChannel.objects.create(confirmed_at=timezone.now(), **facts)
    else:
        secret = f"{secrets.randbelow(10**6):06}"
        line = ContactChannel.objects.create(code=make_password(secret), **facts)
        mail.code(line, secret)
    audit.record("contactchannel.added", line, by=by, kind=kind)
    return line


@transaction.atomic
def confirm_line(line: ContactChannel, *, by: User, code: str) -> ContactChannel:
    """Give back the code. Raises Invalid for another one; after five it takes a new line.

    The try is counted also where it fails, so the caller must not roll back what it raises.
    """
    line = _claim(line, by=by)
    if line.confirmed_at is not None:
        raise WrongState(_("confirmed"), _("confirmed"))
    if line.tries >= MOST_TRIES:
        raise Refused(_("Too many wrong codes. Please remove it and add it again."))
    line.tries += 1
    if check_password(code.strip(), line.code):
        line.confirmed_at, line.code = timezone.now(), ""
        audit.record("contactchannel.confirmed", line, by=by)
    line.save(update_fields=["tries", "confirmed_at", "code"])
    return line


@transaction.atomic
def set_rules(line: ContactChannel, *, by: User, minutes: Iterable[int]) -> ContactChannel:
    """How long after a step this line is used, once or several times."""
    line = _claim(line, by=by)
    wanted = sorted(set(minutes))
    if any(not 0 <= minute <= LONGEST for minute in wanted):
        raise Invalid(_("Please give minutes within a day."), "minutes")
    line.rules.all().delete()
    for minute in wanted:
        line.rules.create(minutes=minute)
    audit.record("contactchannel.ruled", line, by=by, minutes=wanted)
    return line


@transaction.atomic
def remove_line(line: ContactChannel, *, by: User) -> None:
    """Pages that are open keep it as it was when they opened."""
    line = _claim(line, by=by)
    audit.record("contactchannel.removed", line, by=by, kind=line.kind)
    line.delete()


def _claim(line: ContactChannel, *, by: User) -> ContactChannel:
    access.require(by, "contactchannel.change")
    return ContactChannel.objects.visible_to(by).select_for_update().get(pk=line.pk)


def _checked(kind: str, address: str) -> str:
    address = address.strip().lower() if kind == Kind.MAIL else "".join(address.split())
    try:
        (validate_email if kind == Kind.MAIL else NUMBER)(address)
    except ValidationError as error:
        wrong = _("Please give a mail address, or a number like +49 170 1234567.")
        raise Invalid(wrong, "address") from error
    return address
