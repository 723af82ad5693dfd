"""What somebody typed into a search box: words, phrases and filters. Pure.

`modul:beitrag status:offen von:hansa "doppelt gebucht"`: filters by name in German or English,
everything else is looked for. A colon after no known name is part of a word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MOST = 8  # words and phrases; what comes after them narrows nothing
NAMES = {
    "module": "module",
    "modul": "module",
    "status": "status",
    "state": "status",
    "zustand": "status",
    "von": "organisation",
    "from": "organisation",
    "kasse": "organisation",
    "customer": "organisation",
    "prio": "priority",
    "priority": "priority",
    "priorität": "priority",
    "bei": "assignee",
    "assignee": "assignee",
    "team": "team",
}
PIECE = re.compile(r'(?:([^\W\d]+):)?(?:"([^"]*)"|(\S+))')
MARKS = str.maketrans("äöüàáâãåèéêëìíîïòóôõùúûñç", "aouaaaaaeeeeiiiioooouuunc")
SPELT_OUT = [(re.compile(r"(?<![aeouq])ue"), "u"), (re.compile(r"(?<![aeou])([ao])e"), r"\1")]


@dataclass(frozen=True)
class Words:
    """`terms` are looked for, all of them; `filters` are pairs of a canonical name and a value."""

    terms: tuple[str, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()


def read(line: str) -> Words:
    terms, filters = [], []
    for match in PIECE.finditer(line.replace("\0", " ")):
        name, value = match[1] or "", match[2] if match[2] is not None else match[3]
        if canonical := NAMES.get(name.lower()):
            filters.append((canonical, value.strip()))
        else:
            terms.append(match[0].strip('"').strip())
    said = tuple(term for term in terms if term)
    return Words(said[:MOST], tuple(pair for pair in filters if pair[1]))


def fold(said: str) -> str:
    """As the index compares words: small letters, no accents, Gebühr = Gebuehr = gebuhr.

    `desk_fold` says the same in SQL; a test holds both together.
    """
    plain = unicodedata.normalize("NFKC", said).replace("ẞ", "ss").lower().replace("ß", "ss")
    plain = plain.translate(MARKS)
    for pattern, short in SPELT_OUT:
        plain = pattern.sub(short, plain)
    return plain
