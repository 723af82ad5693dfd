"""Tokens with which a person's programs call the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supportdesk.accounts import access
from supportdesk.accounts.models import Scope, Token, User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused

LONGEST = timedelta(days=366)
MOST = 25  # of one person; who needs more has forgotten to revoke


@transaction.atomic
def create_token(
    *, by: User, name: str, scopes: Iterable[str], lasts: timedelta
) -> tuple[Token, str]:
    """The token and its secret, which is nowhere kept: it is shown once.

    Invalid where a living token has the name already: so a page sent twice makes one token.
    """
    access.require(by, "token.create")
    if not name.strip():
        raise Invalid.blank("name")
    asked = set(scopes)
    if not asked:
        raise Invalid(_("Please choose what the token may touch."), "scopes")
    if asked - set(offered_scopes(by)):
        raise Invalid(_("Your roles do not include this scope."), "scopes")
    if not timedelta() < lasts <= LONGEST:
        raise Invalid(_("A token is valid for a year at most."), "lasts")
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # so that two do not both fit
    if Token.objects.filter(user=by).count() >= MOST:
        raise Refused(_("You have many tokens already. Please revoke one first."))
    living = Token.objects.filter(user=by).exclude(expiry__lte=timezone.now())
    if living.filter(name=name.strip()).exists():
        raise Invalid(_("You have a token of this name already."), "name")
    facts = {"name": name.strip(), "scopes": [scope for scope in Scope.values if scope in asked]}
    token, secret = Token.objects.create(user=by, expiry=lasts, **facts)
    audit.record("token.created", by, by=by, token=token.token_key, **facts)
    return token, secret


@transaction.atomic
def revoke_token(token: Token, *, by: User) -> None:
    """Dead at once. Everybody revokes their own."""
    access.require(by, "token.revoke")
    token = Token.objects.select_for_update().get(pk=token.pk, user=by)
    token.delete()
    audit.record("token.revoked", by, by=by, token=token.token_key, name=token.name)


def offered_scopes(person: User) -> list[Scope]:
    """A scope never widens what its owner may; one that could do nothing is not offered."""
    needed = {
        Scope.IMPORTS: "system.report",
        Scope.WEBHOOKS: "webhook.manage",
        Scope.DEFECTS: "defect.view",
        Scope.ALARMS: "page.open",
        Scope.PAGES: "page.view",
    }
    return [one for one in Scope if one not in needed or access.may(person, needed[one])]
