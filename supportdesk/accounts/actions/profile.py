"""What people say about themselves, and how they wish to be told."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import Language, User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid
from supportdesk.messaging import notices
from supportdesk.messaging.models import Preference

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
