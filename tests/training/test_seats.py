"""The rule of seats against the acceptance cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.cases import cases, instant
from training.seats import Place, Seats


def seats(facts: dict[str, Any]) -> Seats:
    def moment(text: str | None) -> Any:
        return instant(text) if text else None

    return Seats(
        facts["capacity"],
        facts["waitlist_open"],
        facts["auto_promote"],
        facts["offer_hours"],
        moment(facts["booking_until"]),
        {
            row["person"]: Place(
                row["person"],
                row["state"],
                row["priority"],
                moment(row["queued_at"]),
                moment(row["offer_until"]),
            )
            for row in facts["enrolments"]
        },
    )


def act(session: Seats, action: dict[str, Any]) -> str:
    now = instant(action["at"])
    match action["action"]:
        case "book":
            return session.book(action["person"], now)
        case "accept" | "refuse" | "cancel" as verb:
            done: Any = getattr(session, verb)(action["person"], now)
        case "set_capacity":
            done = session.set_capacity(action["value"], now)
        case "expire_offers":
            session.expire(now)
            done = True
        case "promote":
            session.promote(now)
            done = True
    return "ok" if done else "refused"


@cases("capacity.json", "scenario")
def test_seats_case(case):
    sessions = {name: seats(facts) for name, facts in case["sessions"].items()}
    results = [act(sessions[action["session"]], action) for action in case["actions"]]
    expected = case["expected"]

    assert results == expected.get("results", results)
    for name, counts in expected.get("counts", {}).items():
        session = sessions[name]
        found = {state: session.count(state) for state in ("booked", "offered", "waiting")}
        found["free_public"] = session.free_public
        found["free_for_waiting"] = session.free_for_waiting
        assert found == found | counts
    for name, states in expected.get("states", {}).items():
        assert {person: sessions[name].places[person].state for person in states} == states
    for name, limits in expected.get("offer_until_between", {}).items():
        for person, (first, last) in limits.items():
            until = sessions[name].places[person].offer_until
            assert until is not None
            assert instant(first) <= until <= instant(last)


NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_a_newcomer_does_not_overtake_who_waits():
    session = Seats(2, auto_promote=False, places={"w": Place("w", "waiting", queued_at=NOW)})
    session.places["b"] = Place("b", "booked")

    assert session.book("x", NOW + timedelta(minutes=1)) == "waiting"


def test_an_offer_that_has_passed_is_not_accepted_before_the_expiry_run():
    session = Seats(1, places={"o": Place("o", "offered", offer_until=NOW)})

    assert not session.accept("o", NOW)
    assert session.places["o"].state == "offered"


def party(size: int, name: str, minute: int) -> dict[str, Place]:
    at = NOW + timedelta(minutes=minute)
    people = [f"{name}{n}" for n in range(size)]
    return {one: Place(one, "waiting", queued_at=at, party=name) for one in people}


def test_seats_are_kept_for_a_party_that_is_next():
    session = Seats(2, places={**party(3, "a", 0), **party(1, "b", 1)})

    assert session.promote(NOW) == []
    session.set_capacity(4, NOW)
    assert session.count("offered") == 4


def test_a_smaller_party_overtakes_only_where_few_seats_are_free():
    session = Seats(2, overtaking=2, places={**party(3, "a", 0), **party(2, "b", 1)})

    assert session.promote(NOW) == ["b0", "b1"]
    assert (
        Seats(2, overtaking=1, places={**party(3, "a", 0), **party(2, "b", 1)}).promote(NOW) == []
    )


def test_a_party_takes_refuses_and_loses_its_offer_together():
    offered = {name: Place(name, "offered", offer_until=NOW, party="a") for name in ("a0", "a1")}
    before = NOW - timedelta(minutes=1)

    accepted, refused, expired = (Seats(2, places=dict(offered)) for _n in range(3))
    assert accepted.accept("a0", before)
    assert refused.refuse("a1", before)
    assert expired.expire(NOW) == ["a0", "a1"]
    assert (accepted.count("booked"), refused.count("refused")) == (2, 2)


def test_one_of_a_party_may_give_up_the_place():
    session = Seats(1, places=party(2, "a", 0))

    assert session.cancel("a0", NOW)
    assert session.places["a1"].state == "offered"
