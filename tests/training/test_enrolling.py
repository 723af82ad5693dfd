"""Booking, waiting, giving back: for oneself, for colleagues, under a mandate, together."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from supportdesk.accounts.models import Mandate, Service
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging.models import Event
from tests.factories import CourseFactory, a_session
from training import actions, tasks
from training.models import Enrolment, Session, SessionState, State
from training.wording import why

pytestmark = pytest.mark.django_db


def book(session, *people):
    """Each for oneself, in this order."""
    return [actions.enrol(session, [one], by=one)[0] for one in people]


def states(session):
    return [row.state for row in session.enrolments.order_by("pk")]


def test_a_member_books_a_seat_and_that_leaves_a_line_and_an_event(session, alice):
    row = actions.enrol(session, [alice], by=alice)[0]

    session.refresh_from_db()
    assert (row.state, row.booked_by, row.organisation) == ("booked", alice, alice.organisation)
    assert session.taken == 1
    assert Entry.objects.get(verb="enrolment.booked").facts["person"] == alice.pk
    assert Event.objects.get(name="enrolment.booked").body == {
        "enrolment": row.pk,
        "turn": 1,
        "sequence": 0,
    }


def test_booking_twice_changes_nothing(session, alice):
    first, second = book(session, alice, alice)

    assert first == second
    assert Event.objects.filter(name="enrolment.booked").count() == 1


def test_a_coordinator_books_for_colleagues_but_a_member_does_not(session, alice, carol, crowd):
    assert [row.state for row in actions.enrol(session, crowd[:2], by=carol)] == ["booked"] * 2

    with pytest.raises(NotAllowed):
        actions.enrol(session, [carol], by=alice)


def test_nobody_books_for_another_insurer(session, alice, mallory):
    with pytest.raises(NotAllowed):
        actions.enrol(session, [mallory, alice], by=mallory)
    assert not Enrolment.objects.exists()


def test_a_provider_books_for_its_insurers_while_the_mandate_carries_trainings(
    session, paul, mallory, alice
):
    assert actions.enrol(session, [mallory], by=paul)[0].booked_by == paul

    with pytest.raises(NotAllowed):
        actions.enrol(session, [alice], by=paul)
    Mandate.objects.update(carries=[Service.TICKETS])
    assert not Enrolment.objects.visible_to(paul).exists()
    with pytest.raises(Enrolment.DoesNotExist):
        actions.cancel(Enrolment.objects.get(), by=paul)


def test_a_trainer_books_for_whoever_calls_but_not_for_us(session, tom, alice, sam):
    assert actions.enrol(session, [alice], by=tom)[0].state == "booked"

    with pytest.raises(NotAllowed):
        actions.enrol(session, [sam], by=tom)
    with pytest.raises(NotAllowed):
        actions.enrol(session, [alice], by=sam)


def test_whoever_has_left_is_not_booked(session, carol, alice):
    alice.is_active = False
    alice.save()

    with pytest.raises(NotAllowed):
        actions.enrol(session, [alice], by=carol)


@pytest.mark.parametrize("count", [0, 31])
def test_a_booking_is_for_one_to_thirty(session, carol, count):
    with pytest.raises(Invalid):
        actions.enrol(session, [carol] * count, by=carol)


def test_a_party_gets_seats_together_or_waits_together(session, carol, crowd, alice):
    book(session, alice)

    rows = actions.enrol(session, crowd[:2], by=carol)

    assert [row.state for row in rows] == ["waiting"] * 2
    assert len({row.party for row in rows}) == 1
    session.refresh_from_db()
    assert session.taken == 1


def test_a_party_whose_seats_are_offered_takes_or_leaves_them_together(session, carol, crowd):
    actions.enrol(session, crowd[:2], by=carol)
    third, fourth = actions.enrol(session, crowd[2:4], by=carol)
    for row in session.enrolments.filter(person__in=crowd[:2]):
        actions.cancel(row, by=carol)

    assert states(session) == ["cancelled", "cancelled", "offered", "offered"]
    actions.accept_offer(third, by=carol)
    fourth.refresh_from_db()
    assert fourth.state == "booked"


def test_no_seat_left_is_the_waiting_list_and_why_is_said(session, crowd):
    rows = book(session, *crowd[:4])

    assert [row.state for row in rows] == ["booked", "booked", "waiting", "waiting"]
    assert why(rows[0]) == []
    assert why(rows[3]) == ["1 person is before you.", "All 2 seats are taken."]


def test_why_not_me_names_the_party_for_which_seats_are_kept(session, carol, crowd, tom):
    actions.set_capacity(session, 3, by=tom)
    rows = book(session, *crowd[:2])
    actions.enrol(session, crowd[2:4], by=carol)
    (last,) = book(session, crowd[4])

    assert why(last) == [
        "2 people are before you.",
        "1 seat is free; it is kept for a party of 2.",
    ]
    actions.cancel(rows[0], by=crowd[0])
    assert why(last) == [
        "You are next in line.",
        "All 3 seats are taken.",
        "2 seats are offered to people who have not answered yet.",
    ]


def test_a_closed_list_refuses_and_says_so(course, crowd):
    session = a_session(course, capacity=1, waitlist_open=False)

    rows = book(session, *crowd[:2])

    assert rows[1].state == "refused"
    assert why(rows[1]) == ["No seat was free, and nobody could be put on a waiting list."]


def test_cancelling_offers_the_seat_in_the_same_transaction(session, crowd):
    rows = book(session, *crowd[:3])

    with transaction.atomic():
        actions.cancel(rows[0], by=crowd[0], reason="Ill.")
        assert states(session) == ["cancelled", "booked", "offered"]
    offered = Enrolment.objects.get(state=State.OFFERED)
    assert offered.offer_until - timezone.now() > timedelta(hours=47)
    assert why(Enrolment.objects.get(state=State.CANCELLED)) == ["Ill."]


def test_an_offer_dies_with_its_enrolment_and_never_revives(session, crowd):
    rows = book(session, *crowd[:3])
    actions.cancel(rows[0], by=crowd[0])
    actions.cancel(rows[2], by=crowd[2])

    with pytest.raises(WrongState):
        actions.accept_offer(rows[2], by=crowd[2])
    assert Enrolment.objects.get(pk=rows[2].pk).offer_until is None


def test_a_passed_offer_is_not_taken_and_its_seat_goes_on(session, crowd, desk):
    rows = book(session, *crowd[:4])
    actions.cancel(rows[0], by=crowd[0])

    with time_machine.travel(timezone.now() + timedelta(hours=49)):
        with pytest.raises(Refused, match="passed"):
            actions.accept_offer(rows[2], by=crowd[2])
        assert Session.objects.with_passed_offers(timezone.now()).get() == session
        actions.expire_offers(session, by=desk)

    assert states(session) == ["cancelled", "booked", "expired", "offered"]
    assert not Session.objects.with_passed_offers(timezone.now()).exists()


def test_an_offer_given_back_goes_to_the_next(session, crowd):
    rows = book(session, *crowd[:4])
    actions.cancel(rows[0], by=crowd[0])

    refused = actions.refuse_offer(rows[2], by=crowd[2])

    assert why(refused) == ["The offer was given back."]
    assert states(session) == ["cancelled", "booked", "refused", "offered"]


def test_late_is_said_of_a_seat_given_back_late(course, crowd):
    session = a_session(course, starts_at=timezone.now() + timedelta(days=6))
    booked, waiting = book(session, *crowd[:3])[1:]

    assert actions.cancel(booked, by=crowd[1]).was_late
    assert not actions.cancel(waiting, by=crowd[2]).was_late


def test_what_has_begun_is_neither_booked_nor_given_back(session, alice, crowd):
    (row,) = book(session, alice)

    with time_machine.travel(session.starts_at):
        with pytest.raises(Refused):
            actions.cancel(row, by=alice)
        with pytest.raises(Refused):
            book(session, crowd[0])


def test_what_is_not_open_is_not_booked(course, tom, alice):
    plan = actions.Plan(timezone.now(), timezone.now() + timedelta(hours=1), 5, place="Essen")
    draft = actions.plan_session(course, plan, by=tom)

    with pytest.raises(Session.DoesNotExist):
        book(draft, alice)
    with pytest.raises(WrongState):
        actions.enrol(draft, [alice], by=tom)


def test_members_see_their_own_coordinators_those_of_their_house(session, alice, carol, mallory):
    book(session, alice, carol, mallory)

    seen = {
        who.name.split()[0]: {row.person for row in Enrolment.objects.visible_to(who)}
        for who in (alice, carol, mallory)
    }
    assert seen == {"Alice": {alice}, "Carol": {alice, carol}, "Mallory": {mallory}}
    with pytest.raises(Enrolment.DoesNotExist):
        actions.cancel(Enrolment.objects.get(person=mallory), by=carol)


class TestApproval:
    @pytest.fixture
    def session(self, tom):
        return a_session(CourseFactory(wants_approval=True), by=tom)

    def test_a_request_holds_no_seat_until_it_is_approved(self, session, alice, tom):
        (row,) = book(session, alice)
        session.refresh_from_db()
        assert (row.state, session.taken) == ("requested", 0)
        assert why(row) == ["We confirm each place by hand; no seat is held until then."]

        assert actions.approve(row, by=tom)[0].state == "booked"
        session.refresh_from_db()
        assert session.taken == 1

    def test_who_asked_first_waits_first_in_whatever_order_they_are_approved(
        self, session, crowd, tom
    ):
        rows = book(session, *crowd[:4])
        for n in (0, 1, 3, 2):
            actions.approve(rows[n], by=tom)

        actions.cancel(rows[0], by=crowd[0])
        assert states(session) == ["cancelled", "booked", "offered", "waiting"]

    def test_a_party_is_let_in_together(self, session, carol, crowd, tom):
        rows = actions.enrol(session, crowd[:2], by=carol)

        assert [row.state for row in actions.approve(rows[1], by=tom)] == ["booked", "booked"]

    def test_declining_needs_words_and_is_told(self, session, alice, tom):
        (row,) = book(session, alice)
        with pytest.raises(Invalid):
            actions.decline(row, by=tom, reason=" ")

        (declined,) = actions.decline(row, by=tom, reason="For level 1 only.")

        assert why(declined) == ["For level 1 only."]
        with pytest.raises(WrongState):
            actions.approve(row, by=tom)

    def test_a_request_can_be_taken_back(self, session, alice):
        (row,) = book(session, alice)

        assert actions.cancel(row, by=alice).state == "cancelled"

    def test_only_those_who_plan_decide(self, session, alice, carol, sam):
        (row,) = book(session, alice)
        for one in (alice, carol, sam):
            with pytest.raises(NotAllowed):
                actions.approve(row, by=one)


class TestTheDatabase:
    def test_counts_seats_however_a_row_is_written(self, session, alice, carol):
        rows = book(session, alice, carol)
        Enrolment.objects.filter(pk=rows[0].pk).update(state=State.CANCELLED)
        Enrolment.objects.filter(pk=rows[1].pk).delete()

        session.refresh_from_db()
        assert session.taken == 0

    def test_gives_no_seat_twice(self, session, crowd):
        book(session, *crowd[:2])
        facts = {"organisation": crowd[2].organisation, "booked_by": crowd[2], "state": "booked"}

        with pytest.raises(IntegrityError, match="no_seat_is_given_twice"), transaction.atomic():
            Enrolment.objects.create(session=session, person=crowd[2], **facts)
        with pytest.raises(IntegrityError, match="no_seat_is_given_twice"), transaction.atomic():
            Session.objects.filter(pk=session.pk).update(capacity=1)

    def test_keeps_one_row_per_person_which_stays_theirs(self, session, alice, carol):
        (row,) = book(session, alice)
        facts = {"organisation": alice.organisation, "booked_by": alice, "state": "booked"}

        with pytest.raises(IntegrityError, match="one_enrolment_per_person"), transaction.atomic():
            Enrolment.objects.create(session=session, person=alice, **facts)
        with pytest.raises(ProgrammingError), transaction.atomic():
            Enrolment.objects.filter(pk=row.pk).update(person=carol)

    def test_knows_which_state_follows_which(self, session, alice):
        (row,) = book(session, alice)

        with pytest.raises(ProgrammingError), transaction.atomic():
            Enrolment.objects.filter(pk=row.pk).update(state=State.EXPIRED)
        with pytest.raises(ProgrammingError), transaction.atomic():
            Session.objects.filter(pk=session.pk).update(state=SessionState.DRAFT)


def test_the_timetable_ends_offers_and_bears_repeats(session, crowd):
    rows = book(session, *crowd[:4])
    actions.cancel(rows[0], by=crowd[0])

    with time_machine.travel(timezone.now() + timedelta(hours=49)):
        tasks.expire_offers()
        tasks.expire_offers()

    assert states(session) == ["cancelled", "booked", "expired", "offered"]
