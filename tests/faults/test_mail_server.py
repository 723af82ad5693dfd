"""However the mail server behaves, what was promised arrives."""

import pytest

from tests.faults.house import until
from tests.faults.post_office import Mood

pytestmark = pytest.mark.fault
DEAD = "SELECT 1 FROM messaging_dispatch WHERE state = 'dead'"
TRIED = "SELECT 1 FROM messaging_dispatch WHERE attempts > 1"


@pytest.mark.parametrize(
    ("mood", "duplicates"),
    [
        (Mood.BUSY, 0),
        (Mood.SILENT, 0),
        (Mood.PERSON_LATER, 0),
        (Mood.MESSAGE_LATER, 0),
        (Mood.HANGS, 2),
        (Mood.CUTS_BEFORE, 2),
        (Mood.CUTS_AFTER, 0),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_mail_server_that_misbehaves_twice_loses_nothing(
    house, ledger, settled, mood, duplicates
):
    house.staff("web", "worker", "watchman")
    house.post_office.moods.extend([mood, mood])

    house.open_tickets(ledger, 2)

    assert settled()["duplicated"] == duplicates


def test_a_mail_server_that_is_gone_for_a_while_gets_everything_when_it_is_back(
    house, ledger, settled
):
    house.staff("web", "worker", "watchman")
    house.post_office.close()
    try:
        house.open_tickets(ledger, 3)
        until(lambda: house.rows(TRIED), 30, "a try that failed")
    finally:
        house.post_office.open()

    assert settled()["duplicated"] == 0


def test_what_is_refused_for_good_is_kept_and_can_be_tried_again(house, ledger, settled):
    house.staff("web", "watchman")
    house.post_office.moods.append(Mood.PERSON_NEVER)
    house.open_tickets(ledger, 1)
    until(lambda: house.rows(DEAD), 20, "a message that was given up")
    until(house.is_quiet, 20, "the other letter")
    assert len(ledger.lost(house.post_office.arrivals)) == 1

    house.play("try_again")

    assert settled()["duplicated"] == 0
