"""The bench measures what it says: the same rows at the limit, an older desk that is legal."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, F, Q

from demo.bench import history, limit, route, verdicts
from releases.models import Correction, System
from supportdesk.audit.models import Entry
from supportdesk.messaging.models import Event
from supportdesk.web.models import GivenAnswer
from tests.api import calling_as
from tests.factories import a_ticket
from tickets import actions
from tickets.models import ClockReading, HistoryEntry, Message, Ticket
from tickets.search import find, index

pytestmark = pytest.mark.django_db(transaction=True)
WRITTEN = [Ticket, Message, HistoryEntry, Entry, Event, GivenAnswer, ClockReading]


@pytest.fixture
def bare(monkeypatch):
    """The limit's server, without the wire."""
    to = connection.settings_dict
    url = f"postgresql://{to['USER']}@{to['HOST']}:{to['PORT']}/{to['NAME']}"
    monkeypatch.setenv("DATABASE_URL", url)

    def call(path: str, query: str = "", body: dict[str, Any] | None = None) -> Any:
        content = io.BytesIO(orjson.dumps(body))
        environ = {"PATH_INFO": path, "QUERY_STRING": query, "wsgi.input": content}
        return orjson.loads(b"".join(limit.application(environ, lambda *_: None)))

    yield call
    limit.connection().close()
    del limit.local.connection


def test_the_limit_lists_the_rows_that_the_api_lists(bare, alice, alpina, open_ticket):
    theirs = calling_as(alice).get("/api/v1/tickets/").json()["results"]
    ours = bare("/api", f"organisation={alpina.pk}")["results"]

    assert [row["number"] for row in theirs] == [row["number"] for row in ours]
    assert set(theirs[0]) == set(ours[0])
    plain = [name for name in theirs[0] if not name.endswith(("_at", "_since"))]
    assert {name: theirs[0][name] for name in plain} == {name: ours[0][name] for name in plain}


def test_the_limit_finds_the_tickets_that_the_search_finds(bare, sam, open_ticket):
    index.keep_up()

    theirs = [hit.ticket.number for hit in find.ranked("storno", sam).hits]
    ours = bare("/search", "stem='storno'")["results"]

    assert theirs == [row["number"] for row in ours] == [open_ticket.number]


def test_the_limit_writes_as_many_rows_as_the_api(bare, alice, alpina, module):
    def grown(call) -> list[int]:
        before = [model.objects.count() for model in WRITTEN]
        call()
        after = [model.objects.count() for model in WRITTEN]
        return [now - then for then, now in zip(before, after, strict=True)]

    facts = {"subject": "Halt", "text": "Steht.", "customer_priority": 3, "module": module.code}
    bare_facts = {
        "organisation": alpina.pk,
        "person": alice.pk,
        "module": module.pk,
        "team": module.team_id,
        "priority": 3,
        "subject": "Halt",
        "text": "Steht.",
        "key": "k",
    }
    client = calling_as(alice, scopes=["tickets:write"])
    api = grown(lambda: client.post("/api/v1/tickets/", facts, headers={"Idempotency-Key": "a"}))

    assert api == [1, 1, 1, 1, 1, 1, 4]
    assert grown(lambda: bare("/open", body=bare_facts)) == api


def test_the_limit_of_a_page_holds_what_was_said_and_done(bare, open_ticket, sam):
    actions.note(open_ticket, by=sam, text="Seen before.", channel="office")
    told = bare("/page", f"number={open_ticket.pk}")

    assert told["ticket"]["subject"] == open_ticket.subject
    assert [said["text"] for said in told["messages"]][-1] == "Seen before."
    assert [step["kind"] for step in told["history"]] == ["opened", "taken"]


def test_routing_is_timed_beside_its_writes_alone(competent_sam, alice, alpina, module):
    for _ in range(6):
        a_ticket(by=alice, module=module, organisation=alpina)
    found = route.figures()

    assert len(found.desk) == len(found.limit) == 3
    assert Ticket.objects.filter(assignee=competent_sam).count() == 6


def test_an_older_desk_has_more_that_is_done_and_no_more_that_is_open():
    call_command("demo", tickets=300, first=3000, stdout=io.StringIO())
    newest = Ticket.objects.earliest("number").number
    undone = Ticket.objects.unresolved().count()

    history.grow(1000, lambda _line: None)

    copies = Ticket.objects.filter(number__lt=newest)
    assert 850 <= Ticket.objects.count() <= 1150
    assert Ticket.objects.unresolved().count() == undone
    assert set(copies.values_list("status", flat=True)) == {"closed"}
    first = copies.earliest("number")
    assert first.opened_at < Ticket.objects.get(number=newest).opened_at - timedelta(days=700)
    silent = copies.annotate(said=Count("messages"), done=Count("history"))
    assert not silent.filter(Q(said=0) | Q(done=0)).exists()
    assert not Message.objects.filter(at__lt=F("ticket__opened_at")).exists()


def test_verdicts_are_measured_and_leave_nothing_behind(monkeypatch, module, alpina):
    monkeypatch.setattr(verdicts, "CORRECTIONS", 3000)
    monkeypatch.setattr(verdicts, "SYSTEMS", 20)
    told: list[str] = []

    found = verdicts.figures(told.append)

    assert found.keys() == verdicts.LIMITS.keys()
    assert len(told) == 3
    assert not Correction.objects.exists()
    assert not System.objects.filter(code__startswith="BENCH-").exists()
