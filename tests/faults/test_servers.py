"""Broker and database go away in the middle of the work, come back, or never do."""

import json
import random
import threading
from contextlib import suppress

import psutil
import psycopg
import pytest
import redis

from tests.faults.house import REPORT, House, until
from tests.faults.post_office import Mood

pytestmark = pytest.mark.fault
UNKIND = [mood for mood in Mood if mood not in {Mood.KIND, Mood.HOLDS, Mood.PERSON_NEVER}]


def test_a_broker_that_dies_and_comes_back_knowing_nothing_costs_nothing(
    house: House, ledger, settled
):
    house.staff("web", "worker", "urgent", "beat")
    house.open_tickets(ledger, 3)
    house.valkey.process.kill()
    house.open_tickets(ledger, 3)
    house.start_valkey()
    house.open_tickets(ledger, 3)

    assert settled()["duplicated"] == 0


def test_a_broker_that_is_emptied_costs_nothing(house: House, ledger, settled):
    house.staff("web", "worker", "urgent", "beat")
    for _ in range(3):
        house.open_tickets(ledger, 2)
        redis.Redis.from_url(house.valkey.url).flushall()

    assert settled()["duplicated"] == 0


def test_without_a_broker_a_worker_and_a_beat_the_watchman_does_it_all(
    house: House, ledger, settled
):
    house.staff("web", "watchman")
    house.valkey.process.kill()
    try:
        house.open_tickets(ledger, 5)
        assert settled()["duplicated"] == 0
    finally:
        house.start_valkey()


@pytest.mark.parametrize(
    ("how", "staff"),
    [("fast", ("worker", "beat")), ("killed", ("watchman",))],
    ids=["fast", "killed"],
)
def test_a_database_that_restarts_amid_the_work_loses_nothing_it_acknowledged(
    house: House, ledger, settled, how, staff
):
    house.staff("web", *staff)
    customers = threading.Thread(target=house.open_tickets, args=[ledger, 12])
    customers.start()
    for _ in range(2):
        customers.join(1)
        if how == "fast":
            house.postgres.stop()
        else:
            house.postgres.process.kill()
            house.postgres.process.wait()
        house.start_postgres()
    customers.join(60)
    house.let_leases_run_out()

    assert len(ledger.acknowledged) == 12
    assert settled()["duplicated"] <= 2  # a letter whose result could not be written, per restart


def test_no_backend_of_a_killed_database_goes_on_beside_the_next(house: House):
    """It would acknowledge commits that the next one never hears of."""
    thinks = threading.Thread(target=think_for_long, args=[house.postgres.url])
    thinks.start()
    [(busy,)] = until(lambda: thinkers(house), 20, "a backend that is busy")

    house.postgres.process.kill()
    house.postgres.process.wait()
    assert goes_on(busy)
    house.start_postgres()

    assert not goes_on(busy)
    thinks.join(10)


def goes_on(pid: int) -> bool:
    """One that has ended may still be listed, until somebody asks how it ended."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def think_for_long(url: str) -> None:
    with suppress(psycopg.Error), psycopg.connect(url, autocommit=True) as line:
        line.execute("SELECT count(*) FROM generate_series(1, 100000000000)")


def thinkers(house: House) -> list[tuple[int]]:
    return house.rows(
        "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE %s",
        "SELECT count(*) FROM generate_series%",
    )


def test_a_database_that_is_away_is_said_to_be_away(house: House):
    house.staff("web")
    until(lambda: house.ask("/health/live")[0] == 200, 60, "a web server")
    assert house.ask("/health/ready")[0] == 200

    house.postgres.stop()
    try:
        assert house.ask("/health/live")[0] == 200
        assert house.ask("/health/ready")[0] == 503
        status, said = house.ask("/api/v1/tickets/", "some-key-1", REPORT)
        assert (status, json.loads(said)["code"]) == (503, "not_now")
    finally:
        house.start_postgres()
    assert house.open_ticket("some-key-1")


def test_two_of_each_do_everything_once(house: House, ledger, settled):
    house.staff("web", "worker", "worker2", "urgent", "beat", "watchman", "watchman2")

    house.open_tickets(ledger, 15)

    assert settled()["duplicated"] == 0


def test_everything_at_once_loses_nothing(house: House, ledger, settled):
    """A minute of bad luck, always the same one. Each misfortune can repeat one letter."""
    chance = random.Random(25)
    everybody = ("web", "worker", "beat", "watchman")
    house.staff(*everybody)
    misfortunes = {
        "worker": lambda: house.kill("worker"),
        "children": lambda: house.kill_children("worker"),
        "watchman": lambda: house.kill("watchman"),
        "broker": lambda: redis.Redis.from_url(house.valkey.url).flushall(),
        "mail": lambda: house.post_office.moods.extend(chance.choices(UNKIND, k=3)),
    }
    customers = threading.Thread(target=house.open_tickets, args=[ledger, 20])
    customers.start()
    struck = chance.choices(list(misfortunes), k=8)
    for name in struck:
        misfortunes[name]()
        house.staff(*everybody)
        customers.join(0.5)
    customers.join(60)
    house.let_leases_run_out()

    assert len(ledger.acknowledged) == 20
    assert settled()["duplicated"] <= len(struck) + 2 * struck.count("mail")
