"""Tickets follow their correction: exactly these, and exactly their customers hear."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases import actions as releases
from releases.models import System, Validity
from supportdesk.errors import Invalid, NotAllowed, WrongState
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch, Event
from tests.factories import (
    CorrectionFactory,
    a_defect,
    a_finding,
    a_ticket,
)
from tests.releases import fleet
from tests.tickets.corrections.story import (
    day,
    deliver,
    imported,
    in_days,
    letters,
    link,
    now,
    react,
    release,
    withdraw,
)
from tickets import actions
from tickets.actions import Finding
from tickets.models import Status, Ticket


def test_delivery_moves_the_tickets_of_those_who_get_it_and_no_others(
    alpinas, hansas, package, alpina, rita, alice, mallory
):
    release(package, rita)
    deliver(package, alpina, by=rita)
    react()

    assert now(alpinas).status == Status.WAITING_CUSTOMER
    assert now(hansas).status == Status.WAITING_DELIVERY
    assert letters(alice) == ["fixed", "delivered"]
    assert letters(mallory) == ["fixed"]


def test_the_promise_stays_the_measure_after_the_delivery(alpinas, package, alpina, rita):
    release(package, rita)
    deliver(package, alpina, by=rita)
    react()

    assert day(alpinas) == in_days(20)


def test_the_import_resolves_and_asks(alpinas, hansas, package, system, alpina, rita, carol, alice):
    release(package, rita)
    deliver(package, alpina, by=rita)
    react()
    imported(system, package, carol)
    react()

    ticket = now(alpinas)
    assert (ticket.status, ticket.package) == (Status.RESOLVED, package)
    assert letters(alice) == ["fixed", "delivered", "resolved"]
    answer = ticket.messages.latest("pk")
    assert "SP 4" in answer.text
    assert system.code in answer.text
    assert now(hansas).status == Status.WAITING_DELIVERY
    assert ticket.clocks.get(clock="resolution").missed == 0


def test_an_import_that_was_quicker_than_the_news_of_the_delivery(
    alpinas, package, system, alpina, rita, carol, alice
):
    """In the other order: what counts is where it stands."""
    release(package, rita)
    react()
    deliver(package, alpina, by=rita)
    imported(system, package, carol)
    delivered = Event.objects.get(name="package.delivered")
    Event.objects.filter(pk=delivered.pk).update(due_at=timezone.now() + timedelta(hours=1))
    react()
    Event.objects.filter(pk=delivered.pk).update(due_at=timezone.now())
    react()

    assert now(alpinas).status == Status.RESOLVED
    assert letters(alice) == ["fixed", "resolved"]


@pytest.mark.parametrize("event", ["package.delivered", "package.released", "system.reported"])
def test_news_told_twice_moves_and_tells_once(
    event, alpinas, package, system, alpina, rita, carol, alice
):
    release(package, rita)
    deliver(package, alpina, by=rita)
    react()
    imported(system, package, carol)
    react()
    before, steps = letters(alice), now(alpinas).history.count()

    outbox.emit(event, **Event.objects.filter(name=event).latest("pk").body)
    react()

    assert (letters(alice), now(alpinas).history.count()) == (before, steps)


def test_another_level_resolves_nothing(alpinas, system, line, carol):
    releases.report(system, by=carol, line=line, level=3, source="hand")
    react()

    assert now(alpinas).status == Status.WAITING_DELIVERY


def test_a_ticket_taken_back_meanwhile_is_left_alone(alpinas, package, alpina, sam, rita):
    actions.resume(alpinas, by=sam)

    release(package, rita)
    deliver(package, alpina, by=rita)
    react()

    assert now(alpinas).status == Status.OPEN


def test_another_day_moves_the_promise_and_is_told(alpinas, hansas, package, rita, alice, mallory):
    releases.replan(package, by=rita, on=in_days(30))
    react()

    for ticket, person in ((alpinas, alice), (hansas, mallory)):
        assert day(ticket) == in_days(30)
        assert letters(person) == ["fixed", "promised"]


def test_a_day_nobody_knows_any_more_is_no_promise(alpinas, package, rita, alice):
    releases.replan(package, by=rita, on=None)
    react()

    assert (day(alpinas), now(alpinas).package) == (None, package)
    assert letters(alice) == ["fixed", "promised"]


def test_a_package_planned_later_brings_its_day(open_ticket, module, system, line, sam, rita):
    correction = CorrectionFactory(module=module)
    fleet.assess(correction, line, [(2, 7)])
    ticket = link(open_ticket, by=sam, correction=correction, system=system)
    assert (ticket.package, ticket.promised_at) == (None, None)

    planned = releases.plan(line, 7, by=rita, on=in_days(60))
    react()

    assert (now(ticket).package, day(ticket)) == (planned, in_days(60))


def test_a_package_planned_for_no_day_yet_is_kept_and_not_told(
    open_ticket, module, system, line, sam, rita, alice
):
    correction = CorrectionFactory(module=module)
    fleet.assess(correction, line, [(2, 7)])
    ticket = link(open_ticket, by=sam, correction=correction, system=system)

    planned = releases.plan(line, 7, by=rita, on=None)
    react()

    assert (now(ticket).package, day(ticket)) == (planned, None)
    assert letters(alice) == ["fixed"]


def test_a_fix_moved_to_a_later_package_moves_the_promise(
    alpinas, correction, line, rita, dev, alice
):
    later = releases.plan(line, 5, by=rita, on=in_days(50))
    releases.assess(correction, line, by=dev, intervals=[(2, 5)])
    react()

    assert (now(alpinas).package, day(alpinas)) == (later, in_days(50))
    assert letters(alice) == ["fixed", "promised"]


def test_withdrawn_without_another_the_specialist_has_it_again(
    alpinas, hansas, package, alpina, rita, alice, mallory
):
    """Delivered to one, awaited by the other: both are told, once."""
    release(package, rita)
    deliver(package, alpina, by=rita)
    react()

    withdraw(package, rita)

    for ticket in (now(alpinas), now(hansas)):
        assert (ticket.status, ticket.package, ticket.promised_at) == (Status.OPEN, None, None)
    assert letters(alice) == ["fixed", "delivered", "recalled"]
    assert letters(mallory) == ["fixed", "recalled"]


def test_withdrawn_with_a_successor_they_wait_for_that(alpinas, package, line, alpina, rita, alice):
    later = releases.plan(line, 5, by=rita, on=in_days(40))
    release(package, rita)
    deliver(package, alpina, by=rita)
    react()

    withdraw(package, rita, later)

    ticket = now(alpinas)
    assert (ticket.status, ticket.package) == (Status.WAITING_DELIVERY, later)
    assert day(ticket) == in_days(40)
    assert letters(alice) == ["fixed", "delivered", "promised"]


def test_whoever_was_helped_by_it_is_told_once(
    alpinas, package, system, alpina, rita, carol, alice
):
    release(package, rita)
    deliver(package, alpina, by=rita)
    react()
    imported(system, package, carol)
    react()

    withdraw(package, rita)
    outbox.emit("package.withdrawn", package=package.pk)
    react()

    assert now(alpinas).status == Status.RESOLVED
    assert letters(alice) == ["fixed", "delivered", "resolved", "recalled"]


def test_a_defects_correction_reaches_all_its_tickets(
    module, open_ticket, system, hansa, hansas_system, mallory, correction, package, sam, dev, rita
):
    """One of them names no system: it goes by what its customer runs in production."""
    defect = a_defect(module, by=sam)
    other = a_ticket(by=mallory, module=module, organisation=hansa, system=hansas_system)
    both = [open_ticket, other]
    for ticket in both:
        found = Finding("software_defect", defect=defect)
        actions.diagnose(ticket, by=sam, finding=found)

    actions.fix_defect(defect, by=dev, correction=correction)
    react()

    assert [(now(one).package, day(one)) for one in both] == [(package, in_days(20))] * 2
    release(package, rita)
    deliver(package, hansa, by=rita)
    react()
    assert [now(one).status for one in both] == ["waiting_delivery", "waiting_customer"]


def test_one_more_ticket_of_a_mended_defect_is_noted_and_dropped(
    module, open_ticket, correction, sam, dev
):
    defect = a_defect(module, by=sam)
    actions.fix_defect(defect, by=dev, correction=correction)

    actions.diagnose(open_ticket, by=sam, finding=Finding("software_defect", defect=defect))
    assert correction.interests.get().is_open
    actions.diagnose(open_ticket, by=sam, finding=a_finding())

    assert not correction.interests.get().is_open


def test_what_development_promised_stays_without_a_package(
    module, open_ticket, correction, sam, dev, alice
):
    Validity.objects.all().delete()
    defect = a_defect(module, by=sam)
    actions.diagnose(open_ticket, by=sam, finding=Finding("software_defect", defect=defect))
    actions.fix_defect(defect, by=dev, correction=correction, promised_on=in_days(9))
    react()

    assert (day(open_ticket), now(open_ticket).package) == (in_days(9), None)


def test_a_package_without_a_day_leaves_the_day_development_has_named(
    module, open_ticket, system, correction, package, sam, dev, rita
):
    releases.replan(package, by=rita, on=None)
    Validity.objects.all().delete()
    defect = a_defect(module, by=sam)
    actions.diagnose(open_ticket, by=sam, finding=Finding("software_defect", defect=defect))
    actions.fix_defect(defect, by=dev, correction=correction, promised_on=in_days(9))
    fleet.assess(correction, package.line, [(2, 4)])
    outbox.emit("package.replanned", package=package.pk)
    react()

    assert (now(open_ticket).package, day(open_ticket)) == (package, in_days(9))


def test_a_delivery_that_no_news_told_of_is_seen_right_after_the_link(
    open_ticket, correction, package, system, alpina, sam, rita
):
    """It was committed while the link was made, and its own news found nobody waiting."""
    release(package, rita)
    react()
    ticket = link(open_ticket, by=sam, correction=correction, system=system)
    fleet.deliver(package, alpina)

    react()

    assert now(ticket).status == Status.WAITING_CUSTOMER


def test_a_system_nobody_has_reported_for_long_follows_all_the_same(
    alpinas, package, system, alpina, rita
):
    """Silence takes no promise back."""
    System.objects.filter(pk=system.pk).update(inventory_at=timezone.now() - timedelta(days=400))
    release(package, rita)
    deliver(package, alpina, by=rita)
    react()

    assert now(alpinas).status == Status.WAITING_CUSTOMER


def test_a_confidential_ticket_follows_and_its_letters_say_less(
    alpinas, package, correction, alpina, rita, alice
):
    Ticket.objects.update(confidential=True)
    release(package, rita)
    deliver(package, alpina, by=rita)
    react()

    assert now(alpinas).status == Status.WAITING_CUSTOMER
    said = str(Dispatch.objects.filter(recipient=alice).latest("pk").content)
    assert correction.symptom not in said


def test_a_package_is_replanned_by_its_manager_until_it_is_out(package, rita, sam):
    with pytest.raises(NotAllowed):
        releases.replan(package, by=sam, on=in_days(5))
    for senseless in (in_days(-1), in_days(20)):
        with pytest.raises(Invalid):
            releases.replan(package, by=rita, on=senseless)
    release(package, rita)
    with pytest.raises(WrongState):
        releases.replan(package, by=rita, on=in_days(5))
