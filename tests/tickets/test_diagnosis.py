"""A ticket ends with a verdict, and each verdict demands its own follow-up."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError
from django.utils import timezone

from releases.actions import back_wish, put_wish
from releases.models import Interest, Wish, WishBacking
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging.models import Event
from tests.factories import CorrectionFactory, SystemFactory, TopicFactory, a_finding, a_ticket
from tickets import actions
from tickets.actions import Finding, NewWish
from tickets.models import Diagnosis, Message, Status, Ticket, Verdict
from training.models import CauseCount

OFFICE = Message.Channel.OFFICE
DIFFERENCE = {"difference": "Runs before the close of day.", "differs_since": date(2026, 1, 31)}


def test_a_ticket_is_not_resolved_without_a_verdict(open_ticket, sam):
    with pytest.raises(Invalid) as refusal:
        actions.resolve(open_ticket, by=sam, answer="Done.", channel=OFFICE)

    assert refusal.value.field == "verdict"
    open_ticket.refresh_from_db()
    assert open_ticket.status == Status.OPEN


def test_the_database_says_so_too(open_ticket):
    now = timezone.now()

    with pytest.raises(ProgrammingError, match="resolved_with_a_verdict"):
        Ticket.objects.update(status="resolved", resolved_at=now, closes_at=now)


def test_a_cause_is_found_and_the_ticket_resolved_in_one_step(open_ticket, sam):
    ticket = actions.resolve(
        open_ticket, by=sam, answer="Done.", channel=OFFICE, finding=a_finding()
    )

    assert ticket.status == Status.RESOLVED
    assert ticket.diagnosis.verdict == Verdict.HANDLING_ERROR
    assert list(ticket.history.values_list("kind", flat=True))[-2:] == ["diagnosed", "resolved"]


def test_a_cause_found_before_holds(open_ticket, sam, alice):
    actions.diagnose(open_ticket, by=sam, finding=a_finding())
    actions.resolve(open_ticket, by=sam, answer="Done.", channel=OFFICE)
    actions.reopen(open_ticket, by=alice, reason="Again.", channel=OFFICE)

    ticket = actions.resolve(open_ticket, by=sam, answer="Now.", channel=OFFICE)

    assert ticket.status == Status.RESOLVED
    assert Diagnosis.objects.count() == 1


def test_a_verdict_leaves_its_line_and_its_event(open_ticket, sam):
    actions.diagnose(open_ticket, by=sam, finding=a_finding())

    entry = Entry.objects.get(verb="ticket.diagnosed")
    assert entry.by == sam
    assert entry.facts["verdict"] == "handling_error"
    assert Event.objects.filter(name="ticket.diagnosed").count() == 1
    assert not open_ticket.history.get(kind="diagnosed").public


@pytest.mark.parametrize(
    ("verdict", "given", "field"),
    [
        ("handling_error", {}, "topic"),
        ("settings_difference", {"differs_since": date(2026, 1, 31)}, "difference"),
        ("settings_difference", {"difference": "Off."}, "differs_since"),
        (
            "settings_difference",
            {**DIFFERENCE, "difference": " \n"},
            "difference",
        ),
        ("software_defect", {}, "defect"),
        ("missing_correction", {}, "correction"),
        ("wish", {}, "wish"),
        ("wish", {"wish": NewWish("", "Do.")}, "wish_title"),
        ("wish", {"wish": NewWish("Title", " ")}, "wish_text"),
        ("a guess", {}, "verdict"),
    ],
)
def test_what_a_verdict_demands_must_be_there(open_ticket, sam, verdict, given, field):
    with pytest.raises(Invalid) as refusal:
        actions.diagnose(open_ticket, by=sam, finding=Finding(verdict, **given))

    assert refusal.value.field == field
    assert not Diagnosis.objects.exists()


def test_a_difference_is_not_of_tomorrow(open_ticket, sam):
    tomorrow = timezone.localdate() + timedelta(days=1)
    finding = Finding("settings_difference", difference="Off.", differs_since=tomorrow)

    with pytest.raises(Invalid):
        actions.diagnose(open_ticket, by=sam, finding=finding)


def test_what_a_verdict_does_not_ask_for_is_left(open_ticket, sam, topic):
    finding = Finding("settings_difference", topic=topic, **DIFFERENCE)

    ticket = actions.diagnose(open_ticket, by=sam, finding=finding)

    assert ticket.diagnosis.topic is None


@pytest.mark.parametrize(
    "facts",
    [
        {"verdict": "handling_error"},
        {"verdict": "handling_error", "topic": True, "difference": "Off."},
        {"verdict": "settings_difference", "difference": "Off."},
        {"verdict": "settings_difference", "differs_since": date(2026, 1, 1)},
        {"verdict": "software_defect"},
        {"verdict": "missing_correction"},
        {"verdict": "wish"},
        {"verdict": "a guess"},
    ],
)
def test_the_database_knows_what_each_verdict_demands(open_ticket, sam, topic, facts):
    facts = {**facts, **({"topic": topic} if "topic" in facts else {})}

    with pytest.raises(IntegrityError, match="each_verdict_has_its_follow_up"):
        open_ticket.diagnoses.create(by=sam, **facts)


def test_another_verdict_replaces_the_first_which_stays_in_the_history(open_ticket, sam, lea):
    actions.diagnose(open_ticket, by=sam, finding=a_finding())
    finding = Finding("settings_difference", **DIFFERENCE)

    ticket = actions.diagnose(open_ticket, by=lea, finding=finding)

    assert ticket.diagnosis.by == lea
    verdicts = ticket.diagnoses.values_list("verdict", flat=True)
    assert list(verdicts) == ["handling_error", "settings_difference"]


def test_a_verdict_once_given_is_not_rewritten(open_ticket, sam):
    actions.diagnose(open_ticket, by=sam, finding=a_finding())

    with pytest.raises(ProgrammingError, match="diagnoses_stay"):
        Diagnosis.objects.update(note="Else.")


def test_the_same_verdict_twice_is_refused(open_ticket, sam):
    actions.diagnose(open_ticket, by=sam, finding=a_finding())

    with pytest.raises(Refused):
        actions.diagnose(open_ticket, by=sam, finding=a_finding())


def test_training_counts_a_handling_error_once_under_its_last_topic(open_ticket, sam, alpina):
    other = TopicFactory()
    actions.diagnose(open_ticket, by=sam, finding=a_finding())
    actions.diagnose(open_ticket, by=sam, finding=a_finding(topic=other))

    counted = CauseCount.objects.filter(count__gt=0)
    assert [(one.topic, one.organisation, one.count) for one in counted] == [(other, alpina, 1)]

    actions.diagnose(open_ticket, by=sam, finding=Finding("settings_difference", **DIFFERENCE))
    assert not counted.all().exists()


def test_a_closed_ticket_keeps_its_verdict(closed_ticket, sam):
    with pytest.raises(WrongState):
        actions.diagnose(closed_ticket, by=sam, finding=a_finding(note="Anew."))


def test_customers_and_developers_give_no_verdict(open_ticket, alice, dev):
    for person in (alice, dev):
        with pytest.raises(NotAllowed):
            actions.diagnose(open_ticket, by=person, finding=a_finding())


def test_what_is_confidential_gets_no_verdict_from_others(open_ticket, sam, lea):
    actions.assign(open_ticket, by=sam, to=lea)
    Ticket.objects.update(confidential=True)

    with pytest.raises(Ticket.DoesNotExist):
        actions.diagnose(open_ticket, by=sam, finding=a_finding())


def test_a_missing_correction_names_itself_and_the_system(open_ticket, sam, module, system, alpina):
    correction = CorrectionFactory(module=module)
    finding = Finding("missing_correction", correction=correction, system=system)

    ticket = actions.diagnose(open_ticket, by=sam, finding=finding)

    assert ticket.diagnosis.follow_up == f"{correction} · ALP-P1"
    interest = Interest.objects.get()
    assert (interest.correction, interest.organisation) == (correction, alpina)
    assert (interest.number, interest.is_open) == (ticket.number, True)


def test_a_system_of_somebody_else_is_none_to_name(open_ticket, sam, module):
    finding = Finding(
        "missing_correction", correction=CorrectionFactory(module=module), system=SystemFactory()
    )

    with pytest.raises(Invalid) as refusal:
        actions.diagnose(open_ticket, by=sam, finding=finding)

    assert refusal.value.field == "system"


def test_a_correction_that_was_not_the_cause_is_not_waited_for(open_ticket, sam, module, system):
    correction = CorrectionFactory(module=module)
    finding = Finding("missing_correction", correction=correction, system=system)
    actions.diagnose(open_ticket, by=sam, finding=finding)

    actions.diagnose(open_ticket, by=sam, finding=a_finding())

    assert not Interest.objects.get().is_open


def test_a_wish_is_put_with_the_customer_behind_it(open_ticket, sam, alpina, module):
    finding = Finding("wish", wish=NewWish("Sort by day", "The list should sort by day."))

    ticket = actions.diagnose(open_ticket, by=sam, finding=finding)

    wish = Wish.objects.get()
    assert (ticket.diagnosis.wish, wish.module, wish.put_by) == (wish, module, sam)
    backing = wish.backings.get()
    assert (backing.organisation, backing.number) == (alpina, ticket.number)
    assert ticket.status == Status.OPEN


def test_a_customer_is_behind_a_wish_no_more_when_it_was_another_cause(open_ticket, sam, module):
    wished = Finding("wish", wish=NewWish("Sort by day", "Do."))
    actions.diagnose(open_ticket, by=sam, finding=wished)

    actions.diagnose(open_ticket, by=sam, finding=a_finding())

    assert not WishBacking.objects.exists()
    assert Entry.objects.filter(verb="wish.backing_dropped").count() == 1


def test_a_wish_that_is_known_gets_one_more_behind_it(open_ticket, new_ticket, sam, module):
    wish = put_wish(module, by=sam, title="Sort", text="By day.")
    back_wish(wish, open_ticket.organisation, by=sam, number=1)

    actions.diagnose(open_ticket, by=sam, finding=Finding("wish", wish=wish))

    assert wish.backings.count() == 2


def test_causes_are_counted_by_month_module_and_verdict(open_ticket, sam, mallory, hansa, module):
    other = actions.take(a_ticket(by=mallory, module=module, organisation=hansa), by=sam)
    for ticket in (open_ticket, other):
        actions.diagnose(ticket, by=sam, finding=Finding("settings_difference", **DIFFERENCE))
        actions.diagnose(ticket, by=sam, finding=a_finding())

    (found,) = Diagnosis.objects.causes()
    assert (found["module"], found["verdict"], found["count"]) == (module.name, "handling_error", 2)
    assert found["month"].day == 1
    assert [row["count"] for row in Diagnosis.objects.visible_to(mallory).causes()] == [1]
