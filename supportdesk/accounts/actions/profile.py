"""What people say about themselves, and how they wish to be told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from django.db import transaction
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import Language, User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid
from supportdesk.messaging import notices
from supportdesk.messaging.models import Preference, Quiet

Ways = tuple[bool, bool]  # by mail, in the inbox


@transaction.atomic
def change_profile(*, by: User, name: str, phone: str, language: str) -> User:
    """Saving what is so already leaves no trace."""
    access.require(by, "profile.change")
    if not name.strip():
        raise Invalid.blank("name")
    if language not in Language.values:
        raise Invalid(_("The desk does not speak this language."), "language")
    person = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    said = {"name": name.strip(), "phone": phone.strip(), "language": language}
    changed = [field for field, value in said.items() if getattr(person, field) != value]
    for field in changed:
        setattr(person, field, said[field])
    if changed:
        person.save(update_fields=changed)
        audit.record("profile.changed", person, by=by, changed=changed)
    return person


@transaction.atomic
def change_preferences(wishes: Mapping[str, Ways], *, by: User) -> None:
    """Per event. What is not named stays; what equals the default need not be kept."""
    access.require(by, "profile.change")
    now = {wish.event: wish for wish in notices.preferences(by)}
    if unknown := set(wishes) - set(now):
        raise Invalid(_("Nobody is told about this: %(events)s") % {"events": ", ".join(unknown)})
    changed = {
        event: ways for event, ways in wishes.items() if (now[event].mail, now[event].inbox) != ways
    }
    if not changed:
        return
    Preference.objects.bulk_create(
        [
            Preference(user=by, event=event, mail=mail, inbox=inbox)
            for event, (mail, inbox) in sorted(changed.items())
        ],
        update_conflicts=True,
        unique_fields=["user", "event"],
        update_fields=["mail", "inbox"],
    )
    audit.record("preferences.changed", by, by=by, changed=changed)


@transaction.atomic
def change_quiet(
    *, by: User, begins: time | None, ends: time | None, gathers_at: time | None
) -> Quiet:
    """When mail keeps quiet, in the desk's zone; what is urgent comes all the same.

    Quiet hours have a beginning and an end. What waits already keeps the time it was given.
    """
    access.require(by, "profile.change")
    if (begins is None) != (ends is None):
        field = "begins" if begins is None else "ends"
        raise Invalid(_("Quiet hours have a beginning and an end."), field)
    if begins is not None and begins == ends:
        raise Invalid(_("A whole day of quiet is no mail at all: untick it below."), "ends")
    row, _new = Quiet.objects.select_for_update().get_or_create(user=by)
    now = (row.begins, row.ends, row.gathers_at)
    if now != (begins, ends, gathers_at):
        row.begins, row.ends, row.gathers_at = begins, ends, gathers_at
        row.save()
        audit.record("quiet.changed", by, by=by)
    return row
