"""Reading a list of what runs where: each line counts, or says why it does not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.inventory import LONGEST, MOST_BYTES, MOST_LINES, Fault, Problem, Unreadable, read

HEAD = "system;line;level\n"


def said(text: str) -> list[tuple]:
    return [(one.number, one.system, one.line, one.level, one.fault) for one in read(text.encode())]


@pytest.mark.parametrize(
    "text",
    [
        "system;line;level\nALP-P1;2026.1;4",
        "\ufeffsystem,line,level\r\nALP-P1,2026.1,4\r\n",
        "Level\tLine\tCode\nSP 4\t2026.1\tALP-P1\n",
        'stand;linie;system;note\nsp4;" 2026.1 ";ALP-P1;"a;b"\n',
        '[{"system": "ALP-P1", "line": "2026.1", "level": 4}]',
        '{"systems": [{"system": "ALP-P1", "line": "2026.1", "level": "SP 4", "more": []}]}',
    ],
    ids=["semicolons", "commas", "tabs", "quoted", "json", "json in an object"],
)
def test_the_same_is_read_from_all_shapes(text):
    ((_number, *facts),) = said(text)

    assert facts == ["ALP-P1", "2026.1", 4, None]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("ALP-P1;2026.1;", Fault.MISSING),
        ("ALP-P1;2026.1", Fault.MISSING),
        (";2026.1;4", Fault.MISSING),
        ("ALP-P1;2026.1;four", Fault.NO_LEVEL),
        ("ALP-P1;2026.1;4.5", Fault.NO_LEVEL),
        ("ALP-P1;2026.1;10000", Fault.NO_LEVEL),
        ("ALP-P1;2026.1;-1", Fault.FORMULA),
        ("=cmd();2026.1;4", Fault.FORMULA),
        (f"{'A' * (LONGEST + 1)};2026.1;4", Fault.TOO_LONG),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_line_that_cannot_count_says_why_and_the_others_count(line, fault):
    found = said(f"{HEAD}{line}\nALP-T1;2026.1;5")

    assert found[0][-1] == fault
    assert found[1] == (3, "ALP-T1", "2026.1", 5, None)


def test_of_a_system_named_twice_no_line_counts():
    found = read(f"{HEAD}ALP-P1;2026.1;4\nALP-T1;2026.1;4\nalp-p1;2026.1;5".encode())

    assert [one.fault for one in found] == [Fault.TWICE, None, Fault.TWICE]
    assert [one.others for one in found] == [(4,), (), (2,)]


@pytest.mark.parametrize("given", ["4711", '"x"', "null", "[]", "[1]", "true"])
def test_json_that_is_no_object_is_no_line(given):
    if given == "[]":
        found = [one.fault for one in read(f"[{given}]".encode())]
    else:
        found = [one.fault for one in read(json.dumps([json.loads(given)]).encode())]

    assert found == [Fault.NO_OBJECT]


@pytest.mark.parametrize("level", [True, None, 4.0, [4], {"a": 4}], ids=str)
def test_json_knows_what_a_level_is(level):
    text = json.dumps([{"system": "ALP-P1", "line": "2026.1", "level": level}])

    assert read(text.encode())[0].fault == Fault.MISSING


@pytest.mark.parametrize("name", ["\\ud800", "A\\u0000", "A\\n"])
def test_json_hides_nothing_that_cannot_be_shown(name):
    text = f'[{{"system": "{name}", "line": "2026.1", "level": 4}}]'

    (one,) = read(text.encode())

    assert (one.fault, one.system) == (Fault.MISSING, "")


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", Problem.EMPTY),
        (b" \r\n ", Problem.EMPTY),
        (HEAD.encode(), Problem.EMPTY),
        (b"[]", Problem.EMPTY),
        (b"PK\x03\x04rest", Problem.WORKBOOK),
        ("system;line;level\nÄ;1;1".encode("latin-1"), Problem.NOT_UTF8),
        (b"system;line\0;level", Problem.NOT_TEXT),
        (b"[{", Problem.NOT_JSON),
        (b"[" * 100_000, Problem.NOT_JSON),
        (b'{"system": "ALP-P1"}', Problem.NO_COLUMNS),
        (b"name;line;level\nALP-P1;2026.1;4", Problem.NO_COLUMNS),
        (b'system;line;level\n"ALP-P1;2026.1;4', Problem.NOT_CSV),
        (b" " * (MOST_BYTES + 1), Problem.TOO_LARGE),
        (HEAD.encode() + b"A;1;1\n" * (MOST_LINES + 1), Problem.TOO_MANY),
        (json.dumps([{}] * (MOST_LINES + 1)).encode(), Problem.TOO_MANY),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_cannot_be_read_says_why(raw, problem):
    with pytest.raises(Unreadable) as refused:
        read(raw)
    assert refused.value.problem == problem


def test_as_many_lines_as_may_be_are_read():
    text = HEAD + "".join(f"S{n};1;1\n" for n in range(MOST_LINES))

    assert len(said(text)) == MOST_LINES


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_whatever_comes_is_read_or_refused(raw):
    for one in _read_or_nothing(raw):
        assert one.fault or (one.system and one.line and 0 <= one.level <= 9999)


@given(st.text(alphabet='ab;,"\n\r\t =1\u00e4', max_size=200))
def test_whatever_stands_below_the_head_is_read_or_refused(body):
    for one in _read_or_nothing((HEAD + body).encode()):
        assert one.fault or (one.system and one.line and 0 <= one.level <= 9999)


def _read_or_nothing(raw):
    try:
        return read(raw)
    except Unreadable:
        return []
