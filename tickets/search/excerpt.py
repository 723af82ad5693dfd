"""A piece of a text around the words that were looked for, with these words marked. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from tickets.search.words import fold

WORD = re.compile(r"\w+")
AROUND = 90  # characters before the first hit
WIDTH = 260


class Piece(NamedTuple):
    text: str
    is_hit: bool


def excerpt(text: str, stems: Collection[str]) -> list[Piece]:
    """Empty where none of the stems occurs. Line breaks become spaces; what is cut ends in "…"."""
    plain = " ".join(text.split())
    hits = [match.span() for match in WORD.finditer(plain) if _is_hit(match[0], stems)]
    if not hits:
        return []
    begin = _word_begin(plain, max(0, hits[0][0] - AROUND))
    end = min(len(plain), begin + WIDTH)
    return _pieces(plain, begin, end, [one for one in hits if one[1] <= end])


def marked(text: str, stems: Collection[str]) -> list[Piece]:
    """The whole text, a subject most of all."""
    hits = [match.span() for match in WORD.finditer(text) if _is_hit(match[0], stems)]
    return _pieces(text, 0, len(text), hits)


def _is_hit(word: str, stems: Collection[str]) -> bool:
    """Short stems only where a word begins with them: "ab" marks no "Abgabe" inside a compound."""
    folded = fold(word)
    return any(stem in folded if len(stem) > 3 else folded.startswith(stem) for stem in stems)


def _word_begin(text: str, at: int) -> int:
    return 0 if at == 0 else text.find(" ", at) + 1 or at


def _pieces(text: str, begin: int, end: int, hits: list[tuple[int, int]]) -> list[Piece]:
    pieces, at = [Piece("… ", False)] if begin else [], begin
    for low, high in hits:
        if low < begin:
            continue
        pieces += [Piece(text[at:low], False), Piece(text[low:high], True)]
        at = high
    pieces.append(Piece(text[at:end], False))
    if end < len(text):
        pieces.append(Piece(" …", False))
    return [piece for piece in pieces if piece.text]
