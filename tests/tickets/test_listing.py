"""Pages cut by their sort key: nothing twice, nothing left out, whatever comes in between."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.factories import a_ticket
from tickets import listing
from tickets.listing import Order, View
from tickets.models import Ticket
from tickets.search import find


@pytest.fixture
def tickets(alice, module, alpina):
    """Seven, some of the same priority, some changed and some due at the very same moment, and two
    for which nothing is promised.
    """
    rows = [
        a_ticket(by=alice, module=module, organisation=alpina, customer_priority=n % 3 + 1)
        for n in range(7)
    ]
    now = timezone.now()
    for n, row in enumerate(rows):
        due_at = None if n in (2, 5) else now + timedelta(hours=n // 2)
        moments = {"changed_at": now - timedelta(hours=n // 2), "due_at": due_at}
        Ticket.objects.filter(pk=row.pk).update(**moments)
    return rows


def walk(order, size=2):
    """All pages forwards, then all the way back, as numbers."""
    pages = [listing.page(Ticket.objects.all(), order, size=size)]
    while pages[-1].after:
        pages.append(listing.page(Ticket.objects.all(), order, after=pages[-1].after, size=size))
    back = [pages[-1]]
    while back[-1].before:
        back.append(listing.page(Ticket.objects.all(), order, before=back[-1].before, size=size))
    return [[[row.number for row in page.rows] for page in way] for way in (pages, reversed(back))]


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10])
def test_paging_shows_every_ticket_once_in_both_directions(tickets, order, size):
    forwards, backwards = walk(order, size)
    shown = [number for page in forwards for number in page]

    assert sorted(shown) == sorted(ticket.number for ticket in tickets)
    assert len(set(shown)) == 7
    assert sorted(number for page in backwards for number in page) == sorted(shown)


def test_orders_are_what_their_names_say(tickets):
    def numbers(order):
        return [row.number for row in listing.page(Ticket.objects.all(), order).rows]

    ours = [ticket.number for ticket in tickets]
    assert numbers(Order.NEWEST) == ours[::-1]
    assert numbers(Order.OLDEST) == ours
    assert numbers(Order.CHANGED)[:2] == [ours[1], ours[0]]  # the same moment: newest first
    assert numbers(Order.PRIORITY)[:3] == [ours[0], ours[3], ours[6]]
    assert numbers(Order.DUE) == [ours[n] for n in (0, 1, 3, 4, 6, 2, 5)]  # what rests is last


def test_a_ticket_that_arrives_meanwhile_shifts_nothing(tickets, alice, module, alpina):
    first = listing.page(Ticket.objects.all(), Order.NEWEST, size=3)
    a_ticket(by=alice, module=module, organisation=alpina)
    second = listing.page(Ticket.objects.all(), Order.NEWEST, after=first.after, size=3)

    assert [row.number for row in second.rows] == [t.number for t in tickets[3::-1][:3]]


@pytest.mark.parametrize(
    "cursor", ["x", "1~", "~", "9" * 40, "9~5~1", "2026-11-23~4", "2026-11-23T08:00:00~4", "\x00"]
)
@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("way", ["after", "before"])
def test_a_senseless_cursor_is_the_first_page_or_an_empty_one(tickets, cursor, order, way):
    first = listing.page(Ticket.objects.all(), order, size=2)
    found = listing.page(Ticket.objects.all(), order, size=2, **{way: cursor})

    assert [row.number for row in found.rows] == [row.number for row in first.rows]


def narrowed(words, reader):
    return find.matching(Ticket.objects.all(), find.prepare(words, reader), reader)


@pytest.fixture
def found(alice, module, alpina):
    """What a search for some words finds, among three tickets."""
    for subject, number in [
        ("Beitragsnachweis fehlt für Betrieb 100 %", "INC-0093317"),
        ("Zahllauf bricht ab", "48211"),
        ("BEITRÄGE doppelt", ""),
    ]:
        a_ticket(
            by=alice, module=module, organisation=alpina, subject=subject, external_number=number
        )

    def subjects(words):
        return [row.subject[:6] for row in narrowed(words, alice)]

    return subjects


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("beitrags", ["Beitra"]),
        ("beiträge", ["BEITRÄ"]),
        ("fehlt nachweis", ["Beitra"]),  # all words, in any order
        ("fehlt zahllauf", []),
        ("INC-0093317", ["Beitra"]),
        ("48211", ["Zahlla"]),
        ("100 %", ["Beitra"]),  # a percent sign is a percent sign
        ("_", []),
        ("9" * 40, []),
        ("   ", ["BEITRÄ", "Zahlla", "Beitra"]),
    ],
)
def test_search_knows_numbers_and_words(found, words, expected):
    assert found(words) == expected


def test_search_finds_a_ticket_by_its_own_number(new_ticket, alice):
    for words in (str(new_ticket.number), f"[#{new_ticket.number}]", f"#{new_ticket.number}"):
        assert list(narrowed(words, alice)) == [new_ticket]


def test_views_split_the_tickets_of_a_customer(
    alice, carol, new_ticket, waiting_ticket, module, alpina
):
    # new_ticket and waiting_ticket are the same row; one more is carol's
    hers = a_ticket(by=carol, module=module, organisation=alpina)

    def numbers(view):
        rows = listing.viewed(Ticket.objects.all(), view, alice)
        return {row.number for row in rows}

    assert numbers(View.OPEN) == {waiting_ticket.number, hers.number}
    assert numbers(View.YOURS) == numbers(View.MINE) == {waiting_ticket.number}
    assert numbers(View.DONE) == set()
    assert numbers(View.ALL) == {waiting_ticket.number, hers.number}


@pytest.mark.parametrize("order", [Order.NEWEST, Order.CHANGED, Order.PRIORITY, Order.DUE])
def test_each_order_is_read_from_an_index(tickets, alpina, order):
    name = listing.KEYS[order][0]
    rows = Ticket.objects.filter(organisation=alpina).with_due_by()
    page = listing.page(rows, order, size=2)
    mark = listing._parsed(page.after, name)
    down = listing.KEYS[order][1]
    beyond = rows.filter(listing._beyond(name, mark, down)).order_by(
        *[f"-{key}" if down else key for key in ([name] if name else []) + ["number"]]
    )

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        plan = beyond[:2].explain()

    # Which index is the planner's affair: it knows the sizes of the day.
    assert "Index Scan" in plan
    assert "Sort" not in plan
