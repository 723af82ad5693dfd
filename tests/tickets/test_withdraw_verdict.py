"""A cause that was none is withdrawn, and what counted by it counts no more."""

from __future__ import annotations

import pytest
from django.urls import reverse

from releases.models import Interest, WishBacking
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging.models import Event
from tests.api import calling_as
from tests.factories import CorrectionFactory, a_defect, a_finding
from tests.tickets.test_diagnosis import DIFFERENCE
from tests.tickets.test_levels import aged, sweep
from tickets import actions
from tickets.actions import Finding, NewWish
from tickets.models import AgeLimit, EscalationLevel, Message, Status, Ticket
from training.models import CauseCount

OFFICE = Message.Channel.OFFICE


@pytest.fixture
def diagnosed(open_ticket, sam) -> Ticket:
    return actions.diagnose(open_ticket, by=sam, finding=a_finding(note="A guess."))


def test_nobody_knows_the_cause_after_all(diagnosed, sam):
    ticket = actions.withdraw_verdict(diagnosed, by=sam, reason="It came back.")

    ticket.refresh_from_db()
    assert (ticket.diagnosis, ticket.status) == (None, Status.OPEN)
    assert ticket.diagnoses.get().note == "A guess."  # what was thought stays
    step = ticket.history.get(kind="retracted")
    assert (step.public, step.reason) == (False, "It came back.")
    assert Entry.objects.get(verb="ticket.retracted").facts["verdict"] == "handling_error"
    assert Event.objects.filter(name="ticket.retracted").count() == 1


def test_a_ticket_is_not_resolved_by_a_verdict_that_was_withdrawn(diagnosed, sam):
    actions.withdraw_verdict(diagnosed, by=sam, reason="No.")

    with pytest.raises(Invalid) as refusal:
        actions.resolve(diagnosed, by=sam, answer="Done.", channel=OFFICE)
    assert refusal.value.field == "verdict"


def test_the_same_cause_may_be_found_again(diagnosed, sam):
    actions.withdraw_verdict(diagnosed, by=sam, reason="No.")
    actions.diagnose(diagnosed, by=sam, finding=a_finding(note="A guess."))

    assert CauseCount.objects.get().count == 1


def test_training_counts_it_no_more(diagnosed, sam):
    actions.withdraw_verdict(diagnosed, by=sam, reason="No.")

    assert not CauseCount.objects.filter(count__gt=0).exists()


def test_the_interest_in_a_correction_ends(open_ticket, sam, module, system):
    correction = CorrectionFactory(module=module)
    finding = Finding("missing_correction", correction=correction, system=system)
    actions.diagnose(open_ticket, by=sam, finding=finding)
    actions.withdraw_verdict(open_ticket, by=sam, reason="It was there.")

    assert not Interest.objects.get().is_open


def test_the_voice_for_a_wish_ends_and_the_wish_stays(open_ticket, sam):
    wished = Finding("wish", wish=NewWish("Sort by day", "Do."))
    ticket = actions.diagnose(open_ticket, by=sam, finding=wished)
    wish = ticket.diagnosis.wish
    actions.withdraw_verdict(ticket, by=sam, reason="It is a fault.")

    assert not WishBacking.objects.exists()
    wish.refresh_from_db()


def test_it_comes_back_from_development_and_the_defect_stays(open_ticket, sam, module):
    defect = a_defect(module, by=sam)
    ticket = actions.diagnose(
        open_ticket, by=sam, finding=Finding("software_defect", defect=defect)
    )
    assert ticket.status == Status.WAITING_DEVELOPMENT

    ticket = actions.withdraw_verdict(ticket, by=sam, reason="It is another one.")

    assert ticket.status == Status.OPEN
    assert ticket.history.filter(kind="returned").exists()
    assert ticket not in Ticket.objects.behind(defect)
    defect.refresh_from_db()
    assert defect.state == "reported"


def test_an_old_ticket_whose_cause_is_gone_comes_before_a_lead(open_ticket, sam):
    EscalationLevel.objects.all().delete()
    AgeLimit.objects.create(priority=3, days=30, level=1)
    actions.diagnose(open_ticket, by=sam, finding=a_finding())
    aged(open_ticket, 24 * 40)
    sweep()
    assert not open_ticket.escalations.exists()

    actions.withdraw_verdict(open_ticket, by=sam, reason="No.")
    sweep()

    assert open_ticket.escalations.get().reason == "age"


def test_what_is_in_the_way_is_said(open_ticket, diagnosed, sam, alice, dev):
    with pytest.raises(Invalid):
        actions.withdraw_verdict(diagnosed, by=sam, reason="  ")
    for person in (alice, dev):
        with pytest.raises(NotAllowed):
            actions.withdraw_verdict(diagnosed, by=person, reason="No.")
    actions.withdraw_verdict(diagnosed, by=sam, reason="No.")
    with pytest.raises(Refused, match="No cause is given"):
        actions.withdraw_verdict(diagnosed, by=sam, reason="No.")
    assert Event.objects.filter(name="ticket.retracted").count() == 1


def test_a_solution_keeps_its_verdict(diagnosed, sam, alice):
    actions.resolve(diagnosed, by=sam, answer="Done.", channel=OFFICE)
    with pytest.raises(WrongState):
        actions.withdraw_verdict(diagnosed, by=sam, reason="No.")
    actions.confirm(diagnosed, by=alice)
    with pytest.raises(WrongState):
        actions.withdraw_verdict(diagnosed, by=sam, reason="No.")


def test_what_is_confidential_is_not_theirs_to_withdraw(diagnosed, sam, lea):
    actions.assign(diagnosed, by=sam, to=lea)
    Ticket.objects.update(confidential=True)

    with pytest.raises(Ticket.DoesNotExist):
        actions.withdraw_verdict(diagnosed, by=sam, reason="No.")


@pytest.mark.django_db(transaction=True)
def test_two_who_withdraw_at_once_withdraw_once(diagnosed, sam, at_once):
    def withdraw() -> object:
        return actions.withdraw_verdict(diagnosed, by=sam, reason="No.")

    outcomes = at_once(4, withdraw)

    assert outcomes.count(Refused) == 3
    assert CauseCount.objects.get().count == 0


# --- Doors ------------------------------------------------------------------------------------


def page(ticket: Ticket) -> str:
    return reverse("admin:tickets_ticket_verdict", args=[ticket.pk])


def test_the_page_says_what_becomes_of_it_and_withdraws(client, diagnosed, sam):
    client.force_login(sam)
    shown = client.get(page(diagnosed)).content.decode()
    assert "It does not count for the topic any more." in shown

    answer = client.post(page(diagnosed), {"withdraw": "1", "reason": "It came back."})

    assert answer.status_code == 302
    diagnosed.refresh_from_db()
    assert diagnosed.diagnosis is None
    change = client.get(reverse("admin:tickets_ticket_change", args=[diagnosed.pk]))
    assert "cause withdrawn" in change.content.decode()


def test_without_a_reason_nothing_happens_and_it_is_said(client, diagnosed, sam):
    client.force_login(sam)

    answer = client.post(page(diagnosed), {"withdraw": "1", "reason": ""})

    assert answer.status_code == 422
    assert answer.context["withdrawing"].errors["reason"]
    assert not answer.context["form"].is_bound
    diagnosed.refresh_from_db()
    assert diagnosed.diagnosis


def test_where_nothing_holds_nothing_is_offered(client, open_ticket, sam):
    client.force_login(sam)
    assert "Withdraw the cause" not in client.get(page(open_ticket)).content.decode()

    answer = client.post(page(open_ticket), {"withdraw": "1", "reason": "No."})

    assert answer.status_code == 409


def test_what_was_thought_before_is_shown_afterwards(client, open_ticket, sam):
    finding = Finding("settings_difference", note="A guess.", **DIFFERENCE)
    actions.diagnose(open_ticket, by=sam, finding=finding)
    actions.withdraw_verdict(open_ticket, by=sam, reason="No.")
    client.force_login(sam)

    assert "A guess." in client.get(page(open_ticket)).content.decode()


def test_the_api_withdraws(diagnosed, sam, alice):
    path = f"/api/v1/tickets/{diagnosed.pk}/withdraw_verdict/"
    assert calling_as(alice).post(path, {"reason": "No."}).status_code == 403
    assert calling_as(sam).post(path, {}).status_code == 400
    assert calling_as(sam).post(path, {"reason": "No."}).status_code == 200
    assert calling_as(sam).post(path, {"reason": "No."}).status_code == 409
