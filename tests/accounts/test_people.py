"""Who may close an account or give a role, and that somebody is always left who can."""

import threading
import time

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from supportdesk.accounts import actions
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Organisation, Scope, Token, User
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging.models import Event
from tests.factories import UserFactory

PASSWORD = "leise-rieselt-4711"
VERBS = {
    "disable": actions.disable_user,
    "enable": actions.enable_user,
    "grant": lambda person, by: actions.grant_roles(person, by=by, roles=["coordinator"]),
}
each_verb = pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())


@pytest.fixture
def carla(alpina):
    """A second coordinator."""
    return UserFactory(name="Carla", organisation=alpina, roles=[Role.COORDINATOR])


def signed_in(person):
    """Through the door, as people do: a browser that holds a session."""
    if not person.check_password(PASSWORD):
        person.set_password(PASSWORD)
        person.save()
    browser = Client()
    browser.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert browser.get(reverse("home")).status_code == 200
    return browser


def test_a_disabled_colleague_is_out_at_once_by_browser_and_token(alice, carol):
    browsers = [signed_in(alice), signed_in(alice)]
    _token, secret = Token.objects.create(alice, name="x", scopes=[Scope.TICKETS_READ])
    api = Client(headers={"Authorization": f"Token {secret}"})
    assert api.get("/api/v1/me/").status_code == 200

    person = actions.disable_user(alice, by=carol)

    assert not person.is_active
    for browser in browsers:
        assert browser.get(reverse("home")).url.startswith(reverse("account_login"))
    assert api.get("/api/v1/me/").status_code == 401
    assert not Session.objects.exists()
    entry = Entry.objects.get(verb="user.disabled")
    assert (entry.by, entry.facts) == (carol, {"sessions": 2, "tokens": 1})
    assert Event.objects.get().name == "user.disabled"


def test_enabled_again_they_sign_in_anew_and_old_sessions_stay_dead(alice, carol):
    browser = signed_in(alice)
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value

    actions.enable_user(actions.disable_user(alice, by=carol), by=carol)

    browser.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert browser.get(reverse("home")).status_code == 302
    assert signed_in(User.objects.get(pk=alice.pk))
    assert Entry.objects.filter(verb="user.enabled").count() == 1


def test_a_member_becomes_coordinator_from_the_next_click_on(alice, carol):
    person = actions.grant_roles(alice, by=carol, roles=["coordinator", "member", "member"])

    assert person.roles == ["member", "coordinator"]
    entry = Entry.objects.get()
    assert entry.facts == {"was": ["member"], "now": ["member", "coordinator"]}
    assert Event.objects.get().name == "user.granted"


def test_what_is_so_already_is_refused(alice, carol):
    with pytest.raises(WrongState):
        actions.enable_user(alice, by=carol)
    with pytest.raises(Refused):
        actions.grant_roles(alice, by=carol, roles=["member"])
    actions.disable_user(alice, by=carol)
    with pytest.raises(WrongState):
        actions.disable_user(alice, by=carol)


@each_verb
def test_members_agents_and_leads_do_none_of_it(verb, alice, carol, sam, lea):
    for person in (alice, sam, lea):
        with pytest.raises(NotAllowed):
            verb(carol, by=person)
    assert not Entry.objects.exists()


@each_verb
def test_another_customers_people_do_not_exist(verb, alice, mallory):
    with pytest.raises(User.DoesNotExist):
        verb(alice, by=mallory)


@each_verb
def test_a_mandate_gives_no_say_over_the_insurers_people(verb, mallory, nord):
    wiebke = UserFactory(organisation=nord, roles=[Role.COORDINATOR])

    with pytest.raises(NotAllowed):
        verb(mallory, by=wiebke)


@each_verb
def test_coordinators_do_not_see_staff_and_nobody_touches_the_desk_itself(
    verb, sam, desk, carol, ada
):
    with pytest.raises(User.DoesNotExist):
        verb(sam, by=carol)
    with pytest.raises(NotAllowed):
        verb(desk, by=ada)


def test_nobody_closes_their_own_account(carol, carla, ada):
    UserFactory(roles=[Role.ADMIN])

    for person in (carol, ada):
        with pytest.raises(Refused):
            actions.disable_user(person, by=person)


@pytest.mark.parametrize("roles", [[], ["agent"], ["member", "auditor"], ["system"]])
def test_no_customer_holds_a_role_of_the_vendor(roles, alice, carol, ada):
    for by in (carol, ada):
        with pytest.raises(Invalid):
            actions.grant_roles(alice, by=by, roles=roles)


def test_an_admin_gives_staff_roles_but_not_the_desks_own(sam, ada):
    assert actions.grant_roles(sam, by=ada, roles=["lead", "agent"]).roles == ["agent", "lead"]
    with pytest.raises(Invalid):
        actions.grant_roles(sam, by=ada, roles=["system"])


def test_the_last_coordinator_stays(carol, alice, ada):
    with pytest.raises(Refused, match="last"):
        actions.disable_user(carol, by=ada)
    with pytest.raises(Refused, match="last"):
        actions.grant_roles(carol, by=carol, roles=["member"])

    alice = actions.grant_roles(alice, by=carol, roles=["member", "coordinator"])
    assert actions.grant_roles(carol, by=alice, roles=["member"])


def test_a_disabled_coordinator_is_no_reason_to_lose_the_last_active_one(carol, carla, ada):
    actions.disable_user(carla, by=carol)

    with pytest.raises(Refused):
        actions.disable_user(carol, by=ada)


def test_a_closed_customer_may_lose_its_last_coordinator(carol, ada, alpina):
    Organisation.objects.filter(pk=alpina.pk).update(is_active=False)

    assert not actions.disable_user(carol, by=ada).is_active


def test_the_last_administrator_stays(ada):
    with pytest.raises(Refused, match="last"):
        actions.grant_roles(ada, by=ada, roles=["agent"])

    bea = UserFactory(roles=[Role.ADMIN])
    actions.disable_user(ada, by=bea)
    with pytest.raises(Refused, match="last"):
        actions.grant_roles(bea, by=bea, roles=["agent"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN])
def test_two_who_disable_each_other_at_once_leave_one(role, alpina, at_once):
    ours = alpina if role == Role.COORDINATOR else None
    for _round in range(5):
        pair = [UserFactory(organisation=ours, roles=[role]) for _n in range(2)]
        turns = [(pair[0], pair[1]), (pair[1], pair[0])]

        def one(turns=turns):
            person, by = turns.pop()
            return actions.disable_user(person, by=by)

        outcomes = at_once(2, one)

        assert outcomes.count(Refused) == 1
        left = User.objects.active().filter(organisation=ours).holding(role)
        assert left.count() == 1
        left.update(roles=[])


@pytest.mark.django_db(transaction=True)
def test_two_who_step_back_at_once_leave_one(carol, carla, at_once):
    turns = [carol, carla]

    def step_back():
        person = turns.pop()
        return actions.grant_roles(person, by=person, roles=["member"])

    outcomes = at_once(2, step_back)

    assert outcomes.count(Refused) == 1
    assert User.objects.holding(Role.COORDINATOR).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_process_that_starts_while_another_makes_the_desk_finds_it():
    User.objects.filter(roles=["system"]).delete()
    made, found = threading.Event(), []

    def start() -> None:
        made.wait()
        try:
            found.append(User.objects.desk().pk)
        finally:
            connection.close()

    other = threading.Thread(target=start)
    other.start()
    with transaction.atomic():
        desk = User.objects.desk()
        made.set()
        time.sleep(0.5)  # the other one has seen nothing, and waits for the name
    other.join()

    assert found == [desk.pk]
