"""A customer's service agreement holds on its days; what it promises moves what runs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from supportdesk.accounts.models import Organisation
from tests.factories import CalendarFactory, a_finding, a_ticket
from tickets import actions, effect
from tickets.models import AgreedTimes, Agreement, Message

OFFICE = Message.Channel.OFFICE
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 8, tzinfo=BERLIN)
HOUR = timedelta(hours=1)
ADD = reverse("admin:tickets_agreement_add")


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def agree(
    organisation: Organisation, hours: int = 2, *, days: DateRange | None = None, **facts: object
) -> Agreement:
    """Everything about priority 3 within so many hours, and closed after 30 days."""
    during = days or DateRange(date(2026, 1, 1), None)
    agreement = Agreement.objects.create(organisation=organisation, during=during, **facts)
    words = dict.fromkeys(["first_response", "answer", "next_word"], hours * HOUR)
    facts = {**words, "resolution": 2 * hours * HOUR, "closes_after": 30}
    agreement.lines.create(priority=3, **facts)
    return agreement


def due(ticket) -> dict[str, datetime | None]:
    return {reading.clock: reading.due_at for reading in ticket.clocks.all()}


def test_an_agreement_counts_for_its_customer_alone(clock, alpina, hansa, alice, mallory, module):
    agree(alpina)
    ours = a_ticket(by=alice, organisation=alpina, module=module)
    theirs = a_ticket(by=mallory, organisation=hansa, module=module)

    assert due(ours)["first_response"] == MONDAY + 2 * HOUR
    assert due(ours)["resolution"] == MONDAY + 4 * HOUR
    assert due(theirs)["first_response"] == MONDAY + 8 * HOUR


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [
        (date(2026, 11, 23), None, 2),
        (date(2026, 11, 24), None, 8),
        (date(2026, 1, 1), date(2026, 11, 23), 8),
        (date(2026, 1, 1), date(2026, 11, 24), 2),
    ],
)
def test_it_holds_on_its_days_and_no_others(clock, alpina, alice, module, first, last, hours):
    agree(alpina, days=DateRange(first, last))
    ticket = a_ticket(by=alice, organisation=alpina, module=module)

    assert due(ticket)["first_response"] == MONDAY + hours * HOUR


def test_a_priority_it_does_not_name_has_the_published_times(clock, alpina, alice, module):
    agree(alpina)
    ticket = a_ticket(by=alice, organisation=alpina, module=module, customer_priority=2)

    assert due(ticket)["first_response"] == MONDAY + 4 * HOUR


def test_it_may_have_hours_of_its_own(clock, alpina, alice, module):
    late = CalendarFactory()
    late.hours.update(opens_minute=12 * 60, closes_minute=20 * 60)
    agree(alpina, calendar=late)
    ticket = a_ticket(by=alice, organisation=alpina, module=module)

    assert due(ticket)["first_response"] == MONDAY + 6 * HOUR


@pytest.mark.parametrize(("always", "hour"), [(True, 23), (False, 8)])
def test_it_says_whether_a_standstill_runs_around_the_clock(
    clock, alpina, alice, module, always, hour
):
    clock.move_to(datetime(2026, 11, 23, 22, tzinfo=BERLIN))
    agreement = agree(alpina, around_the_clock=always)
    times = dict.fromkeys(["first_response", "answer", "next_word", "resolution"], HOUR)
    agreement.lines.create(priority=1, closes_after=9, **times)
    ticket = a_ticket(by=alice, organisation=alpina, module=module, customer_priority=1)

    assert due(ticket)["first_response"].astimezone(BERLIN).hour == hour


def test_what_has_ended_keeps_the_target_of_the_agreement_of_then(
    clock, alpina, open_ticket, sam, desk
):
    clock.shift(3 * HOUR)
    actions.reply(open_ticket, by=sam, text="We look into it.", channel=OFFICE)
    agree(alpina)
    actions.rewind(open_ticket, by=desk)

    row = open_ticket.clocks.get(clock="first_response")
    assert (row.used, row.target) == (3 * HOUR, 8 * HOUR)
    assert due(open_ticket)["resolution"] == MONDAY + 4 * HOUR


def test_a_resolved_ticket_closes_after_the_agreed_days(clock, alpina, open_ticket, sam):
    agree(alpina)
    ticket = actions.resolve(
        open_ticket, by=sam, answer="Fixed.", finding=a_finding(), channel=OFFICE
    )

    assert ticket.closes_at == MONDAY + timedelta(days=30)


def test_another_priority_is_looked_at_under_the_agreement(clock, alpina, alice, module):
    agree(alpina)
    ticket = a_ticket(by=alice, organisation=alpina, module=module, customer_priority=2)
    normal = effect.of(ticket, MONDAY).prospects[2]

    assert normal.dues[0].at == MONDAY + 2 * HOUR


def test_two_agreements_of_a_customer_do_not_overlap(alpina):
    agree(alpina)
    with pytest.raises(IntegrityError, match="one_agreement_at_a_time"):
        agree(alpina)


@pytest.mark.parametrize(
    ("name", "value", "constraint"),
    [
        ("answer", timedelta(0), "agreed_times_are_times"),
        ("first_response", -HOUR, "agreed_times_are_times"),
        ("next_word", 9 * HOUR, "no_word_is_promised_after_the_solution"),
        ("closes_after", 2, "tickets_close_within_a_year"),
    ],
)
def test_the_database_refuses_promises_that_make_no_sense(alpina, name, value, constraint):
    agreement = agree(alpina)
    with pytest.raises(IntegrityError, match=constraint):
        AgreedTimes.objects.filter(agreement=agreement).update(**{name: value})


# --- The office ---------------------------------------------------------------------------------


@pytest.fixture
def as_lea(client, lea):
    client.force_login(lea)
    return client


def typed(organisation: Organisation, **cells: object) -> dict[str, object]:
    """The form as it comes, with the published times; `cells` are those of its third line."""
    body: dict[str, object] = {
        "organisation": organisation.pk,
        "during_0": "2026-01-01",
        "during_1": "",
        "around_the_clock": "on",
        "lines-TOTAL_FORMS": 4,
        "lines-INITIAL_FORMS": 0,
    }
    names = ["first_response", "answer", "next_word", "resolution"]
    for n, said in enumerate(
        ["1 h,4,4:00,2 d", "4,1 d,1 d,4 d", "8,2 d,2 d,8 d", "16,4d,4 t,16 T"]
    ):
        times = zip(names, said.split(","), strict=True)
        body |= {f"lines-{n}-{name}": time for name, time in times}
        body |= {f"lines-{n}-priority": n + 1, f"lines-{n}-closes_after": 14}
    return body | {f"lines-2-{name}": value for name, value in cells.items()}


def test_the_form_comes_filled_with_what_is_published(as_lea, alpina):
    page = as_lea.get(ADD).content.decode()

    assert 'value="16 d"' in page
    assert 'value="45"' in page


def test_a_lead_writes_an_agreement_in_words(as_lea, alpina):
    answer = as_lea.post(ADD, typed(alpina, first_response="2:30"))

    assert answer.status_code == 302
    lines = Agreement.objects.get().lines
    assert lines.count() == 4
    assert lines.get(priority=3).first_response == 2.5 * HOUR
    assert lines.get(priority=4).resolution == 160 * HOUR


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("answer", "soon", "Please write a time like"),
        ("answer", "0", "longer than nothing"),
        ("answer", "-4", "Please write a time like"),
        ("answer", "", "required"),
        ("answer", "99999999 d", "Please write a time like"),
        ("first_response", "9 d", "later than the solution"),
        ("closes_after", "0", "greater than or equal to 3"),
        ("priority", "2", "Please correct the duplicate"),
    ],
)
def test_what_cannot_be_promised_is_said_and_nothing_typed_is_lost(
    as_lea, alpina, name, value, words
):
    answer = as_lea.post(ADD, typed(alpina, **{"next_word": "1:15", name: value}))

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert 'value="1:15"' in answer.content.decode()
    assert not Agreement.objects.exists()


def test_an_overlap_is_said_in_words(as_lea, alpina):
    agree(alpina)
    answer = as_lea.post(ADD, typed(alpina))

    assert "Another agreement of this customer holds" in answer.content.decode()


def test_a_preview_says_what_would_move_and_saves_nothing(clock, client, lea, alpina, open_ticket):
    client.force_login(lea)
    clock.shift(3 * HOUR)
    answer = client.post(ADD, {**typed(alpina, first_response="2 h"), "_preview": "1"})
    page = answer.content.decode()

    assert "1 open ticket was looked at." in page
    assert "Due earlier: 1. Due later: 0. Late at once: 1." in page
    assert 'value="2 h"' in page
    assert not Agreement.objects.exists()


def test_saving_an_agreement_unchanged_changes_nothing(as_lea, alpina):
    as_lea.post(ADD, typed(alpina))
    before = list(AgreedTimes.objects.values())
    agreement = Agreement.objects.get()
    ids = {f"lines-{n}-id": line["id"] for n, line in enumerate(before)}
    body = {**typed(alpina), **ids, "lines-INITIAL_FORMS": 4}
    as_lea.post(reverse("admin:tickets_agreement_change", args=[agreement.pk]), body)

    assert list(AgreedTimes.objects.values()) == before


# --- The portal ---------------------------------------------------------------------------------


def test_a_coordinator_reads_what_is_promised_to_them(clock, client, carol, mallory, alpina):
    agree(alpina, 3)
    client.force_login(carol)
    ours = client.get(reverse("agreement")).content.decode()
    client.force_login(mallory)
    theirs = client.get(reverse("agreement")).content.decode()

    assert "3:00 h" in ours
    assert "30 days" in ours
    assert "3:00 h" not in theirs
    assert "no agreement of your own" in theirs


def test_who_acts_for_a_customer_does_not_read_its_contract(hansa, paul):
    agree(hansa)

    assert not Agreement.objects.visible_to(paul).exists()
