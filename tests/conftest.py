"""The cast: two insurers who must not see each other, a provider between them, and the vendor."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import translation
from hypothesis import settings

from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Organisation, User
from tests.entrance.house import CLIENT, SECRET, House, serve
from tests.factories import (
    CalendarFactory,
    CompetenceFactory,
    MandateFactory,
    ModuleFactory,
    OrganisationFactory,
    SystemFactory,
    TeamFactory,
    TopicFactory,
    UserFactory,
    a_finding,
    a_ticket,
)
from tests.gateway import gateway  # noqa: F401 - a fixture for all rooms
from tests.receivers import receiver  # noqa: F401 - a fixture for all rooms
from tickets import actions
from tickets.models import Message, Ticket

# No test is timed: what is slow here may only wait for its turn.
settings.register_profile("house", deadline=None)
settings.register_profile("prove", deadline=None, max_examples=2000)  # make prove
settings.load_profile("house")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests with real transactions empty the tables by TRUNCATE, which the audit record refuses."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE %s",
            ["%not_truncated%"],
        )
        for table, trigger in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{trigger}"')


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """What no reader's setting decides is said in English, in whatever order the tests run."""
    with translation.override("en"):
        yield


@pytest.fixture
def own_counters(settings: Any) -> None:
    """Rate limits count in Valkey, which other tests and other workers use at the same time."""
    ours = {**settings.CACHES["default"], "KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = {**settings.CACHES, "default": ours}


@pytest.fixture
def house(settings: Any) -> Iterator[House]:
    """Alpina's own sign-in, with alice before it."""
    house = House({"sub": "a-1", "email": "Alice@Alpina.example", "email_verified": True})
    server = serve(house)
    app = {
        "provider_id": "alpina",
        "name": "Alpina Krankenkasse",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": {"server_url": house.url, "domains": ["alpina.example"]},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    yield house
    server.shutdown()
    server.server_close()


@pytest.fixture
def calendar(db):
    return CalendarFactory(name="Kernzeit")


@pytest.fixture
def team(calendar):
    return TeamFactory(name="Leistungen", calendar=calendar)


@pytest.fixture
def other_team(calendar):
    return TeamFactory(name="Beiträge", calendar=calendar)


@pytest.fixture
def alpina(db):
    return OrganisationFactory(
        name="Alpina Krankenkasse", code="ALP", state="BY", mail_domains=["alpina.example"]
    )


@pytest.fixture
def hansa(db):
    return OrganisationFactory(
        name="Hansa BKK", code="HAN", state="HH", mail_domains=["hansa.example"]
    )


@pytest.fixture
def nord(hansa):
    """The provider, with a mandate for Hansa only."""
    nord = OrganisationFactory(
        name="Rechenzentrum Nord", code="NORD", state="SH", kind=Organisation.Kind.PROVIDER
    )
    MandateFactory(provider=nord, insurer=hansa)
    return nord


@pytest.fixture
def alice(alpina):
    return UserFactory(
        name="Alice Moser", email="alice@alpina.example", organisation=alpina, roles=[Role.MEMBER]
    )


@pytest.fixture
def carol(alpina):
    return UserFactory(
        name="Carol Brandt",
        email="carol@alpina.example",
        organisation=alpina,
        roles=[Role.COORDINATOR],
    )


@pytest.fixture
def mallory(hansa):
    return UserFactory(
        name="Mallory Harms",
        email="mallory@hansa.example",
        organisation=hansa,
        roles=[Role.COORDINATOR],
    )


@pytest.fixture
def paul(nord):
    return UserFactory(
        name="Paul Petersen", email="paul@nord.example", organisation=nord, roles=[Role.MEMBER]
    )


@pytest.fixture
def sam(team):
    return UserFactory(name="Sam Winter", email="sam@desk.example", team=team, roles=[Role.AGENT])


@pytest.fixture
def lea(team):
    return UserFactory(name="Lea Hoffmann", email="lea@desk.example", team=team, roles=[Role.LEAD])


@pytest.fixture
def dev(db):
    return UserFactory(name="Dev Okafor", email="dev@desk.example", roles=[Role.DEVELOPER])


@pytest.fixture
def rita(db):
    return UserFactory(name="Rita Sommer", email="rita@desk.example", roles=[Role.RELEASE_MANAGER])


@pytest.fixture
def tom(db):
    return UserFactory(name="Tom Berger", email="tom@desk.example", roles=[Role.TRAINER])


@pytest.fixture
def ada(db):
    return UserFactory(name="Ada Keller", email="ada@desk.example", roles=[Role.ADMIN])


@pytest.fixture
def audrey(db):
    return UserFactory(name="Audrey Stein", email="audrey@desk.example", roles=[Role.AUDITOR])


@pytest.fixture
def desk(db):
    return User.objects.desk()


@pytest.fixture
def module(team):
    return ModuleFactory(code="krankengeld", name="Krankengeld", team=team)


@pytest.fixture
def topic(module):
    topic = TopicFactory(name="Storno im Zahllauf")
    topic.modules.add(module)
    return topic


@pytest.fixture
def system(alpina):
    return SystemFactory(organisation=alpina, code="ALP-P1")


@pytest.fixture
def competent_sam(sam, module):
    CompetenceFactory(person=sam, module=module, level=3)
    return sam


@pytest.fixture
def new_ticket(alice, module, alpina) -> Ticket:
    return a_ticket(by=alice, module=module, organisation=alpina)


@pytest.fixture
def open_ticket(new_ticket, sam) -> Ticket:
    return actions.take(new_ticket, by=sam)


@pytest.fixture
def waiting_ticket(open_ticket, sam) -> Ticket:
    return actions.wait_for_customer(
        open_ticket, by=sam, question="Which run?", channel=Message.Channel.OFFICE
    )


@pytest.fixture
def resolved_ticket(open_ticket, sam) -> Ticket:
    return actions.resolve(
        open_ticket,
        by=sam,
        answer="Fixed in SP 4.",
        finding=a_finding(),
        channel=Message.Channel.OFFICE,
    )


@pytest.fixture
def closed_ticket(resolved_ticket, alice) -> Ticket:
    return actions.confirm(resolved_ticket, by=alice)


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Call a function n times at the same moment, each in a connection of its own.

    Returns what each call returned, or the class of what it raised. Needs a test with
    `django_db(transaction=True)`.
    """

    def run(times: int, call: Callable[[], Any]) -> list[Any]:
        start = Barrier(times)

        def one(_n: int) -> Any:
            start.wait()
            try:
                return call()
            except Exception as error:
                return type(error)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(one, range(times)))

    return run
