"""One house for all scenarios, and a fresh ledger for each."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.house import House, until
from tests.faults.ledger import Ledger

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd repeats every talk


@pytest.fixture(scope="session")
def one_house(worker_id: str) -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="supportdesk-faults-"))
    folder.chmod(0o755)  # PostgreSQL may run as somebody else
    house = House(folder, f"faults-{worker_id}")
    yield house
    house.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def house(one_house: House) -> Iterator[House]:
    """At peace before and after: nothing waits, nobody misbehaves."""
    one_house.post_office.calm()
    yield one_house
    one_house.post_office.go_on.set()
    one_house.post_office.moods.clear()
    for table in ("messaging_event", "messaging_dispatch"):
        one_house.rows(f"WITH gone AS (DELETE FROM {table} RETURNING 1) SELECT count(*) FROM gone")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def settled(
    house: House, ledger: Ledger, record_property: Callable[[str, object], None]
) -> Callable[..., dict[str, int]]:
    """Wait until everything promised has arrived and nothing is under way; the ledger's sums."""

    def settle(within: float = 60) -> dict[str, int]:
        arrivals = house.post_office.arrivals
        try:
            until(lambda: not ledger.lost(arrivals) and house.is_quiet(), within, "all the mail")
        except AssertionError:
            print(house.report())  # noqa: T201 - shown by pytest with the failure
            raise
        finally:
            sums = ledger.sums(arrivals)
            record_property("ledger", sums)
        assert (sums["lost"], sums["unnamed"]) == (0, 0)
        assert routed_once(house, ledger)
        return sums

    return settle


def routed_once(house: House, ledger: Ledger) -> bool:
    """Reactions happened exactly once: one decision per ticket, however often it was begun."""
    counts = house.rows(
        "SELECT t.number, count(h.id) FROM tickets_ticket t LEFT JOIN tickets_historyentry h"
        " ON h.ticket_id = t.number AND h.kind = 'routed' WHERE t.number = ANY(%s) GROUP BY 1",
        list(ledger.acknowledged.values()),
    )
    return {count for _number, count in counts} == {1} and len(counts) == len(ledger.acknowledged)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The ledger of every scenario."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    kept = [
        (report.nodeid.rpartition("::")[2], dict(report.user_properties)["ledger"])
        for report in reports
        if report.when == "call" and "ledger" in dict(report.user_properties)
    ]
    if kept:
        terminalreporter.section("ledger")
    for name, sums in kept:
        figures = ", ".join(f"{count} {what}" for what, count in sums.items())
        terminalreporter.write_line(f"{figures}: {name}")
