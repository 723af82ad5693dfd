"""Whether somebody may come in, and what they may do."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.access import Role
from supportdesk.accounts.actions.roles import fitting
from supportdesk.accounts.actions.sessions import end_all
from supportdesk.accounts.models import Token, User
from supportdesk.audit import actions as audit
from supportdesk.errors import NotAllowed, Refused, WrongState
from supportdesk.messaging import outbox

# Without one of these nobody could let anybody in: the last active one stays.
KEEPERS = [Role.COORDINATOR, Role.ADMIN]


@transaction.atomic
def disable_user(person: User, *, by: User) -> User:
    """Close the account. Whatever is signed in with it, by browser or token, is out at once."""
    person = _claim(person, "user.disable", by=by)
    if person.pk == by.pk:
        raise Refused(_("Nobody closes their own account. Please ask somebody else to do it."))
    if not person.is_active:
        raise WrongState(_("disabled"), _("disabled"))
    _refuse_last(person, set(person.roles))
    person.is_active = False
    person.save(update_fields=["is_active"])
    sessions = end_all(person)
    tokens, _kinds = Token.objects.filter(user=person).delete()
    audit.record("user.disabled", person, by=by, sessions=sessions, tokens=tokens)
    outbox.emit("user.disabled", person=person.pk, by=by.pk)
    return person


@transaction.atomic
def enable_user(person: User, *, by: User) -> User:
    """Open the account again, with the roles it had; tokens are made anew."""
    person = _claim(person, "user.enable", by=by)
    if person.is_active:
        raise WrongState(_("active"), _("active"))
    person.is_active = True
    person.save(update_fields=["is_active"])
    audit.record("user.enabled", person, by=by)
    outbox.emit("user.enabled", person=person.pk, by=by.pk)
    return person


@transaction.atomic
def grant_roles(person: User, *, by: User, roles: Iterable[str]) -> User:
    """From now on exactly these. They count from the next click on."""
    person = _claim(person, "user.grant", by=by)
    had, wanted = person.roles, fitting(roles, person.organisation)
    if set(had) == set(wanted):
        raise Refused(_("%(name)s has exactly these roles already.") % {"name": person})
    _refuse_last(person, set(had) - set(wanted))
    person.roles = wanted
    person.save(update_fields=["roles"])
    audit.record("user.granted", person, by=by, was=had, now=wanted)
    outbox.emit("user.granted", person=person.pk, by=by.pk)
    return person


def _claim(person: User, verb: str, *, by: User) -> User:
    """Lock the person and all who could let others in, in one order: two threads that would
    each remove the other's last reason to stay wait for one another.
    """
    access.require(by, verb)
    person = User.objects.visible_to(by).get(pk=person.pk)
    ours = by.is_vendor or person.organisation_id == by.organisation_id
    if not ours or Role.SYSTEM in person.roles:
        raise NotAllowed(verb)
    rows = User.objects.filter(Q(pk=person.pk) | _keepers_beside(person))
    locked = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    return {row.pk: row for row in locked}[person.pk]


def _keepers_beside(person: User) -> Q:
    return Q(organisation=person.organisation_id, is_active=True, roles__overlap=KEEPERS)


def _refuse_last(person: User, lost: set[str]) -> None:
    """The last coordinator of a customer, unless it is closed; the last administrator."""
    ours = person.organisation
    if not person.is_active or (ours is not None and not ours.is_active):
        return
    others = User.objects.active().filter(organisation=ours).exclude(pk=person.pk)
    for role in KEEPERS:
        if role in lost and not others.holding(role).exists():
            words = _(
                "%(name)s is the last one with the role “%(role)s”. Give it to another first."
            )
            raise Refused(words % {"name": person, "role": role.label})
