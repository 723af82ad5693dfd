"""Alarms through the API: raised by programs, taken by people's own tools."""

from __future__ import annotations

import pytest

from oncall import actions
from oncall.models import Page, Policy
from supportdesk.accounts.actions.tokens import offered_scopes
from supportdesk.accounts.models import Scope
from tests.api import calling_as
from tests.oncall.paging import line, policy

pytestmark = pytest.mark.django_db
PAGES = "/api/v1/pages/"
ALARM = {"key": "zahllauf", "title": "Zahllauf steht"}


@pytest.fixture
def nights(sam, dev, lea):
    line(sam)
    return policy([sam], [dev], last_resort=[lea], is_default=True)


@pytest.fixture
def alarm(nights, desk) -> Page:
    return actions.open_page("job:4711", "Zahllauf steht", by=desk, policy=nights)


def test_a_program_raises_an_alarm_and_repeats_are_counted(nights, lea):
    program = calling_as(lea, scopes=[Scope.ALARMS])
    answers = [program.post(PAGES, ALARM) for _n in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    [row] = Page.objects.all()
    assert answers[-1].json()["id"] == row.pk
    assert answers[-1].json()["alarms"] == row.alarms == 3
    assert (row.policy, row.state) == (nights, "triggered")


def test_no_program_touches_a_page_of_the_desk_itself(nights, desk, lea):
    own = actions.open_page("ticket:1", "#1", by=desk, policy=nights)
    answer = calling_as(lea).post(PAGES, {**ALARM, "key": "ticket:1"})

    assert answer.json()["key"] == "alarm:ticket:1"
    own.refresh_from_db()
    assert own.alarms == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"key": ""}, "key"),
        ({"key": "x" * 101}, "key"),
        ({"title": "x" * 201}, "title"),
        ({"policy": "Nowhere"}, "policy"),
    ],
    ids=["no key", "long key", "long title", "unknown policy"],
)
def test_what_cannot_be_used_is_said_of_its_field(nights, lea, wrong, field):
    answer = calling_as(lea).post(PAGES, {**ALARM, **wrong})

    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {field}
    assert not Page.objects.exists()


def test_without_a_policy_for_tickets_one_must_be_named(nights, lea):
    Policy.objects.update(is_default=False)
    assert calling_as(lea).post(PAGES, ALARM).status_code == 409
    assert calling_as(lea).post(PAGES, {**ALARM, "policy": "Nights"}).status_code == 201


def test_a_policy_is_chosen_by_name(nights, sam, lea):
    other = policy([sam], last_resort=[lea], name="Days")
    calling_as(lea).post(PAGES, {**ALARM, "policy": "Days"})
    assert Page.objects.get().policy == other


def test_a_page_is_taken_handed_over_read_and_resolved(alarm, sam, dev):
    mine, theirs, address = calling_as(sam), calling_as(dev), f"{PAGES}{alarm.pk}/"
    taken = mine.post(f"{address}acknowledge/").json()
    assert (taken["state"], taken["acknowledged_by"]) == ("acknowledged", sam.email)
    assert theirs.post(f"{address}hand_over/", {"note": "x"}).status_code == 403
    handed = mine.post(f"{address}hand_over/", {"note": "Bank called.", "now": True})
    assert handed.json()["state"] == "triggered"
    refused = theirs.post(f"{address}acknowledge/")
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")
    assert theirs.get(f"{address}hand_overs/").json()["results"][0]["note"] == "Bank called."
    assert theirs.post(f"{address}acknowledge/", {"note_read": True}).status_code == 200
    assert theirs.post(f"{address}escalate/").json()["state"] == "triggered"
    assert theirs.post(f"{address}resolve/").json()["state"] == "resolved"
    kinds = [row["kind"] for row in mine.get(f"{address}events/").json()["results"]]
    assert kinds == ["opened", "taken", "handed_over", "taken", "escalated", "resolved"]


def test_what_calls_is_listed(alarm, nights, desk, sam):
    other = actions.open_page("x", "Druck steht", by=desk, policy=nights)
    actions.acknowledge(other, by=sam)

    for state, titles in [("triggered", ["Zahllauf steht"]), ("acknowledged", ["Druck steht"])]:
        rows = calling_as(sam).get(PAGES, {"state": state}).json()["results"]
        assert [row["title"] for row in rows] == titles
    rows = calling_as(sam).get(PAGES, {"key": "x"}).json()["results"]
    assert [row["id"] for row in rows] == [other.pk]


def test_a_token_does_what_its_scope_says_and_no_more(alarm, lea):
    raises, takes = (calling_as(lea, scopes=[scope]) for scope in (Scope.ALARMS, Scope.PAGES))
    address = f"{PAGES}{alarm.pk}/"

    assert raises.get(PAGES).status_code == 403
    assert raises.post(f"{address}acknowledge/").status_code == 403
    assert takes.post(PAGES, ALARM).status_code == 403
    assert takes.get(PAGES).status_code == 200
    assert takes.post(f"{address}acknowledge/").status_code == 200


def test_scopes_are_offered_to_whom_they_are_of_use(alice, sam, lea):
    ours = [Scope.ALARMS, Scope.PAGES]
    assert [[one for one in offered_scopes(who) if one in ours] for who in (alice, sam, lea)] == [
        [],
        [Scope.PAGES],
        ours,
    ]


def test_customers_learn_nothing_of_pages_or_policies(alarm, alice):
    program = calling_as(alice)
    assert program.get(PAGES).json()["results"] == []
    assert program.get(f"{PAGES}{alarm.pk}/").status_code == 404
    for name in ("Nights", "Nowhere"):
        assert program.post(PAGES, {**ALARM, "policy": name}).status_code == 403
    assert Page.objects.count() == 1
