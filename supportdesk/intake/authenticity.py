"""What our own mail server found out about a sender (RFC 8601). Nobody else's word counts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

COMMENT = re.compile(r"\([^()]*\)")
RESULT = re.compile(r"\b(dmarc|spf|dkim)\s*=\s*(\w+)", re.IGNORECASE)


def is_forged(results: Iterable[str], servers: Collection[str]) -> bool:
    """Whether the topmost field of one of our servers speaks against the sender: DMARC failed, or
    where it was not looked at, SPF failed and no DKIM signature was good.
    """
    for field in results:
        server, _semicolon, said = COMMENT.sub(" ", field).partition(";")
        if server.split()[:1] and server.split()[0].lower() in servers:
            return _speaks_against(said)
    return False


def _speaks_against(said: str) -> bool:
    found: dict[str, set[str]] = {}
    for method, result in RESULT.findall(said):
        found.setdefault(method.lower(), set()).add(result.lower())
    if "dmarc" in found:
        return "fail" in found["dmarc"]
    return "fail" in found.get("spf", set()) and "pass" not in found.get("dkim", set())
