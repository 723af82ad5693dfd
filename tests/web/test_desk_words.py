"""The template words: each says in words what it shows as a sign."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.template import engines
from django.utils import timezone, translation

from supportdesk.web.icons import ICONS
from supportdesk.web.templatetags import desk
from tickets.models import Priority, Status

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def words(markup: str) -> str:
    return " ".join(
        engines["django"].from_string("{{ m|striptags }}").render({"m": markup}).split()
    )


def test_every_icon_is_drawn_and_silent():
    for name in ICONS:
        assert desk.icon(name).startswith('<svg class="sd-icon"')
        assert 'aria-hidden="true"' in desk.icon(name)


def test_an_unknown_icon_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        desk.icon("unicorn")


@pytest.mark.parametrize("value", Priority)
def test_a_priority_has_its_own_shape_number_and_word(value):
    others = {desk.PRIORITIES[other][0] for other in Priority if other != value}

    assert words(desk.priority(value)).endswith(f"Priority {value} · {value.label}")
    assert words(desk.priority(value, short=True)).endswith(f"Priority {value}, {value.label}")
    assert desk.PRIORITIES[value][0] not in others


@pytest.mark.parametrize("value", Status)
def test_a_status_is_said_in_the_words_of_the_model(value):
    assert words(desk.status(value)) == value.label


def test_a_customer_reads_whose_turn_it_is(alice, sam):
    assert words(desk.status(Status.WAITING_CUSTOMER, alice)) == "Waiting for you"
    assert "sd-chip-you" in desk.status(Status.WAITING_CUSTOMER, alice)
    assert words(desk.status(Status.WAITING_CUSTOMER, sam)) == "Waiting for customer"


def test_words_of_others_are_escaped():
    assert "<b>" not in desk.chip("", "info", "<b>bold</b>")


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("at", "language", "said"),
    [
        (datetime(2026, 11, 23, 7, 20, tzinfo=UTC), "en", "today, 8:20"),
        (datetime(2026, 11, 22, 23, 5, tzinfo=UTC), "en", "today, 0:05"),  # already today in Berlin
        (datetime(2026, 11, 20, 6, 48, tzinfo=UTC), "en", "Fri 20 Nov, 7:48"),
        (datetime(2026, 11, 20, 6, 48, tzinfo=UTC), "de", "Fr 20.11., 7:48"),
        (datetime(2026, 7, 20, 6, 48, tzinfo=UTC), "en", "Mon 20 Jul, 8:48"),  # summer time
        (datetime(2025, 11, 20, 6, 48, tzinfo=UTC), "de", "Do 20.11.2025, 7:48"),
    ],
)
def test_a_moment_is_said_as_people_say_it(at, language, said):
    with translation.override(language):
        assert words(desk.moment(at)) == said
    assert f'datetime="{at.isoformat(timespec="minutes")}"' in desk.moment(at)


@time_machine.travel(NOW, tick=False)
def test_a_day_is_the_day_in_berlin():
    assert words(desk.day(datetime(2026, 12, 23, 23, 30, tzinfo=UTC))) == "Thu 24 Dec"
    assert words(desk.day(date(2027, 1, 14))) == "Thu 14 Jan 2027"


def test_no_moment_is_no_words():
    assert desk.moment(None) == desk.day(None) == ""


@pytest.mark.parametrize(
    ("name", "letters"), [("Carol Brandt", "CB"), ("Mira", "M"), ("Ana de la Cruz", "AC"), ("", "")]
)
def test_initials_are_first_and_last_name(name, letters):
    assert desk.initials(name) == letters


def test_first_words_end_between_words():
    assert desk.first_words("one\ntwo  three", 40) == "one two three"
    assert desk.first_words("one two three four", 10) == "one two …"
    assert desk.first_words("x" * 300, 10) == "x" * 10 + " …"


@pytest.mark.parametrize(
    ("hours", "language", "said", "late"),
    [
        (2, "en", "by <time", False),
        (-2, "en", "overdue since <time", True),
        (-2, "de", "überfällig seit <time", True),
    ],
)
def test_a_promise_says_until_when_or_since_when(hours, language, said, late):
    with translation.override(language):
        shown = desk.due(timezone.now() + timedelta(hours=hours))

    assert said in shown
    assert ("sd-clock-late" in shown) is late
