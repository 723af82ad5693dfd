"""Mails made to kill their reader: each ends in time and within its memory, read or given up."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from supportdesk.intake import sandbox
from tests.intake.mails import lines, mail, parts


def nested(depth: int) -> bytes:
    raw = b"Content-Type: text/plain\r\n\r\nx"
    for level in range(depth):
        raw = parts("mixed", raw, boundary=f"b{level}")
    return raw


PAGE = "Content-Type: text/html"
POISON = {
    "300 deep": nested(300),
    "1000 deep": nested(1000),
    "500 comments": lines("From: " + "(" * 500 + "a@b.example" + ")" * 500),
    "10,000 words": lines("Subject: " + " ".join(["=?utf-8?q?=C3=BC?="] * 10_000)),
    "50,000 words": lines("Subject: " + "\r\n ".join(["=?utf-8?b?w7w=?="] * 50_000)),
    "20,000 addresses": lines("To: " + ", ".join(f"a{n}@b.example" for n in range(20_000))),
    "unknown charset": lines("Content-Type: text/plain; charset=nosuch", body=b"x"),
    "no text": lines("Content-Type: text/plain; charset=rot13", body=b"x"),
    "hostile name": lines(
        'Content-Disposition: attachment; filename="../../etc/pa\x00sswd\u200b.htaccess"'
    ),
    "100,000 divs": lines(PAGE, body=b"<div>" * 100_000),
    "1,000,000 divs": lines(PAGE, body=b"<div>" * 1_000_000),
    "open brackets": lines(PAGE, body=b"<" * 1_000_000),
    "open tags": lines(PAGE, body=b"<a " * 300_000),
    "open comments": lines(PAGE, body=b"<!--" * 300_000),
    "open declarations": lines(PAGE, body=b"<!" * 500_000),
    "links in a line": lines(PAGE, body=b'<a href="http://a.example/">x</a>' * 50_000),
    "entities": lines(PAGE, body=b"&#" * 500_000),
    "5,000 parts": parts("mixed", *[b"Content-Type: text/plain\r\n\r\nx"] * 5_000),
    "semicolons": lines("Content-Type: text/plain" + ';"' * 20_000),
    "continuations": lines(
        "Content-Disposition: attachment" + "".join(f"; filename*{n}=a" for n in range(5_000))
    ),
    "2 MB of history": mail("Danke.\n" + "> Zeile aus alter Zeit\n" * 90_000),
    "one long line": mail("a " * 400_000),
    "quoted words": mail("\n".join(["Am 1. schrieb" + " x" * 400] * 2_000)),
    "many fields": lines(*[f"X-{n}: y" for n in range(50_000)]),
    "empty": b"",
    "zeros": b"\0" * 1_000_000,
}


@pytest.mark.parametrize("name", POISON)
def test_poison_ends_in_time(name: str) -> None:
    started = time.monotonic()
    with suppress(sandbox.ParserDied):
        sandbox.parse(POISON[name])
    assert time.monotonic() - started < sandbox.WALL_SECONDS + 2


def test_what_measured_as_poison_for_the_stock_parser_is_read() -> None:
    """Given up would be safe, too; but these are within what a mail may be."""
    read = ["300 deep", "1000 deep", "500 comments", "10,000 words", "50,000 words"]
    read += ["20,000 addresses", "unknown charset", "no text", "hostile name", "100,000 divs"]
    assert {name: _is_read(POISON[name]) for name in read} == dict.fromkeys(read, True)


def _is_read(raw: bytes) -> bool:
    try:
        sandbox.parse(raw)
    except sandbox.ParserDied:
        return False
    return True


def test_too_deep_a_structure_is_said() -> None:
    assert "structure" in sandbox.parse(POISON["1000 deep"]).defects


def test_a_child_that_takes_too_much_memory_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MEMORY", 48 * 2**20)
    with pytest.raises(sandbox.ParserDied):
        sandbox.parse(mail("x" * 30_000_000))


def test_a_child_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.01)
    with pytest.raises(sandbox.ParserDied, match="seconds"):
        sandbox.parse(mail())


def test_the_child_knows_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = tmp_path / "environment"
    spy = tmp_path / "child.py"
    spy.write_text(f"import os; open({str(told)!r}, 'w').write(repr(dict(os.environ)))")
    monkeypatch.setattr(sandbox, "CHILD", spy)
    monkeypatch.setenv("SECRET_KEY", "told to nobody")
    with pytest.raises(ValueError, match="Expecting value"):
        sandbox.parse(mail())
    assert "SECRET_KEY" in os.environ
    assert "told to nobody" not in told.read_text()
