"""Whoever dies with work in hand: somebody else does it, and what was written is written once."""

import pytest

from tests.faults.house import House, until
from tests.faults.post_office import Mood

pytestmark = pytest.mark.fault
KILLS = {
    "worker": lambda house: house.kill("worker"),
    "its children": lambda house: house.kill_children("worker"),
    "watchman": lambda house: house.kill("watchman"),
}


@pytest.fixture(params=KILLS)
def victim(request) -> str:
    return request.param


def staff_of(victim: str) -> tuple[str, ...]:
    return ("web", "watchman") if victim == "watchman" else ("web", "worker", "beat")


def test_a_sender_that_dies_before_the_answer_is_followed_by_another(house: House, ledger, settled):
    house.staff("web", "watchman")
    house.post_office.moods.append(Mood.HOLDS)
    house.open_tickets(ledger, 1)
    assert house.post_office.holding.wait(60)

    house.kill("watchman")
    house.staff("web", "watchman")
    house.let_leases_run_out()

    assert settled()["duplicated"] == 0


def test_a_sender_that_dies_before_noting_the_answer_repeats_it_under_its_name(
    house: House, ledger, settled, victim
):
    house.staff(*staff_of(victim))
    house.post_office.moods.append(Mood.HOLDS)
    house.open_tickets(ledger, 1)
    assert house.post_office.holding.wait(60)

    with house.blocked("SELECT 1 FROM messaging_dispatch WHERE state = 'sending' FOR UPDATE"):
        house.post_office.go_on.set()
        until(house.somebody_waits, 3, "a sender that wants to note the answer")
        KILLS[victim](house)
    house.let_leases_run_out()
    house.staff(*staff_of(victim))

    assert settled()["duplicated"] == 1


def test_a_reaction_that_dies_half_way_leaves_nothing_and_happens_once(
    house: House, ledger, settled, victim
):
    house.staff("web")
    house.open_tickets(ledger, 2)

    with house.blocked("LOCK TABLE audit_entry IN SHARE MODE"):  # routing has written before this
        house.staff(*staff_of(victim))
        until(house.somebody_waits, 60, "a reaction that wants to note what it did")
        KILLS[victim](house)
    house.staff(*staff_of(victim))

    assert settled()["duplicated"] == 0


def test_a_sender_that_slept_through_its_lease_does_not_undo_the_work_of_another(
    house: House, ledger, settled
):
    house.staff("web", "watchman")
    house.post_office.moods.append(Mood.HOLDS)
    house.open_tickets(ledger, 1)
    assert house.post_office.holding.wait(60)
    house.pause("watchman")
    house.let_leases_run_out()
    house.staff("web", "watchman", "worker", "beat")
    until(lambda: len(house.post_office.arrivals) == 2, 60, "both letters from the worker")
    until(house.is_quiet, 20, "the worker's notes")

    house.post_office.go_on.set()
    until(lambda: len(house.post_office.arrivals) == 3, 5, "the letter the watchman had in hand")
    house.wake("watchman")

    until(lambda: "lease ran out" in house.log("watchman"), 10, "the watchman's word")
    assert settled()["duplicated"] == 1
    assert house.rows("SELECT DISTINCT state FROM messaging_dispatch") == [("sent",)]
