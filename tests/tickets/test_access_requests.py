"""Access to a customer's system opens with their yes, within its window, and is written down."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from supportdesk.accounts.models import Mandate, Service
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from tests.factories import MandateFactory, SystemFactory, UserFactory
from tickets import actions
from tickets.models import AccessRequest

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def asked(ticket, by, system, *, starts=-HOUR, ends=HOUR) -> AccessRequest:
    now = timezone.now()
    return actions.ask_access(
        ticket,
        by=by,
        system=system,
        purpose="Read the run's log.",
        starts_at=now + starts,
        ends_at=now + ends,
    )


@pytest.fixture
def wanted(open_ticket, sam, system) -> AccessRequest:
    return asked(open_ticket, sam, system)


@pytest.fixture
def granted(wanted, carol) -> AccessRequest:
    return actions.approve_access(wanted, by=carol)


def kinds(row: AccessRequest) -> list[str]:
    return list(row.log.values_list("kind", flat=True))


def test_approved_by_the_customer_it_is_used_and_every_step_is_in_the_log(granted, sam):
    actions.begin_use(granted, by=sam)
    actions.end_use(granted, by=sam, done="Read job 4711.")
    actions.end_access(granted, by=sam)

    assert kinds(granted) == ["asked", "approved", "begun", "done", "ended"]
    told = Entry.objects.filter(subject_type="tickets.accessrequest")
    assert set(told.values_list("verb", flat=True)) == {f"access.{kind}" for kind in kinds(granted)}


def test_before_the_yes_and_after_a_no_it_is_not_used(wanted, sam, carol):
    with pytest.raises(WrongState):
        actions.begin_use(wanted, by=sam)
    with pytest.raises(Invalid):
        actions.decline_access(wanted, by=carol, answer=" ")
    actions.decline_access(wanted, by=carol, answer="Not during the run.")
    with pytest.raises(WrongState):
        actions.begin_use(wanted, by=sam)
    with pytest.raises(WrongState):
        actions.approve_access(wanted, by=carol)


def test_only_coordinators_of_the_customer_decide(wanted, alice, sam, lea, mallory):
    for person in (alice, sam, lea):
        with pytest.raises(NotAllowed):
            actions.approve_access(wanted, by=person)
    with pytest.raises(AccessRequest.DoesNotExist):
        actions.approve_access(wanted, by=mallory)


def test_a_provider_decides_only_under_a_mandate_that_carries_access(wanted, nord, alpina):
    pat = UserFactory(organisation=nord, roles=["coordinator"])
    MandateFactory(provider=nord, insurer=alpina, carries=[Service.TICKETS])
    with pytest.raises(AccessRequest.DoesNotExist):
        actions.approve_access(wanted, by=pat)
    Mandate.objects.filter(insurer=alpina).update(carries=[Service.TICKETS, Service.ACCESS])

    assert actions.approve_access(wanted, by=pat).state == "approved"


def test_nobody_but_the_one_who_asked_uses_it(granted):
    other = UserFactory(roles=["agent"])
    for verb in (actions.begin_use, actions.end_access):
        with pytest.raises(NotAllowed):
            verb(granted, by=other)


def test_four_eyes_are_kept_by_the_database(wanted, sam):
    rows = AccessRequest.objects.filter(pk=wanted.pk)
    with pytest.raises(IntegrityError, match="nobody_approves_their_own_access"):
        rows.update(state="approved", decided_by=sam)


@pytest.mark.parametrize(
    "change",
    [
        {"during": DateTimeTZRange(timezone.now(), timezone.now() + timedelta(days=99))},
        {"purpose": "More."},
        {"state": "asked"},
    ],
)
def test_what_was_approved_stays_what_it_was(granted, change):
    with pytest.raises(Error):
        AccessRequest.objects.filter(pk=granted.pk).update(**change)


def test_the_log_cannot_be_changed_or_shortened(granted):
    for change in (lambda: granted.log.update(text="x"), lambda: granted.log.all().delete()):
        with pytest.raises(Error, match="Cannot"), transaction.atomic():
            change()
    assert kinds(granted) == ["asked", "approved"]


def test_before_its_window_it_is_not_open(open_ticket, sam, carol, system):
    row = asked(open_ticket, sam, system, starts=HOUR, ends=2 * HOUR)
    actions.approve_access(row, by=carol)

    assert not AccessRequest.objects.usable().exists()
    with pytest.raises(WrongState, match="not open yet"):
        actions.begin_use(row, by=sam)


def test_a_second_later_it_cannot_be_used_whatever_we_believe(open_ticket, sam, carol, system):
    """Its end is by the database's clock: the program's own may stand still."""
    row = asked(open_ticket, sam, system, ends=timedelta(seconds=1.5))
    actions.approve_access(row, by=carol)
    actions.begin_use(row, by=sam)
    assert AccessRequest.objects.usable().filter(pk=row.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_sleep_until(upper(during)) FROM tickets_accessrequest WHERE id = %s",
            [row.pk],
        )

    assert not AccessRequest.objects.usable().exists()  # in the very same transaction
    assert AccessRequest.objects.in_phase().get().phase == "expired"
    with pytest.raises(IntegrityError, match="only while it is open"), transaction.atomic():
        row.log.create(kind="begun", by=sam)
    actions.end_use(row, by=sam, done="Read the log.")  # what was done is still written
    with pytest.raises(WrongState, match="Expired"):
        actions.begin_use(row, by=sam)


def test_a_question_whose_window_is_over_is_not_approved_any_more(open_ticket, sam, carol, system):
    row = asked(open_ticket, sam, system, ends=timedelta(seconds=0.3))
    time.sleep(0.4)

    assert not AccessRequest.objects.waiting_for(carol).exists()
    with pytest.raises(Refused, match="window is over"):
        actions.approve_access(row, by=carol)


def test_the_customer_revokes_in_the_middle_of_a_use(granted, sam, carol):
    actions.begin_use(granted, by=sam)
    actions.revoke_access(granted, by=carol, answer="The run starts.")

    actions.end_use(granted, by=sam, done="Left at once.")
    with pytest.raises(WrongState):
        actions.begin_use(granted, by=sam)
    assert kinds(granted)[-3:] == ["begun", "revoked", "done"]


def test_a_use_has_an_end_before_the_next_begins(granted, sam):
    with pytest.raises(Refused, match="No use"):
        actions.end_use(granted, by=sam, done="Nothing.")
    actions.begin_use(granted, by=sam)
    with pytest.raises(Refused, match="in already"):
        actions.begin_use(granted, by=sam)
    with pytest.raises(Refused, match="in still"):
        actions.end_access(granted, by=sam)
    with pytest.raises(Invalid):
        actions.end_use(granted, by=sam, done=" ")


def test_what_is_asked_for_is_sensible(open_ticket, sam, alice, system, hansa):
    foreign = SystemFactory(organisation=hansa)
    with pytest.raises(Invalid, match="system of this customer"):
        asked(open_ticket, sam, foreign)
    for starts, ends in ((HOUR, HOUR), (-2 * HOUR, -HOUR), (HOUR, timedelta(days=15))):
        with pytest.raises(Invalid):
            asked(open_ticket, sam, system, starts=starts, ends=ends)
    with pytest.raises(NotAllowed):
        asked(open_ticket, alice, system)
    asked(open_ticket, sam, system)
    with pytest.raises(Refused, match="already"):
        asked(open_ticket, sam, system)


def test_a_ticket_that_is_done_opens_no_system(granted, resolved_ticket, sam, system):
    with pytest.raises(WrongState):
        actions.begin_use(granted, by=sam)
    with pytest.raises(WrongState):
        asked(resolved_ticket, sam, system)


def test_a_question_is_taken_back_by_whoever_asked(wanted, sam, lea):
    with pytest.raises(NotAllowed):
        actions.withdraw_access(wanted, by=lea)
    assert actions.withdraw_access(wanted, by=sam).state == "withdrawn"


def test_it_waits_for_coordinators_and_for_nobody_else(wanted, carol, alice, mallory, sam):
    waiting = {
        person.name: AccessRequest.objects.waiting_for(person).count()
        for person in (carol, alice, mallory, sam)
    }
    assert waiting == {carol.name: 1, alice.name: 0, mallory.name: 0, sam.name: 0}


@pytest.mark.django_db(transaction=True)
def test_of_many_yeses_at_once_one_counts(wanted, carol, at_once):
    outcomes = at_once(6, lambda: actions.approve_access(wanted, by=carol).state)

    assert sorted(map(str, outcomes)).count("approved") == 1
    assert outcomes.count(WrongState) == 5


@pytest.mark.django_db(transaction=True)
def test_no_use_begins_after_the_customer_has_revoked(open_ticket, sam, carol, system, at_once):
    """Whichever comes first: what the log says afterwards is possible."""
    for _n in range(5):
        row = actions.approve_access(asked(open_ticket, sam, system), by=carol)
        verbs = [
            lambda row=row: actions.begin_use(row, by=sam).kind,
            lambda row=row: actions.revoke_access(row, by=carol).state,
        ]
        outcomes = at_once(2, lambda verbs=verbs: verbs.pop()())

        assert "ended" in outcomes
        order = kinds(row)[2:]
        assert order in (["begun", "revoked"], ["revoked"])
        assert (WrongState in outcomes) == (order == ["revoked"])
