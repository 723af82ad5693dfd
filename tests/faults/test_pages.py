"""No page is ever lost: workers, watchman, broker and database die all the time, by one seed.

Short in the suite; `make chaos` runs it long (CHAOS=1).
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest
import redis

from tests.faults.house import House, until
from tests.gateway import Gateway, open_gateway

pytestmark = pytest.mark.fault
LONG = bool(os.environ.get("CHAOS"))
PAGES, KILLING = (200, 120.0) if LONG else (12, 12.0)
STEPS, RULES = 3, 2
TRADE = ("urgent", "urgent2", "beat", "beat2", "watchman", "worker")


@pytest.fixture
def gateway(house: House) -> Iterator[Gateway]:
    gateway, server = open_gateway()
    house.staff()  # whoever is still at work knows of no gateway
    house.environ |= {"GATEWAY_URL": gateway.url, "GATEWAY_TOKEN": gateway.token}
    yield gateway
    house.staff()
    server.shutdown()
    server.server_close()


def expected(prefix: str, count: int) -> int:
    return count * STEPS * RULES


def rung(gateway: Gateway, prefix: str) -> Counter[tuple[str, str, str]]:
    """How often each person heard of each page on each way, whatever the key."""
    messages = [m for m in gateway.rung.values() if f"{prefix}-" in m["text"]]
    return Counter((m["text"].split(" http")[0], m["to"], m["kind"]) for m in messages)


def ended(house: House, prefix: str) -> bool:
    [(open_pages,)] = house.rows(
        "SELECT count(*) FROM oncall_page WHERE key LIKE %s AND due_at IS NOT NULL", f"{prefix}-%"
    )
    return not open_pages and house.is_quiet()


def sums(house: House, gateway: Gateway, prefix: str, count: int, kills: int) -> dict[str, int]:
    heard = rung(gateway, prefix)
    [(twice,)] = house.rows(
        "SELECT count(*) FROM (SELECT 1 FROM oncall_steprun r JOIN oncall_page p"
        " ON p.id = r.page_id WHERE p.key LIKE %s"
        " GROUP BY r.page_id, r.round, r.step HAVING count(*) > 1) twice",
        f"{prefix}-%",
    )
    return {
        "promised": expected(prefix, count),
        "lost": expected(prefix, count) - len(heard),
        "steps run twice": twice,
        "duplicates": len(gateway.requests) - sum(heard.values()),
        "kills": kills,
    }


def test_chaos_loses_no_page(house: House, gateway: Gateway, record_property):
    luck = random.Random(25_12)
    house.staff(*TRADE)
    house.play("pages", "chaos", str(PAGES), "4" if LONG else "2")
    kills = misfortunes(house, luck, KILLING)
    house.staff(*TRADE)
    settle(house, "chaos")

    found = sums(house, gateway, "chaos", PAGES, kills)
    record_property("ledger", found)
    assert (found["lost"], found["steps run twice"]) == (0, 0)
    assert found["duplicates"] <= kills
    assert max(rung(gateway, "chaos").values()) == 1


def settle(house: House, prefix: str) -> None:
    """Leases of the dead are let run out, again and again, as time would."""

    def quiet() -> bool:
        with suppress(Exception):
            house.rows(
                "UPDATE messaging_dispatch SET due_at = now() WHERE lease IS NOT NULL"
                " AND due_at < now() + interval '25 seconds' RETURNING 1"
            )
        return ended(house, prefix)

    try:
        until(quiet, 300 if LONG else 120, "the end of all pages")
    except AssertionError:
        print(house.report())  # noqa: T201 - shown by pytest with the failure
        raise


def misfortunes(house: House, luck: random.Random, seconds: float) -> int:
    """A kill every 0.1 to 0.3 seconds; the broker is emptied and killed, the database three times
    restarted at once. How many died with work that may have been in hand.
    """
    end, kills, began = time.monotonic() + seconds, 0, time.monotonic()
    restarts = [seconds * part for part in (0.25, 0.5, 0.75)]
    while time.monotonic() < end:
        time.sleep(luck.uniform(0.1, 0.3))
        kills += one_dies(house, luck)
        if restarts and time.monotonic() - began > restarts[0]:
            restarts.pop(0)
            house.postgres.process.kill()
            house.postgres.process.wait()
            house.start_postgres()
            kills += len(TRADE)  # each may have had an answer it could not write down
        if luck.random() < 0.02:
            with suppress(redis.RedisError):
                redis.Redis.from_url(house.valkey.url).flushall()
    house.valkey.process.kill()
    house.valkey.process.wait()
    house.start_valkey()
    return kills


def one_dies(house: House, luck: random.Random) -> int:
    """Mostly a child of the pool, sometimes a whole process, which is started again."""
    name = luck.choice(TRADE)
    if name.startswith(("urgent", "worker")) and luck.random() < 0.9:
        with suppress(psutil.Error):
            children = psutil.Process(house.processes[name].pid).children()
            if children:
                luck.choice(children).kill()
                return 1
        return 0
    house.kill(name)
    house.staff(*TRADE)
    return 1


def test_without_a_broker_every_page_is_out_within_15_seconds(house: House, gateway: Gateway):
    """All workers are dead, too: only watchman is there."""
    earlier = house.log("watchman").count("On duty")
    house.staff("watchman")
    until(lambda: house.log("watchman").count("On duty") > earlier, 60, "watchman")
    house.valkey.process.kill()
    try:
        house.play("pages", "alone", "20", "600")
        began = time.monotonic()
        until(lambda: len(rung(gateway, "alone")) == 20, 15, "the first call of every page")
    finally:
        house.start_valkey()

    assert time.monotonic() - began < 15
    assert set(rung(gateway, "alone").values()) == {1}
