"""Whose address stands in a header field. What can be read in two ways is nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 254  # RFC 5321, 4.5.3.1.3
ATOM = r"[^\s\x00-\x1f\x7f\"(),:;<>@\[\]\\]+"
ADDRESS = re.compile(rf"{ATOM}@{ATOM}\Z")
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)", re.DOTALL)  # the innermost; nested ones one by one
DEEPEST = 5  # comments in comments; more is no address book's work
SPLIT = re.compile(r"[,;]")


def sender(fields: list[str]) -> str:
    """The one address of a From field in lower case; empty where there is not exactly one.

    Stricter than RFC 5322 on purpose, for it decides who speaks: no second From, no second
    address, nothing quoted in the address itself (CVE-2023-27043).
    """
    found = list(addresses(fields[0])) if len(fields) == 1 else []
    return found[0] if len(found) == 1 else ""


def addresses(field: str) -> Iterator[str]:
    """The addresses of a list, in lower case; for each one that is not clear, an empty text."""
    for entry in SPLIT.split(_bare(field)):
        if entry.strip():
            yield _address(entry.strip())


def domain(address: str) -> str:
    return address.rpartition("@")[2]


def _bare(field: str) -> str:
    """Without quoted names and comments, in which anything may stand. Unclosed ones stay."""
    bare = QUOTED.sub(" ", field)
    for _layer in range(DEEPEST):
        bare, found = COMMENT.subn(" ", bare)
        if not found:
            break
    return bare


def _address(entry: str) -> str:
    before, opened, rest = entry.partition("<")
    spec = entry
    if opened:
        spec, closed, after = rest.partition(">")
        if not closed or after.strip() or ("@" in before and before.strip() != spec.strip()):
            return ""
    spec = spec.strip()
    return spec.lower() if len(spec) <= LONGEST and ADDRESS.match(spec) else ""
