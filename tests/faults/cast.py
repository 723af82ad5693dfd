"""What the scenarios need done inside a house, each in a process of its own."""

from __future__ import annotations

from oncall.actions.paging import TICK
from oncall.models import Page, Policy, PolicyVersion
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Scope, Token
from supportdesk.messaging import actions, hints
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


def pages(prefix: str, count: str, delay: str) -> None:
    """Pages of three steps with a person each, who is called by SMS and voice; steps are so many
    seconds long, which no policy that people write could say.
    """
    people = [
        make.UserFactory(email=f"{prefix}{n}@desk.example", organisation=None, roles=[Role.AGENT])
        for n in range(3)
    ]
    minutes = float(delay) / 60
    content = {
        "steps": [{"minutes": minutes, "schedules": [], "people": [one.pk]} for one in people],
        "repeat": 0,
        "last_resort": [],
        "rules": {
            str(one.pk): [[0, "sms", f"+49{one.pk}"], [minutes / 3, "voice", f"+49{one.pk}"]]
            for one in people
        },
    }
    policy = Policy.objects.create(name=prefix)
    version = PolicyVersion.objects.create(policy=policy, digest=prefix, content=content)
    for n in range(int(count)):
        Page.objects.create(
            key=f"{prefix}-{n}", title=f"{prefix}-{n}", policy=policy, version=version
        )
    hints.after_commit(*TICK)
