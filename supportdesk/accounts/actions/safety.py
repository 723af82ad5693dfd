"""What keeps an account its owner's: passwords asked for, factors reset, and letters about both."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supportdesk.accounts import access, mail
from supportdesk.accounts.actions.sessions import end_all
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Refused
from supportdesk.messaging import outbox

# What allauth says has happened to an account, by the name it gives it, in words for its owner.
CHANGES: dict[str, str | Promise] = {
    "password_changed": gettext_lazy("Your password was changed"),
    "password_reset": gettext_lazy("Your password was set anew by a link from a mail"),
    "password_set": gettext_lazy("A password was set for your account"),
    "totp_activated": gettext_lazy("An authenticator app was added to your account"),
    "totp_deactivated": gettext_lazy("The authenticator app was removed from your account"),
    "webauthn_added": gettext_lazy("A passkey or security key was added to your account"),
    "webauthn_removed": gettext_lazy("A passkey or security key was removed from your account"),
    "recovery_codes_generated": gettext_lazy("New recovery codes were made for your account"),
    "account_connected": gettext_lazy("Your account was linked to your organisation's sign-in"),
    "account_disconnected": gettext_lazy("Your account's link to another sign-in was removed"),
}


class NotKnown(Refused):
    code = "not_known"
    status = 403
    title = gettext_lazy("You cannot come in this way")


@transaction.atomic
def ask_for_password(email: str) -> None:
    """Send a link to whoever owns the address, a moment later.

    A stranger asks: known or not, the same is read and written here, so that neither the answer nor
    its time tells.
    """
    person = User.objects.active().filter(email=email.strip().lower()).first()
    outbox.emit("password.asked", person=person.pk if person else None)


@transaction.atomic
def note_change(person: User, change: str, *, ip: str, browser: str) -> None:
    """Write down and tell the owner what was done in their name. They may not have done it."""
    audit.record(f"user.{change}", person, by=person, ip=ip)
    mail.account_changed(person, CHANGES[change], ip=ip, browser=browser)


@transaction.atomic
def come_in(account: SocialAccount, *, domains: Iterable[str], ip: str, browser: str) -> User:
    """Who signs in, by the word of a house that vouches for the addresses of its domains alone.

    The first time, the address that the house has verified finds the person, and the house's own
    number for them is kept. From then on that number counts, and no other of the same house.
    """
    theirs = [domain.lower() for domain in domains]
    claims = account.extra_data["id_token"]
    known = account.pk is not None
    if not known and claims.get("email_verified") is not True:
        raise NotKnown(_("Your organisation's sign-in does not say that your address is yours."))
    wanted = Q(pk=account.user_id) if known else Q(email=str(claims.get("email", "")).lower())
    person = User.objects.active().filter(wanted).select_for_update(no_key=True).first()
    if person is None or person.email.rpartition("@")[2] not in theirs:
        raise NotKnown(_("There is no open account here for this sign-in."))
    if not known:
        if SocialAccount.objects.filter(user=person, provider=account.provider).exists():
            raise NotKnown(_("This account already belongs to another sign-in of your house."))
        account.user = person
        account.save()
        note_change(person, "account_connected", ip=ip, browser=browser)
    return person


@transaction.atomic
def reset_mfa(person: User, *, by: User) -> User:
    """Take all second factors away from somebody who lost theirs, and sign them out everywhere."""
    access.require(by, "user.reset_mfa")
    rows = User.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    person = rows.get(pk=person.pk)
    if person.pk == by.pk:
        raise Refused(_("Nobody resets their own second factor. Please ask somebody else."))
    factors, _kinds = Authenticator.objects.filter(user=person).delete()
    if not factors:
        raise Refused(_("%(name)s has no second factor.") % {"name": person})
    audit.record("user.mfa_reset", person, by=by, factors=factors, sessions=end_all(person))
    mail.account_changed(person, gettext_lazy("Your second factor was removed by the support desk"))
    return person
