"""Whether two mails are one: fetched twice, or delivered to two mailboxes."""

from __future__ import annotations

import hashlib
import re

NAMES = re.compile(
    rb"(?im)^(message-id|from|to|cc|subject|date|content-type):((?:.*)(?:\r?\n[ \t].*)*)"
)
MOST_HEADER = 200_000  # bytes


def of(raw: bytes) -> str:
    """Over what the sender wrote: the body and fields of theirs; not over what servers add.

    A Message-ID alone is not enough: some programs repeat theirs, and some write none.
    """
    head, body = _split(raw)
    facts = [name.lower() + b":" + b" ".join(value.split()) for name, value in NAMES.findall(head)]
    words = body.replace(b"\r\n", b"\n").rstrip(b"\n")
    return hashlib.sha256(b"\n".join([*sorted(facts), b"", words])).hexdigest()


def _split(raw: bytes) -> tuple[bytes, bytes]:
    match = re.search(rb"\r?\n\r?\n", raw[:MOST_HEADER])
    if match is None:
        return raw[:MOST_HEADER], raw[MOST_HEADER:]
    return raw[: match.start()], raw[match.end() :]
