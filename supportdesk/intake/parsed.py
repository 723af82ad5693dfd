"""What a mail says once it is read: plain values that pass between processes as JSON."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from supportdesk.intake.automatic import Kind


@dataclass(frozen=True)
class Part:
    """An attachment. `content` is empty where only its name could be read."""

    name: str
    content_type: str
    size: int = 0
    content: bytes = b""


@dataclass(frozen=True)
class Bounce:
    """What a mail server says about a letter of ours. Addresses in lower case."""

    addresses: tuple[str, ...] = ()
    permanent: bool = False
    diagnosis: str = ""
    original_ids: tuple[str, ...] = ()  # Message-IDs in the returned part


@dataclass(frozen=True)
class ParsedMail:
    sender: str = ""  # whose word it is; empty where that is not clear
    from_text: str = ""  # the field as people read it
    to_text: str = ""
    cc_text: str = ""
    recipients: tuple[str, ...] = ()  # addresses it was for, and was delivered to
    copied: tuple[str, ...] = ()
    subject: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()  # both fields
    date: str = ""
    content_type: str = ""
    text: str = ""
    text_from_html: bool = False
    folds_at: int | None = None  # offset in `text` where quoted history or a signature begins
    attachments: tuple[Part, ...] = ()
    kind: Kind = Kind.HUMAN
    wants_no_answer: bool = False
    bounce: Bounce | None = None
    protection: tuple[str, ...] = ()  # "S/MIME", "PGP": signed or encrypted, which we do not check
    results: tuple[str, ...] = ()  # Authentication-Results fields, top down
    defects: tuple[str, ...] = field(default=())


def dumps(mail: ParsedMail) -> bytes:
    whole = asdict(mail)
    for part in whole["attachments"]:
        part["content"] = base64.b64encode(part["content"]).decode()
    return json.dumps(whole).encode()


def facts(mail: ParsedMail) -> dict[str, Any]:
    """What is kept beside the raw mail: everything but the contents of files."""
    kept = asdict(mail)
    for part in kept["attachments"]:
        del part["content"]
    return kept


def loads(data: bytes | str) -> ParsedMail:
    read: dict[str, Any] = json.loads(data)
    read["attachments"] = tuple(
        Part(**{**part, "content": base64.b64decode(part["content"])})
        for part in read["attachments"]
    )
    bounce: dict[str, Any] | None = read["bounce"]
    if bounce:
        bounce |= {name: tuple(bounce[name]) for name in ("addresses", "original_ids")}
        read["bounce"] = Bounce(**bounce)
    several = ("recipients", "copied", "references", "protection", "results", "defects")
    read |= {name: tuple(read[name]) for name in several}
    return ParsedMail(**{**read, "kind": Kind(read["kind"])})
