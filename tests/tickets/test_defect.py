"""A fault goes to development and comes back; its tickets follow, and no customer sees another."""

from datetime import timedelta
from itertools import pairwise

import pgtrigger
import pytest
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from releases.models import DevelopmentArea
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch, Event, Notice
from tests.factories import (
    CorrectionFactory,
    LineFactory,
    ModuleFactory,
    a_defect,
    a_finding,
    a_ticket,
)
from tickets import actions
from tickets.actions import Fault, Finding
from tickets.models import NEXT, Defect, DefectState, Message, Status, Ticket
from tickets.models.defect import DEFECT_NEXT

OFFICE = Message.Channel.OFFICE
FAULT = Fault("Storno books twice", "Cancel, pay again on the same day.")


def behind(defect: Defect) -> Finding:
    return Finding("software_defect", defect=defect)


@pytest.fixture
def defect(module, sam):
    return a_defect(module, by=sam)


@pytest.fixture
def handed_over(defect, open_ticket, sam):
    return actions.diagnose(open_ticket, by=sam, finding=behind(defect))


@pytest.fixture
def hansas(defect, mallory, hansa, module, sam):
    """Another customer's ticket behind the same defect."""
    ticket = actions.take(a_ticket(by=mallory, module=module, organisation=hansa), by=sam)
    return actions.diagnose(ticket, by=sam, finding=behind(defect))


def test_a_new_fault_is_reported_to_the_area_of_its_module(open_ticket, sam, module):
    module.development_area = DevelopmentArea.objects.create(name="Leistungen")
    module.save()
    fault = Fault("Books twice", "Cancel and pay.", LineFactory(), 3)

    ticket = actions.diagnose(open_ticket, by=sam, finding=Finding("software_defect", defect=fault))

    defect = Defect.objects.get()
    assert ticket.diagnosis.defect == defect
    assert (defect.area, defect.state) == (module.development_area, "reported")
    assert ticket.status == Status.WAITING_DEVELOPMENT
    assert Entry.objects.filter(verb="defect.reported", by=sam).exists()
    assert Event.objects.filter(name="defect.reported").exists()


@pytest.mark.parametrize("state", ["new_ticket", "waiting_ticket"])
def test_a_ticket_goes_to_development_from_where_it_is(request, state, defect, lea):
    ticket = request.getfixturevalue(state)

    ticket = actions.diagnose(ticket, by=lea, finding=behind(defect))

    assert ticket.status == Status.WAITING_DEVELOPMENT
    assert ticket.assignee
    lives = list(ticket.history.all())
    assert lives[-1].kind == "to_dev"
    for before, after in pairwise(lives):
        assert before.status == after.status or after.status in NEXT[Status(before.status)]


def test_while_development_works_on_it_our_clocks_run(waiting_ticket, defect, sam):
    ticket = actions.diagnose(waiting_ticket, by=sam, finding=behind(defect))

    assert ticket.clocks.get(clock="resolution").state == "running"


def test_one_defect_stands_behind_many_tickets(defect, handed_over, hansas):
    assert set(Ticket.objects.behind(defect)) == {handed_over, hansas}


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        (Fault(" ", "Steps."), "defect_title"),
        (Fault("Title", ""), "defect_steps"),
        (Fault("Title", "Steps.", level=3), "level"),
    ],
)
def test_development_gets_no_half_report(open_ticket, sam, fault, field):
    with pytest.raises(Invalid) as refusal:
        actions.diagnose(open_ticket, by=sam, finding=Finding("software_defect", defect=fault))

    assert refusal.value.field == field
    assert not Defect.objects.exists()


def test_nothing_is_handed_over_to_a_defect_that_was_rejected(defect, open_ticket, sam, dev):
    actions.reject_defect(defect, by=dev, reason="Works as designed.")

    with pytest.raises(WrongState):
        actions.diagnose(open_ticket, by=sam, finding=behind(defect))


def test_another_cause_takes_the_ticket_back(handed_over, sam):
    ticket = actions.diagnose(handed_over, by=sam, finding=a_finding())

    assert ticket.status == Status.OPEN


def test_development_accepts_under_its_own_number(defect, dev):
    defect = actions.accept_defect(defect, by=dev, tracker_key="LEI-4711")

    assert (defect.state, defect.tracker_key) == (DefectState.ACCEPTED, "LEI-4711")
    with pytest.raises(WrongState):
        actions.accept_defect(defect, by=dev)


def test_a_rejected_defect_gives_its_tickets_back(defect, handed_over, hansas, dev):
    actions.reject_defect(defect, by=dev, reason="Works as designed.")

    for ticket in (handed_over, hansas):
        ticket.refresh_from_db()
        assert ticket.status == Status.OPEN
        step = ticket.history.last()
        assert (step.kind, step.reason) == ("returned", "")  # the reason is ours


def test_a_rejection_says_why(defect, dev):
    with pytest.raises(Invalid):
        actions.reject_defect(defect, by=dev, reason=" ")


def test_a_confidential_ticket_comes_back_though_development_does_not_see_it(
    defect, handed_over, dev
):
    Ticket.objects.update(confidential=True)

    actions.reject_defect(defect, by=dev, reason="No.")

    handed_over.refresh_from_db()
    assert handed_over.status == Status.OPEN


def test_one_text_informs_each_customer_by_itself(defect, handed_over, hansas, sam, alice):
    resolved = actions.resolve(hansas, by=sam, answer="Worked around.", channel=OFFICE)

    informed = actions.inform_all(defect, by=sam, text="The correction is being tested.")

    assert informed == [handed_over]
    (message,) = handed_over.messages.filter(text__startswith="The correction")
    assert (message.author, message.is_public) == (sam, True)
    assert not resolved.messages.filter(text__startswith="The correction").exists()
    assert not Ticket.objects.visible_to(alice).filter(pk=hansas.pk).exists()
    event = Event.objects.filter(name="ticket.replied").latest("pk")
    assert event.body["ticket"] == handed_over.pk


def test_informing_nobody_is_refused(defect, sam):
    with pytest.raises(Refused):
        actions.inform_all(defect, by=sam, text="Hello?")


def test_support_and_development_talk(defect, sam, dev):
    actions.comment_on_defect(defect, by=sam, text="Also on SP 4.")
    actions.comment_on_defect(defect, by=dev, text="Thanks.")

    assert [row.by for row in defect.comments.all()] == [sam, dev]


@pytest.mark.parametrize(
    "verb", ["accept_defect", "reject_defect", "comment_on_defect", "inform_all"]
)
def test_customers_and_auditors_touch_no_defect(defect, alice, audrey, verb):
    facts = {"reject_defect": {"reason": "x"}, "accept_defect": {}}.get(verb, {"text": "x"})
    for person in (alice, audrey):
        with pytest.raises(NotAllowed):
            getattr(actions, verb)(defect, by=person, **facts)


def test_specialists_do_not_decide_for_development(defect, sam):
    for verb, facts in (("accept_defect", {}), ("reject_defect", {"reason": "x"})):
        with pytest.raises(NotAllowed):
            getattr(actions, verb)(defect, by=sam, **facts)


def test_customers_see_no_defect(defect, alice, sam):
    assert not Defect.objects.visible_to(alice).exists()
    assert Defect.objects.visible_to(sam).get() == defect


def test_similar_open_defects_of_the_module_are_found(module, sam, dev):
    near = a_defect(module, by=sam, title="Krankengeld wird nach Storno doppelt gezahlt")
    a_defect(module, by=sam, title="Bescheid ohne Absender")
    a_defect(ModuleFactory(), by=sam, title=near.title)
    over = a_defect(module, by=sam, title=near.title)
    actions.reject_defect(over, by=dev, reason="Known.")

    found = Defect.objects.alike(module, "Krankengeld wird nach Storno doppelt angewiesen")

    assert list(found) == [near]


@pytest.mark.parametrize(
    ("now", "then"), [(now, then) for now in DefectState for then in DefectState if now != then]
)
def test_the_database_holds_the_table_of_moves(defect, now, then):
    assert (then in DEFECT_NEXT[now]) == _moves(defect, now, then)


def _moves(defect, now, then) -> bool:
    with pgtrigger.ignore("tickets.Defect:defects_follow_next"):
        _set(defect, now)
    try:
        with transaction.atomic():
            _set(defect, then)
    except DatabaseError:
        return False
    return True


def _set(defect, state) -> None:
    ended = state not in (DefectState.REPORTED, DefectState.ACCEPTED)
    Defect.objects.filter(pk=defect.pk).update(
        state=state,
        reason="No." if state == DefectState.REJECTED else "",
        ended_at=F("reported_at") if ended else None,
        correction=CorrectionFactory() if state == DefectState.FIXED else None,
    )


@pytest.mark.django_db(transaction=True)
def test_no_ticket_is_left_waiting_when_the_defect_is_rejected_meanwhile(
    defect, new_ticket, sam, dev, at_once
):
    turns = iter(
        [
            lambda: actions.reject_defect(defect, by=dev, reason="No."),
            lambda: actions.diagnose(new_ticket, by=sam, finding=behind(defect)),
        ]
    )

    def its_turn():
        return next(turns)()

    at_once(2, its_turn)

    new_ticket.refresh_from_db()
    assert new_ticket.status in (Status.NEW, Status.OPEN)


def test_a_fixed_defect_makes_its_tickets_wait_for_delivery(defect, handed_over, hansas, dev):
    correction, day = CorrectionFactory(module=defect.module), timezone.localdate()

    fixed = actions.fix_defect(defect, by=dev, correction=correction, promised_on=day)

    assert (fixed.state, fixed.correction) == (DefectState.FIXED, correction)
    for ticket in (handed_over, hansas):
        ticket.refresh_from_db()
        assert ticket.status == Status.WAITING_DELIVERY
        assert timezone.localtime(ticket.promised_at).date() == day
        assert ticket.history.last().kind == "fixed"
    assert {one.number for one in correction.interests.all()} == {handed_over.pk, hansas.pk}


def test_without_a_day_nothing_is_promised(defect, handed_over, dev):
    actions.fix_defect(defect, by=dev, correction=CorrectionFactory(module=defect.module))

    handed_over.refresh_from_db()
    assert (handed_over.status, handed_over.promised_at) == (Status.WAITING_DELIVERY, None)


def test_a_day_that_has_passed_is_no_promise(defect, dev):
    yesterday = timezone.localdate() - timedelta(days=1)
    correction = CorrectionFactory(module=defect.module)

    with pytest.raises(Invalid):
        actions.fix_defect(defect, by=dev, correction=correction, promised_on=yesterday)


def test_another_modules_correction_fixes_nothing(defect, dev):
    with pytest.raises(Invalid):
        actions.fix_defect(defect, by=dev, correction=CorrectionFactory())


def test_one_more_ticket_of_a_fixed_defect_waits_for_delivery_at_once(
    defect, open_ticket, sam, dev
):
    actions.fix_defect(defect, by=dev, correction=CorrectionFactory(module=defect.module))

    ticket = actions.diagnose(open_ticket, by=sam, finding=behind(defect))

    assert ticket.status == Status.WAITING_DELIVERY


def test_each_side_is_told_where_the_ticket_is(defect, handed_over, dev, alice, sam):
    day = timezone.localdate() + timedelta(days=30)
    correction = CorrectionFactory(module=defect.module)
    actions.fix_defect(defect, by=dev, correction=correction, promised_on=day)
    while outbox.react():
        pass

    letters = Dispatch.objects.filter(channel="mail", recipient=alice).order_by("pk")
    said = [letter.content["subject"] for letter in letters]
    assert any("Handed over to development" in subject for subject in said)
    assert any("Corrected, waits for delivery" in subject for subject in said)
    assert not any(str(defect) in str(letter.content) for letter in letters)
    assert Notice.objects.filter(user=sam, event="ticket.developed").exists()
