"""A house with two insurers in it, built once per module, and everybody who might knock."""

from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.web import world
from tests.web.personas import visitors


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory):
    files = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"))
    with files, django_db_blocker.unblock(), transaction.atomic():
        yield world.build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def knocking(house):
    return visitors(house)


@pytest.fixture
def counted(record_property):
    """What a test did, by name; the sums stand at the end of the run."""
    yield (counts := Counter())
    for what, count in counts.items():
        record_property(what, count)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    ended = [report for report in terminalreporter.stats.get("", []) if report.when == "teardown"]
    sums = Counter()
    for report in ended:
        for what, count in report.user_properties:
            if isinstance(count, int):  # faults keep whole ledgers under their names
                sums[what] += count
    if sums:
        terminalreporter.section("done")
        terminalreporter.line(", ".join(f"{count} {what}" for what, count in sums.items()))
