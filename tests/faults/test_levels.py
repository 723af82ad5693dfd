"""Each level of a promise is told once, however many look and whatever the broker forgets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
import redis

from tests.faults.house import House, until

pytestmark = pytest.mark.fault
TICKETS = 12
LEVELS = 9  # three each of the first response, the answer and the solution
PASSED = "FROM tickets_passedlevel JOIN tickets_ticket ON number = ticket_id WHERE priority = 2"
STEPS = "FROM tickets_historyentry WHERE kind = %s AND ticket_id IN"
LEAD = "lea@desk.example"
OURS = "(SELECT number FROM tickets_ticket WHERE priority = 2)"


@pytest.fixture
def hasty(house: House) -> Iterator[House]:
    """Everybody twice, and each beat asks every second."""
    before = dict(house.environ)
    house.staff()
    house.environ["DJANGO_SETTINGS_MODULE"] = "tests.faults.hasty"
    house.staff("worker", "worker2", "urgent", "urgent2", "beat", "beat2")
    yield house
    house.staff()
    house.environ = before


def passed(house: House) -> int:
    return house.rows(f"SELECT count(*) {PASSED}")[0][0]


def steps(house: House, kind: str) -> Counter[tuple[int, str]]:
    """How often the history of each ticket says the same."""
    rows = house.rows(f"SELECT ticket_id, reason {STEPS} {OURS}", kind)
    return Counter((number, reason) for number, reason in rows)


def letters(house: House) -> Counter[tuple[str, str]]:
    """How often the lead heard each thing: the subject with the number, and the words."""
    theirs = [one.letter for one in house.post_office.arrivals if one.letter["To"] == LEAD]
    heard = [(one["Subject"], one.get_body(("plain",)).get_content()) for one in theirs]
    return Counter(letter for letter in heard if "] Escalated: " in letter[0])


def test_each_level_fires_once_with_two_beats_and_a_broker_emptied_three_times(hasty: House):
    hasty.play("promises", str(TICKETS))
    for share in (0.1, 0.4, 0.7):
        until(lambda share=share: passed(hasty) >= share * TICKETS * LEVELS, 60, f"{share} of all")
        redis.Redis.from_url(hasty.valkey.url).flushall()
    until(lambda: passed(hasty) >= TICKETS * LEVELS, 60, "every level of every ticket")
    until(hasty.is_quiet, 60, "all the mail")

    each = hasty.rows(
        f"SELECT count(*), count(DISTINCT (clock, share)) {PASSED} GROUP BY ticket_id"
    )
    assert each == [(LEVELS, LEVELS)] * TICKETS
    told, taken = steps(hasty, "escalated"), steps(hasty, "taken_away")
    assert set(told.values()) == {1}
    assert len(told) > TICKETS  # they did not all come at once, even on a slow machine
    assert (len(taken), set(taken.values())) == (TICKETS, {1})
    assert sum(letters(hasty).values()) == len(letters(hasty)) == len(told)
