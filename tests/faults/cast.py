"""What the scenarios need done inside a house, each in a process of its own."""

from __future__ import annotations

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Scope, Token
from supportdesk.messaging import actions
from supportdesk.messaging.models import Dispatch
from tests import factories as make


def alices_token() -> str:
    """Everybody is made for the occasion; the secret of Alice's new API token."""
    alpina = make.OrganisationFactory(code="ALP", mail_domains=["alpina.example"])
    alice = make.UserFactory(
        email="alice@alpina.example", organisation=alpina, roles=[Role.COORDINATOR]
    )
    team = make.TeamFactory()
    sam = make.UserFactory(email="sam@desk.example", team=team)
    module = make.ModuleFactory(code="krankengeld", team=team)
    make.CompetenceFactory(person=sam, module=module, level=3)
    return Token.objects.create(user=alice, name="faults", scopes=Scope.values)[1]


def try_again() -> None:
    """What an administrator does with messages that were given up."""
    ada = make.UserFactory(roles=[Role.ADMIN])
    for row in Dispatch.objects.dead():
        actions.retry_dispatch(row, by=ada)
