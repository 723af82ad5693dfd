"""Placeholders: what is refused at saving, so that nothing is missing at sending."""

import pytest

from tickets import placeholders


def test_known_ones_are_filled_and_everything_else_stays():
    text = "{number}: Danke, {customer}.\nIhr {agent}"
    values = {"number": "48211", "customer": "Alice", "agent": "Sam"}

    assert placeholders.fill(text, values) == "48211: Danke, Alice.\nIhr Sam"


def test_a_value_is_never_filled_again():
    values = {"subject": "{agent} {nobody}", "agent": "Sam"}

    assert placeholders.fill("{subject}", values) == "{agent} {nobody}"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{number}", []),
        ("{nummer} {Number}", ["Number", "nummer"]),
        ("{}", [""]),
        ("{agent.password}", ["agent.password"]),
        ("{ number }", [" number "]),
    ],
)
def test_only_those_of_the_list_are_known(text, wrong):
    assert placeholders.unknown(text) == wrong


@pytest.mark.parametrize("text", ["{number", "number}", "{{number}}", "{num\nber}", "{number}}"])
def test_a_brace_without_its_half_is_seen(text):
    assert placeholders.is_torn(text)


def test_whole_ones_are_not_torn():
    assert not placeholders.is_torn("{number}{nobody} and {}")


def test_what_the_other_language_says_is_missing():
    assert placeholders.missing("{number}", "{number} {link} {agent}") == ["agent", "link"]
