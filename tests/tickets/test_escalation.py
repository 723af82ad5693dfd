"""A ticket reaches somebody who decides: raised, assessed, decided, told, withdrawn."""

from __future__ import annotations

import threading

import pytest
from django.core import mail as post
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging.tasks import dispatch_waiting, react
from tests.api import calling_as
from tests.factories import UserFactory, a_finding
from tickets import actions
from tickets.models import Escalation, Message, Ticket

Reason = Escalation.Reason
OFFICE = Message.Channel.OFFICE


def happened() -> None:
    react()
    dispatch_waiting()


@pytest.fixture
def raised(open_ticket, alice) -> Escalation:
    return actions.escalate(
        open_ticket, by=alice, reason=Reason.CUSTOMER, text="Letters leave tonight."
    )


def assessed(row: Escalation, lea) -> Escalation:
    return actions.assess(row, by=lea, stands_back=True, why="Payments first.")


def test_the_customer_escalates_once_and_the_leads_and_the_specialist_are_told(
    raised, open_ticket, alice, lea, sam
):
    happened()

    letters = [letter for letter in post.outbox if "Letters leave tonight." in letter.body]
    assert {address for letter in letters for address in letter.to} == {lea.email, sam.email}
    with pytest.raises(Refused, match="already"):
        actions.escalate(open_ticket, by=alice, reason=Reason.CUSTOMER, text="Again.")


def test_a_colleague_who_is_neither_opener_nor_coordinator_does_not(open_ticket, alpina):
    other = UserFactory(organisation=alpina, roles=["member"])
    with pytest.raises(NotAllowed):
        actions.escalate(open_ticket, by=other, reason=Reason.CUSTOMER, text="Now.")


@pytest.mark.parametrize("reason", [r for r in Reason if r != Reason.CUSTOMER])
def test_a_customer_has_no_reason_but_their_own(open_ticket, carol, reason):
    with pytest.raises(NotAllowed):
        actions.escalate(open_ticket, by=carol, reason=reason, text="Now.")


def test_nothing_is_escalated_without_words_or_when_it_is_done(open_ticket, sam, alice):
    with pytest.raises(Invalid):
        actions.escalate(open_ticket, by=alice, reason=Reason.CUSTOMER, text=" ")
    actions.resolve(open_ticket, by=sam, answer="Done.", finding=a_finding(), channel=OFFICE)
    with pytest.raises(WrongState):
        actions.escalate(open_ticket, by=sam, reason=Reason.WORST_CASE, text="Late.")


def test_raised_again_for_the_same_reason_its_level_rises_and_there_is_still_one(open_ticket, sam):
    facts = {"by": sam, "reason": Reason.WORST_CASE}
    actions.escalate(open_ticket, text="Debits are wrong.", **facts)
    actions.escalate(open_ticket, text="At three insurers.", level=3, **facts)

    row = open_ticket.escalations.get()
    assert row.level == 3
    assert row.text == "Debits are wrong.\n\nAt three insurers."


def test_the_database_keeps_one_open_escalation_per_reason(raised):
    row = Escalation.objects.get(pk=raised.pk)
    row.pk = None
    with pytest.raises(IntegrityError, match="one_open_escalation_per_reason"):
        row.save()


@pytest.mark.django_db(transaction=True)
def test_of_two_customers_at_the_same_moment_one_is_refused(open_ticket, alice, carol):
    outcomes, start = [], threading.Barrier(2)

    def escalate(person) -> None:
        start.wait()
        try:
            actions.escalate(open_ticket, by=person, reason=Reason.CUSTOMER, text="Now.")
            outcomes.append("raised")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=escalate, args=(person,)) for person in (alice, carol)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["raised", "refused"]


def test_a_lead_assesses_then_decides_and_everybody_is_told(raised, alice, lea, sam):
    watcher = UserFactory(roles=["agent"])
    actions.watch(raised, by=watcher, on=True)
    with pytest.raises(Refused, match="assess first"):
        actions.decide(raised, by=lea, decision="We fix it today.")
    happened()
    post.outbox.clear()

    actions.decide(assessed(raised, lea), by=lea, decision="We fix it today.")
    happened()

    raised.refresh_from_db()
    assert (raised.end, raised.decided_by) == ("decided", lea)
    told = {address for letter in post.outbox for address in letter.to}
    assert told == {alice.email, sam.email, watcher.email}
    assert set(raised.told.all()) == {alice, sam, watcher}
    assert all("We fix it today." in letter.body for letter in post.outbox)


def test_what_we_raised_ourselves_is_not_told_to_the_customer(open_ticket, alice, lea, sam):
    happened()
    post.outbox.clear()
    row = actions.escalate(open_ticket, by=sam, reason=Reason.WORST_CASE, text="Our own fault.")
    actions.decide(assessed(row, lea), by=lea, decision="Keep quiet.")
    happened()

    told = {address for letter in post.outbox for address in letter.to}
    assert told == {lea.email, sam.email}
    assert not Escalation.objects.visible_to(alice).exists()
    kinds = {step.kind for step in open_ticket.history.readable_by(alice)}
    assert not kinds & {"escalated", "assessed", "decided"}


@pytest.mark.parametrize("verb", ["assess", "decide", "set_level"])
def test_only_a_lead_handles_it(raised, sam, verb):
    given = {
        "assess": {"stands_back": True, "why": "x"},
        "decide": {"decision": "x"},
        "set_level": {"level": 2, "why": "x"},
    }
    with pytest.raises(NotAllowed):
        getattr(actions, verb)(raised, by=sam, **given[verb])


def test_whoever_raised_it_withdraws_it_and_so_does_a_coordinator(raised, alice, carol, alpina):
    other = UserFactory(organisation=alpina, roles=["member"])
    with pytest.raises(NotAllowed):
        actions.withdraw(raised, by=other)
    actions.withdraw(raised, by=carol)
    with pytest.raises(WrongState):
        actions.withdraw(raised, by=alice)


def test_resolving_the_ticket_ends_it(raised, open_ticket, sam):
    actions.resolve(open_ticket, by=sam, answer="Done.", finding=a_finding(), channel=OFFICE)
    raised.refresh_from_db()
    assert raised.end == "done"


def test_an_objection_is_on_the_board_until_the_lead_decides(open_ticket, alice, sam, lea):
    actions.change_priority(open_ticket, by=sam, priority=4, reason="Only the display.")
    actions.object_to_priority(open_ticket, by=alice, text="Letters leave tonight.")
    row = open_ticket.escalations.get()
    assert (row.reason, row.text, row.is_open) == (Reason.OBJECTION, "Letters leave tonight.", True)
    with pytest.raises(Refused, match="together with the priority"):
        actions.decide(assessed(row, lea), by=lea, decision="No.")

    actions.decide_objection(open_ticket, by=lea, priority=3, text="You are right.")

    row.refresh_from_db()
    assert (row.end, row.decision) == ("decided", "You are right.")


def test_in_the_portal_words_are_kept_when_missing_and_then_it_is_said_who_looks(
    client, open_ticket, alice
):
    client.force_login(alice)
    address = reverse("ticket_escalate", args=[open_ticket.pk])
    assert client.post(address, {"text": ""}).status_code == 422

    page = client.post(address, {"text": "Letters leave tonight."}, follow=True).content.decode()

    assert "Before a lead since" in page
    assert "has brought it before a lead" in page
    assert address not in page
    withdrawn = client.post(reverse("ticket_withdraw", args=[open_ticket.pk]), follow=True)
    assert address in withdrawn.content.decode()


def test_the_board_shows_the_highest_level_first_and_leads_to_the_decision(
    client, raised, open_ticket, sam, lea
):
    own = actions.escalate(open_ticket, by=sam, reason=Reason.WORST_CASE, text="x", level=2)
    client.force_login(lea)
    board = client.get(reverse("admin:tickets_escalation_changelist"))
    assert [row.pk for row in board.context["rows"]] == [own.pk, raised.pk]

    def act(verb: str, **given: str):
        return client.post(
            reverse(f"admin:tickets_escalation_{verb}", args=[raised.pk]), given, follow=True
        )

    assert act("assess", why="Payments first.").status_code == 422
    assert act("decide", decision="Today.").status_code == 409
    page = act("assess", why="Payments first.", stands_back="yes").content.decode()
    assert "Payments first." in page
    act("level", level="3", why="The board asks.")
    act("watch", on="1")
    raised.refresh_from_db()
    assert (raised.level, raised.stands_back, list(raised.watchers.all())) == (3, True, [lea])
    act("watch")
    assert not raised.watchers.exists()
    act("decide", decision="Today.")
    ended = client.get(reverse("admin:tickets_escalation_changelist"), {"show": "ended"})
    assert [row.pk for row in ended.context["rows"]] == [raised.pk]


def test_through_the_api_a_customer_reads_their_own_and_staff_all(open_ticket, alice, sam):
    actions.escalate(open_ticket, by=sam, reason=Reason.WORST_CASE, text="Our own fault.")
    address = f"/api/v1/tickets/{open_ticket.pk}/"
    api = calling_as(alice)
    made = api.post(f"{address}escalate/", {"text": "Letters leave tonight."}, format="json")
    assert (made.status_code, made.json()["reason"]) == (201, "customer")

    assert [row["reason"] for row in api.get(f"{address}escalations/").json()["results"]] == [
        "customer"
    ]
    assert len(calling_as(sam).get(f"{address}escalations/").json()["results"]) == 2


@pytest.mark.parametrize(
    "facts",
    [
        {"level": 4},
        {"clock": "answer"},
        {"reason": "deadline"},
        {"stands_back": True},
        {"end": "decided"},
        {"decision": "x"},
    ],
)
def test_the_database_knows_what_a_whole_escalation_is(raised, facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.filter(pk=raised.pk).update(**facts)
    assert Ticket.objects.exists()
