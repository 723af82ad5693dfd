"""What the scenarios need done inside a house, each in a process of its own."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

from oncall.actions.paging import TICK
from oncall.models import Page, Policy, PolicyVersion
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Scope, Token
from supportdesk.messaging import actions, hints
from supportdesk.messaging.models import Dispatch
from tests import factories as make
from tickets import actions as tickets
from tickets.models import Agreement, EscalationLevel


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


def promises(count: str) -> None:
    """Severe tickets in sam's charge, for a customer who was promised seconds, around the clock:
    their nine levels pass within a minute, and the last of the answer costs sam the ticket.
    """
    for factory in (
        make.OrganisationFactory,
        make.CalendarFactory,
        make.TeamFactory,
        make.ModuleFactory,
        make.UserFactory,
    ):
        factory.reset_sequence(1000)  # another process has used the first numbers
    customer = make.OrganisationFactory()
    opener = make.UserFactory(organisation=customer, roles=[Role.MEMBER])
    team = make.TeamFactory()
    team.calendar.hours.update(opens_minute=0, closes_minute=24 * 60)
    for weekday in (5, 6):
        team.calendar.hours.create(weekday=weekday, opens_minute=0, closes_minute=24 * 60)
    make.UserFactory(email="lea@desk.example", team=team, roles=[Role.LEAD])
    module = make.ModuleFactory(team=team)
    silent, heir = (make.UserFactory(team=team) for _n in range(2))
    for person in (silent, heir):
        make.CompetenceFactory(person=person, module=module)
    EscalationLevel.objects.filter(priority=2, clock="answer", share=150).update(takes_away=True)
    times = {"first_response": 16, "answer": 22, "next_word": 22, "resolution": 28}
    agreement = Agreement.objects.create(
        organisation=customer, during=DateRange(date(2020, 1, 1), None)
    )
    lengths = {name: timedelta(seconds=seconds) for name, seconds in times.items()}
    agreement.lines.create(priority=2, closes_after=30, **lengths)
    facts = {"by": opener, "organisation": customer, "module": module, "customer_priority": 2}
    for _n in range(int(count)):
        tickets.take(make.a_ticket(**facts), by=silent)
