"""Strings that people and programs send, by mistake or on purpose: ours, or those of a folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

FOLDER = os.environ.get("CORPUS_DIR", "")
EVERY = "CORPUS_DIR" in os.environ  # make corpus; without a folder with our own
PART = 1 if EVERY else 4
OWN = {
    "nul": "a\0b",
    "controls": "".join(map(chr, range(1, 32))) + "\x7f\x80\x9f",
    "lone surrogate": "a\ud800b",
    "noncharacter": "a\ufffe\uffffb",
    "right to left": "\u202egpj.exe\u202c \u2066x\u2069 \u200f",
    "zero width": "a\u200b\u200c\u200d\ufeffb",
    "only blanks": " \t\u00a0\u2003\u3000\u200b ",
    "combining marks": "e" + "\u0301" * 150,
    "many marks": "Z" + "\u0300\u0323\u034f" * 3000,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪👍🏿",
    "newlines": "a\rb\nc\r\nd\u2028e\u2029f\x0bg\x0ch\x85i",
    "homoglyphs": "аdmin@аlpina.example ⁄ ／ ‥ ﹤script﹥",
    "folding": "ıİſßẞﬃǆΣς\u212a",
    "html": "<img src=x onerror=alert(1)><script>alert(2)</script><svg/onload=alert(3)>",
    "attribute": "\" autofocus onfocus=alert(4) x='",
    "markup ends": "</textarea></title></script><!--<![CDATA[]]>--><plaintext>",
    "link": "javascript:alert(5)//https://x.example/?a=b&c=d&lt;&#x27;",
    "django": "{{ request.user.password }}{% csrf_token %}{% load x %}{# #}",
    "formats": "%s%(x)s%n %d {0} {x!r} ${jndi:ldap://x.example} `id` $(id) #{7*7}",
    "sql": "'; DROP TABLE tickets_ticket;-- \" OR 1=1 /* \\'; SELECT pg_sleep(9)",
    "patterns": "%_\\%\\_ [a-z]* (((((a+)+)+)+)+$ \\E\\Q",
    "sheet": '=HYPERLINK("https://x.example","x") +1 -1 @SUM(A1)\t|cmd',
    "paths": "../../../etc/passwd\\..\\..\\windows\\win.ini%00%2e%2e%2f",
    "headers": "x\r\nSet-Cookie: a=b\r\n\r\nBcc: x@x.example",
    "xml": "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    "json": '{"a": [1, {"__proto__": {"x": 1}}, null, NaN], "a": "\\ud800"}',
    "numbers": "-99999999999999999999999999999999 1e999 0x10 ٣٤ ² NaN Infinity",
    "dates": "0000-00-00T25:61:61+99:99 -4713-11-24 99999-12-31 infinity",
    "first day": "0001-01-01T00:00:00+14:00",
    "last day": "9999-12-31T23:59:59-14:00",
    "falsy": "null",
    "one long word": "x" * 5000,
    "too long": "ä" * 120_000,
}


def strings() -> dict[str, str]:
    """By name. With CORPUS_DIR, those of its payloads.jsonl; CORPUS_STEP takes each nth."""
    if not FOLDER:
        return OWN
    lines = (Path(FOLDER) / "payloads.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines[:: int(os.environ.get("CORPUS_STEP", "1"))]]
    return {row["id"]: row["payload"] for row in rows}


def meet(name: str, place: int) -> bool:
    """Whether a string and the form or list at this place are tried together.

    In the ordinary run each meets a quarter of the others, always the same; in `make corpus` all.
    """
    return PART == 1 or (list(OWN).index(name) + place) % PART == 0
