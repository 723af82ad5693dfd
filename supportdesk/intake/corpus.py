"""How well a folder of mails is read: outcome, time, memory, and the stock parser beside it.

For whoever changes the parser: run it over mails of your own, which stay where they are.
"""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from supportdesk.intake import addresses, sandbox
from supportdesk.intake.parsed import ParsedMail

FIELDS = ["from", "to", "cc", "subject", "message-id", "in-reply-to", "text", "attachments"]


@dataclass
class Tally:
    """`worse` lists file, field, what the stock parser read and what we read."""

    outcomes: Counter[str] = field(default_factory=Counter)
    fields: dict[str, Counter[str]] = field(default_factory=dict)
    worse: list[tuple[str, str, str, str]] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")

    @property
    def peak(self) -> int:
        """Bytes: the most that any child of this process has taken."""
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def run(folder: Path) -> Tally:
    tally = Tally(fields={name: Counter() for name in FIELDS})
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".eml", ".box", ".msg", ""):
            _read(path, folder, tally)
    return tally


def _read(path: Path, folder: Path, tally: Tally) -> None:
    raw, name, started = path.read_bytes(), str(path.relative_to(folder)), time.monotonic()
    try:
        mail = sandbox.parse(raw)
    except sandbox.ParserDied as error:
        tally.outcomes[f"killed: {error}"[:60]] += 1
        return
    tally.slowest = max(tally.slowest, (time.monotonic() - started, name))
    tally.outcomes["bounce" if mail.bounce else mail.kind.value] += 1
    for field_name, stock, ours in _compared(mail, raw):
        verdict = _verdict(stock, ours)
        tally.fields[field_name][verdict] += 1
        if verdict == "worse":
            tally.worse.append((name, field_name, stock or "", ours))


def _verdict(stock: str | None, ours: str) -> str:
    """Worse is only what the stock parser reads and we do not."""
    if stock is None:
        return "only we"
    stock, ours = " ".join(stock.split()), " ".join(ours.split())
    if stock == ours:
        return "same"
    if not stock or "�" in stock or stock in ours:
        return "more"
    return "worse"


def _compared(mail: ParsedMail, raw: bytes) -> Iterator[tuple[str, str | None, str]]:
    try:
        stock = BytesParser(policy=policy.default).parsebytes(raw)
    except Exception:  # which it does on some
        return
    ours = {"from": mail.from_text, "to": mail.to_text, "cc": mail.cc_text}
    for name, said in ours.items():
        yield name, _people(_header(stock, name)), _people(said) or ""
    yield "subject", _header(stock, "subject"), mail.subject
    yield "message-id", _header(stock, "message-id"), mail.message_id
    yield "in-reply-to", _header(stock, "in-reply-to"), mail.in_reply_to
    body = _body(stock)
    yield "text", body, mail.text if body else ""
    yield "attachments", _names(stock), ", ".join(part.name for part in mail.attachments)


def _header(stock: EmailMessage, name: str) -> str | None:
    try:
        return str(stock[name] or "")
    except Exception:
        return None


def _people(field_text: str | None) -> str | None:
    """By their addresses: quotes and comments around them are a matter of taste."""
    if field_text is None:
        return None
    return ", ".join(one for one in addresses.addresses(field_text) if one)


def _body(stock: EmailMessage) -> str | None:
    try:
        part = stock.get_body(("plain",))
        return str(part.get_content()) if part else ""
    except Exception:
        return None


def _names(stock: EmailMessage) -> str | None:
    try:
        return ", ".join(part.get_filename() or "" for part in stock.iter_attachments()).strip(", ")
    except Exception:
        return None
