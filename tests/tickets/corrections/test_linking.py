"""A ticket is linked to the correction that mends it, and unlinked."""

import pytest
from django.utils import timezone

from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging.models import Dispatch
from tests.factories import (
    SystemFactory,
    a_finding,
)
from tests.tickets.corrections.story import (
    day,
    deliver,
    in_days,
    letters,
    link,
    now,
    react,
    release,
)
from tickets import actions, progress
from tickets.actions import Finding
from tickets.models import Status


def test_linking_sets_cause_state_and_promise(alpinas, correction, package, system, sam):
    assert alpinas.status == Status.WAITING_DELIVERY
    found = alpinas.diagnosis
    assert (found.verdict, found.correction) == ("missing_correction", correction)
    assert found.system == system
    assert (alpinas.package, day(alpinas)) == (package, in_days(20))
    assert correction.interests.get().is_open
    assert Entry.objects.filter(verb="ticket.fixed", by=sam).count() == 1
    assert alpinas.clocks.get(clock="answer").state == "idle"  # that was an answer


def test_the_customer_reads_what_it_is_and_which_package_brings_it_when(
    alpinas, correction, package, alice, mallory
):
    react()

    assert letters(alice) == ["fixed"]
    assert letters(mallory) == []
    for said in (alpinas.messages.latest("pk").text, str(Dispatch.objects.latest("pk").content)):
        assert correction.symptom in said
        assert str(package) in said
    move = progress.next_move(now(alpinas), timezone.now())
    assert str(package) in move.title
    assert correction.symptom in move.words


def test_the_specialists_own_words_go_before_ours(open_ticket, correction, system, sam):
    facts = {"correction": correction, "system": system, "text": "With SP 4, I promise."}

    ticket = link(open_ticket, by=sam, **facts)

    assert ticket.messages.latest("pk").text == "With SP 4, I promise."


def test_an_unreleased_correction_is_not_told(open_ticket, system, correction, sam, alice):
    type(correction).objects.update(released_at=None)
    correction.refresh_from_db()

    link(open_ticket, by=sam, correction=correction, system=system)
    react()

    said = str([row.content for row in Dispatch.objects.filter(recipient=alice)])
    assert correction.symptom not in said
    assert correction.symptom not in open_ticket.messages.latest("pk").text
    assert correction.symptom not in progress.next_move(now(open_ticket), timezone.now()).words


def test_what_the_customer_has_already_waits_for_their_import(
    open_ticket, system, correction, package, alpina, sam, rita, alice
):
    release(package, rita)
    deliver(package, alpina, by=rita)

    ticket = link(open_ticket, by=sam, correction=correction, system=system)
    react()

    assert (ticket.status, ticket.package) == (Status.WAITING_CUSTOMER, package)
    assert letters(alice) == ["delivered"]
    assert progress.next_move(now(ticket), timezone.now()).yours
    assert now(ticket).clocks.get(clock="resolution").state == "paused"


@pytest.mark.parametrize("state", ["new_ticket", "waiting_ticket", "open_ticket"])
def test_a_ticket_is_linked_from_where_it_is(request, state, correction, system, sam):
    ticket = request.getfixturevalue(state)

    ticket = link(ticket, by=sam, correction=correction, system=system)

    assert (ticket.status, ticket.assignee) == (Status.WAITING_DELIVERY, sam)


def test_a_cause_that_is_known_already_can_still_be_waited_for(
    open_ticket, correction, system, sam
):
    found = Finding("missing_correction", correction=correction, system=system)
    actions.diagnose(open_ticket, by=sam, finding=found)

    ticket = link(open_ticket, by=sam, correction=correction, system=system)

    assert ticket.status == Status.WAITING_DELIVERY


def test_linking_twice_is_refused(alpinas, correction, system, sam):
    with pytest.raises(Refused):
        link(alpinas, by=sam, correction=correction, system=system)


def test_a_system_is_named(open_ticket, correction, sam):
    with pytest.raises(Invalid) as refusal:
        link(open_ticket, by=sam, correction=correction)

    assert refusal.value.field == "system"


def test_what_runs_there_already_is_not_waited_for(open_ticket, correction, alpina, line, sam):
    newer = SystemFactory(organisation=alpina, runs=(line, 4))

    with pytest.raises(Invalid) as refusal:
        link(open_ticket, by=sam, correction=correction, system=newer)

    assert "SP 4" in str(refusal.value)
    assert now(open_ticket).diagnosis is None


def test_another_customers_system_is_refused(open_ticket, correction, hansas_system, sam):
    with pytest.raises(Invalid):
        link(open_ticket, by=sam, correction=correction, system=hansas_system)


def test_what_is_done_is_not_linked(resolved_ticket, correction, system, sam):
    with pytest.raises(WrongState):
        link(resolved_ticket, by=sam, correction=correction, system=system)


def test_only_specialists_link(open_ticket, alpinas, correction, system, alice, dev, audrey):
    for person in (alice, dev, audrey):
        with pytest.raises(NotAllowed):
            link(open_ticket, by=person, correction=correction, system=system)
        with pytest.raises(NotAllowed):
            actions.unlink_correction(alpinas, by=person, reason="No.")


def test_unlinked_it_is_in_work_again_and_the_customer_reads_why(alpinas, correction, sam, alice):
    ticket = actions.unlink_correction(alpinas, by=sam, reason="That was another fault.")
    react()

    assert (ticket.status, ticket.diagnosis) == (Status.OPEN, None)
    assert (ticket.package, ticket.promised_at) == (None, None)
    assert not correction.interests.get().is_open
    assert letters(alice) == ["fixed", "unlinked"]
    said = str(Dispatch.objects.filter(recipient=alice).latest("pk").content)
    assert "That was another fault." in said


def test_unlinking_says_why_and_needs_a_link(open_ticket, alpinas, sam):
    with pytest.raises(Invalid):
        actions.unlink_correction(alpinas, by=sam, reason=" ")
    actions.unlink_correction(alpinas, by=sam, reason="No.")
    with pytest.raises(Refused):
        actions.unlink_correction(alpinas, by=sam, reason="No.")


def test_what_is_resolved_stays_linked(resolved_ticket, sam):
    with pytest.raises(WrongState):
        actions.unlink_correction(resolved_ticket, by=sam, reason="No.")


def test_another_cause_ends_the_wait(alpinas, correction, sam):
    ticket = actions.diagnose(alpinas, by=sam, finding=a_finding())

    assert (ticket.status, ticket.package, ticket.promised_at) == (Status.OPEN, None, None)
    assert not correction.interests.get().is_open


def test_another_cause_ends_the_wait_for_the_import(alpinas, package, alpina, sam, rita):
    release(package, rita)
    deliver(package, alpina, by=rita)
    react()

    ticket = actions.diagnose(now(alpinas), by=sam, finding=a_finding())

    assert (ticket.status, ticket.package) == (Status.OPEN, None)
    assert ticket.clocks.get(clock="resolution").state == "running"
