"""However the mail server behaves, what was promised arrives."""

import pytest

from tests.faults.post_office import Mood

pytestmark = pytest.mark.fault


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
