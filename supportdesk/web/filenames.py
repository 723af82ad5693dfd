"""What a file may be called: a name from outside becomes one that is safe to show and to save."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 100
PATHS = re.compile(r"[/\\]")
NOT_ON_WINDOWS = re.compile(r'[<>:"|?*]')
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def cleaned(raw: str) -> str:
    """Normalised first and judged afterwards, so that nothing invisible hides an ending.

    Only the last part of a path stays; control, zero-width and direction characters go; so do
    dots and blanks at the end, which Windows drops silently. May be empty.
    """
    name = PATHS.split(unicodedata.normalize("NFC", raw))[-1]
    name = "".join(" " if char.isspace() else char for char in name)
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    name = NOT_ON_WINDOWS.sub("_", " ".join(name.split())).rstrip(". ")
    return _shortened(f"_{name}" if DEVICES.match(name) else name)


def ending(name: str) -> str:
    """The part after the last dot, in lower case. A name like ".profile" is all ending."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def _shortened(name: str) -> str:
    """The middle goes, the ending stays: it says what the file is."""
    if len(name) <= LONGEST:
        return name
    stem, dot, tail = name.rpartition(".")
    if not dot or len(tail) > LONGEST // 4:
        return name[:LONGEST].rstrip(". ")
    return stem[: LONGEST - len(tail) - 1].rstrip(". ") + dot + tail
