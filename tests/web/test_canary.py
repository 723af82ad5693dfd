"""Every tenant's rows carry a word of its own; it is seen, heard and logged nowhere else."""

import logging
from collections.abc import Iterable, Iterator

import pytest

from supportdesk.accounts.models import User
from supportdesk.messaging.models import Dispatch, Notice
from tests.web import bodies
from tests.web.personas import CUSTOMERS, STAFF, Visitor
from tests.web.routes import VARIANTS, Route, all_routes
from tests.web.world import AFTER, ALPINA, HANSA, SECRET, World

pytestmark = pytest.mark.django_db
MARKERS = {ALPINA, HANSA, SECRET, AFTER}
BOTH = {ALPINA, HANSA, AFTER}
# What each may come across. Everything else about everybody else must stay unseen.
KNOWS: dict[str, set[str]] = {
    "anonymous": set(),
    "disabled": set(),
    "narrow": {ALPINA},
    "alice": {ALPINA, AFTER},
    "carol": {ALPINA, AFTER, SECRET},
    "paul": {ALPINA, AFTER},
    "mallory": {HANSA},
    "henry": {HANSA},
    "ended": set(),
    **dict.fromkeys(STAFF, BOTH),
    "lea": MARKERS,
    "audrey": MARKERS,
}
# Of the vendor only the confidential words are at stake: one of those who must not see them asks.
ASK = {*KNOWS} - {*STAFF} | {"sam"}
# No customer gets into the office, which the matrix holds for each: they all read one refusal.
IN_OFFICE = {"sam", "mallory", "anonymous"}
# Lists show more when asked; the words asked for are no marker, since pages repeat them.
QUERIES = {
    "figures": ["period=year&csv=hours", "period=year&csv=kept"],
    "ticket_list": ["view=all&q=subject", "view=all&order=changed", "view=all&system=0"],
    "ticket-list": ["q=subject", "ordering=-changed_at", "external_number=none", "status=none"],
    "organisation-list": ["limit=1"],
    "system-list": ["limit=1", "ordering=none"],
    "attachment-list": ["limit=1"],
    "admin:tickets_ticket_changelist": ["list=all&q=subject", "list=unrouted", "list=team"],
    "admin:tickets_ticket_add": ["organisation=none"],
    "admin:accounts_user_changelist": ["q=a"],
}


def asked(route: Route, house: World) -> Iterator[tuple[str, str]]:
    """Each address with the rows of every owner behind it, and each list with its questions."""
    methods = ["GET", *(["POST"] if route.name in bodies.GIVEN or route.words else [])]
    for variant in ["", *VARIANTS] if route.about else [""]:
        path = route.path(house, variant)
        yield from ((method, path) for method in methods)
    for query in QUERIES.get(route.name, []):
        yield "GET", f"{route.path(house)}?{query}"


def heard(visitor: Visitor, method: str, path: str, data: object, kind: str) -> str:
    """All that comes back: head and body, files included."""
    more = {"content_type": kind} if method == "POST" else {}
    answer = visitor.ask(method, path, data if method == "POST" else None, **more)
    body = b"".join(answer) if answer.streaming else answer.content
    return (
        f"{answer.headers} {answer.cookies}".casefold() + body.decode(errors="replace").casefold()
    )


def leaks(text: str, knows: Iterable[str]) -> set[str]:
    return {marker for marker in MARKERS - set(knows) if marker in text}


@pytest.mark.parametrize("route", all_routes(), ids=lambda route: route.name)
def test_nobody_comes_across_a_word_of_others(route, house, knocking, caplog):
    caplog.set_level(logging.INFO)
    data, kind = bodies.of(route, house)
    asking = IN_OFFICE if route.name.startswith("admin:") else ASK
    found = []
    for method, path in asked(route, house):
        for name, visitor in knocking["api" if route.is_api else "pages"].items():
            text = heard(visitor, method, path, data, kind) if name in asking else ""
            if leaked := leaks(text, KNOWS.get(name, set())):
                found.append(f"{method} {path} as {name}: {leaked}")

    assert found == []
    assert leaks(caplog.text.casefold(), set()) == set()


def test_letters_and_notices_hold_no_word_of_others(house):
    knows = {house.people[name].pk: KNOWS.get(name, set()) for name in house.people}
    knows[house.people["ended"].pk] = {ALPINA}  # written while its mandate was valid
    letters = Dispatch.objects.filter(recipient__isnull=False)
    told = [(row.recipient_id, str(row.content)) for row in letters]
    told += [(row.user_id, row.title) for row in Notice.objects.all()]

    assert len(told) > 20
    assert [(who, text) for who, text in told if leaks(text.casefold(), knows[who])] == []


def test_confidential_words_are_in_no_letter(house):
    assert not [row for row in Dispatch.objects.all() if SECRET in str(row.content)]


def test_after_its_mandate_a_provider_hears_nothing_more(house):
    ended: User = house.people["ended"]

    assert Notice.objects.filter(user=ended).exists()  # from before
    letters = Dispatch.objects.filter(recipient=ended)
    assert not [row for row in letters if AFTER in str(row.content)]


def test_everybody_of_interest_is_asked():
    assert {*CUSTOMERS, "anonymous", "narrow", "sam"} <= ASK <= KNOWS.keys()


def test_the_words_are_where_they_belong(house, knocking):
    """Without this, a house without words would pass everything above."""
    for name, marker in (("alice", ALPINA), ("paul", ALPINA), ("mallory", HANSA)):
        assert marker in knocking["pages"][name].ask("GET", "/tickets/").content.decode()
        assert marker in knocking["api"][name].ask("GET", "/api/v1/tickets/").content.decode()
    assert SECRET in knocking["pages"]["carol"].ask("GET", "/tickets/").content.decode()
