"""Where a mail's own words end and quoted history or a signature begins. Nothing is cut."""

from __future__ import annotations

import re

import quotequail

MOST_LINES = 2000
LONGEST_LINE = 1000
SIGNATURE = re.compile(r"-- ?\r?\Z")
# What quotequail does not know: rules of underscores before a block of header lines, other words
# for the original message, and the short form of an introduction.
DIVIDER = re.compile(
    r"\s*(?:>\s?)*(?:_{10,}|-{2,} ?(?:original|ursprüngliche|weitergeleitete|forwarded|reply)"
    r"[^\n]{0,60}-{2,}|-{5,}\s?(?:original|ursprüngliche)[^\n]{0,60}"
    r"|-{4,}[^\n]{3,120}\b(?:wrote|schrieb)[ -]*)\s*\Z",
    re.IGNORECASE,
)
BLOCK = re.compile(
    r"\s*[*>]*\s?(?:von|from|gesendet|sent|datum|date|an|to|betreff|subject|fra|sendt)\*?:\*?\s",
    re.IGNORECASE,
)
WROTE = re.compile(
    r"\s*(?:am|on|le|el|den|på)\b[^\n]{4,200}\b(?:schrieb|wrote|a écrit|escribió|skrev)\b"
    r"[^\n]{0,120}\Z"
    r"|[^\n]{0,200}\d\d[^\n]{0,200}<[^<>\s]{3,200}@[^<>\s]{2,200}>:\s*\Z",
    re.IGNORECASE,
)
INTRODUCED = re.compile(r"[^\n]{3,200}\b(?:wrote|schrieb):\s*\Z", re.IGNORECASE)


def fold(text: str) -> int | None:
    """The offset from which a reader may fold the rest; None where all of it is new.

    An answer below or between quotes keeps its quotes: they say what it answers.
    """
    lines = text.split("\n")
    seen = [line[:LONGEST_LINE] for line in lines[:MOST_LINES]]
    ends = [end for end in (_quote(seen), _divider(seen), _signature(seen)) if end is not None]
    if not ends:
        return None
    first = min(ends)
    if not any(line.strip() for line in seen[:first]):
        return None
    return len("\n".join(lines[:first]))


def _quote(lines: list[str]) -> int | None:
    pieces = quotequail.quote("\n".join(lines), limit=MOST_LINES, quote_intro_line=True)
    if len(pieces) < 2:
        return None
    end = pieces[0][1].count("\n") + 1
    rest = [line for line in lines[end:] if line.strip()]
    return None if _answers_below(rest) else end


def _answers_below(rest: list[str]) -> bool:
    """Quoted lines with a marker, and own words after them that are no signature."""
    marked = [n for n, line in enumerate(rest) if line.lstrip().startswith(">")]
    if not marked:
        return False
    after = rest[marked[-1] + 1 :]
    own = after[: _signature(after)]
    return any(line.strip() for line in own)


def _divider(lines: list[str]) -> int | None:
    for number, line in enumerate(lines):
        following = [one for one in lines[number + 1 : number + 6] if one.strip()]
        quoted = bool(following) and following[0].lstrip().startswith(">")
        in_block = bool(BLOCK.match(line)) and any(BLOCK.match(one) for one in following)
        if in_block or (DIVIDER.match(line) and following):
            return number
        if WROTE.match(line) or (INTRODUCED.match(line) and quoted):
            rest = [one for one in lines[number + 1 :] if one.strip()]
            return None if _answers_below(rest) else number
    return None


def _signature(lines: list[str]) -> int | None:
    return next((number for number, line in enumerate(lines) if SIGNATURE.match(line)), None)
