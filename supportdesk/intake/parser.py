"""Bytes to a mail that can be read. Runs in a limited child process: see child.py.

The stock parser splits the message; header fields, charsets, names and the choice of the body are
ours, because its own are slow or give up on what real mail contains
(docs/decisions/0024-mail-in.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from itertools import islice

from supportdesk.intake import addresses, automatic, bounces, charsets, html, quotes, tnef
from supportdesk.intake.parsed import ParsedMail, Part

DEEPEST = 60  # multiparts in multiparts; a mail program writes four
MOST_ATTACHMENTS = 500
MOST_FIELDS = 2000
MOST_TEXT = 1_000_000
SPARE = 20_000
REACHED = ["to", "cc", "delivered-to", "x-original-to", "envelope-to"]  # where it was sent
TNEF = ["application/ms-tnef", "application/vnd.ms-tnef"]
ID = re.compile(r"<[^<>\s]{1,990}>")


def parse(raw: bytes) -> ParsedMail:
    """Never fails for what the bytes are; a structure too deep to follow is said in `defects`."""
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(raw)
        reader = _Reader()
        said = reader.read(message, 0)
        if not said.text.strip():
            said = reader.spare
    except RecursionError:
        message = BytesHeaderParser(policy=policy.compat32).parsebytes(raw)
        reader, said = _Reader(defects=["structure"]), _Said()
    return _assembled(message, reader, said)


def _assembled(message: Message, reader: _Reader, said: _Said) -> ParsedMail:
    fields = _fields(message)
    subject = _first(fields, "subject")
    text = said.text.replace("\r\n", "\n").replace("\r", "\n")[:MOST_TEXT].strip("\n")
    if "-----BEGIN PGP" in text:
        reader.protection.append("PGP")
    return ParsedMail(
        sender=addresses.sender(fields.get("from", [])),
        from_text=_first(fields, "from"),
        to_text=_first(fields, "to"),
        cc_text=_first(fields, "cc"),
        recipients=_all_addresses(fields, REACHED),
        copied=_all_addresses(fields, ["cc"]),
        subject=subject,
        message_id=_message_id(_first(fields, "message-id")),
        in_reply_to=_first(fields, "in-reply-to"),
        references=_ids(fields, "references", "in-reply-to"),
        date=_first(fields, "date"),
        content_type=message.get_content_type(),
        text=text,
        text_from_html=said.from_html,
        folds_at=quotes.fold(text),
        attachments=tuple(reader.attachments),
        kind=automatic.kind(fields),
        wants_no_answer=automatic.wants_no_answer(fields),
        bounce=bounces.read(message, fields, subject, text),
        protection=tuple(dict.fromkeys(reader.protection)),
        results=tuple(fields.get("authentication-results", [])[:20]),
        defects=tuple(dict.fromkeys(reader.defects)),
    )


def _fields(message: Message) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in islice(message.raw_items(), MOST_FIELDS):
        known = fields.setdefault(name.lower(), [])
        if len(known) < 100:
            known.append(_plain(name.lower(), value))
    return fields


def _plain(name: str, value: object) -> str:
    """Addresses are judged as they came: an encoded word may hold a bracket."""
    if name == "from":
        raw = str(value)[: charsets.LONGEST_FIELD]
        return " ".join(charsets.clean(raw).split())
    return charsets.header(value)


def _first(fields: dict[str, list[str]], name: str) -> str:
    value = next(iter(fields.get(name, [])), "")
    return charsets.header(value) if name == "from" else value


def _all_addresses(fields: dict[str, list[str]], names: list[str]) -> tuple[str, ...]:
    values = [value for name in names for value in fields.get(name, [])]
    found = [one for value in values for one in addresses.addresses(value) if one]
    return tuple(dict.fromkeys(found))[:1000]


def _message_id(value: str) -> str:
    match = ID.search(value)
    return match[0] if match else value[:990]


def _ids(fields: dict[str, list[str]], *names: str) -> tuple[str, ...]:
    values = [value for name in names for value in fields.get(name, [])]
    return tuple(dict.fromkeys(one for value in values for one in ID.findall(value)))[:200]


@dataclass(frozen=True)
class _Said:
    text: str = ""
    from_html: bool = False


@dataclass
class _Reader:
    """Walks the parts once, in order: words to the text, everything else to the attachments."""

    attachments: list[Part] = field(default_factory=list)
    protection: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    spare: _Said = _Said()  # a text with a file name: the mail's words where it has no others

    def read(self, part: Message, depth: int) -> _Said:
        _make_readable(part)
        kind = part.get_content_type()
        self._note_protection(part, kind)
        if kind.startswith("message/"):
            return self._enclosed(part, kind)
        if not part.is_multipart():
            return self._leaf(part, kind)
        if depth >= DEEPEST:
            self.defects.append("structure")
            return _Said()
        payload = part.get_payload()
        children = [one for one in payload if isinstance(one, Message)]
        said = [self.read(child, depth + 1) for child in children]
        return _choice(said) if kind == "multipart/alternative" else _together(said)

    def _leaf(self, part: Message, kind: str) -> _Said:
        name = _name(part)
        content = _content(part)
        if kind in TNEF or name.lower() == "winmail.dat":
            self._envelope(content, name, kind)
            return _Said()
        attached = part.get_content_disposition() == "attachment" or bool(name)
        if attached or not kind.startswith("text/") or kind == "text/calendar":
            self._attach(name or _default_name(kind), kind, content)
            if kind == "text/plain" and part.get_content_disposition() != "attachment":
                self.spare = _Said(charsets.text(content, _charset(part, content))[:SPARE])
            return _Said()
        said = charsets.text(content, _charset(part, content))
        return _Said(html.words(said), True) if kind == "text/html" else _Said(said)

    def _enclosed(self, part: Message, kind: str) -> _Said:
        """A mail inside a mail stays one: its words are not this sender's."""
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            return _Said()
        inner = part.get_payload(0) if part.is_multipart() else None
        if not isinstance(inner, Message):
            self._attach(_name(part) or "message.eml", kind, _content(part))
            return _Said()
        subject = charsets.header(inner.get("Subject", ""))[:80]
        self._attach(_name(part) or f"{subject or 'message'}.eml", kind, inner.as_bytes())
        return _Said()

    def _envelope(self, content: bytes, name: str, kind: str) -> None:
        found = tnef.files(content)
        self.attachments += [
            Part(
                charsets.clean(one.name) or "file",
                "application/octet-stream",
                len(one.content),
                one.content,
            )
            for one in found
        ]
        if not found:
            self._attach(name or "winmail.dat", kind, content)

    def _attach(self, name: str, kind: str, content: bytes) -> None:
        if len(self.attachments) >= MOST_ATTACHMENTS:
            self.defects.append("attachments")
            return
        self.attachments.append(Part(name, kind, len(content), content))

    def _note_protection(self, part: Message, kind: str) -> None:
        protocol = str(part.get("Content-Type", ""))[:1000].lower()
        signed = kind in ("multipart/signed", "multipart/encrypted")
        if "pkcs7-mime" in kind or (signed and "pkcs7" in protocol):
            self.protection.append("S/MIME")
        elif signed and "pgp" in protocol:
            self.protection.append("PGP")


def _choice(said: list[_Said]) -> _Said:
    """Of several forms of the same words the plain one; an empty one is no form."""
    spoken = [one for one in said if one.text.strip()]
    plain = [one for one in spoken if not one.from_html]
    return next(iter([*plain, *reversed(spoken)]), _Said())


def _together(said: list[_Said]) -> _Said:
    spoken = [one for one in said if one.text.strip()]
    if len(spoken) == 1:
        return spoken[0]
    texts = "\n\n".join(one.text.strip("\r\n") for one in spoken)
    return _Said(texts, any(one.from_html for one in spoken))


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        content = None
    if isinstance(content, bytes):
        return content
    raw = part.get_payload()
    return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""


def _charset(part: Message, content: bytes) -> str | None:
    try:
        claimed = part.get_content_charset()
    except (ValueError, LookupError):
        claimed = None
    if claimed or part.get_content_type() != "text/html":
        return claimed
    match = re.search(rb"charset=[\"']?([\w-]{2,40})", content[:2000], re.IGNORECASE)
    return match[1].decode("ascii") if match else None


def _make_readable(part: Message) -> None:
    """File names as bare bytes: the stock parser would show question marks for them."""
    for name, value in list(part.raw_items()):
        if name.lower() in ("content-type", "content-disposition") and not str(value).isascii():
            raw = str(value).encode("utf-8", "surrogateescape")
            part.replace_header(name, charsets.text(raw, None))


def _name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        name = ""
    return charsets.header(name)[:500]


def _default_name(kind: str) -> str:
    return {"text/calendar": "invite.ics", "application/pgp-encrypted": "version.asc"}.get(kind, "")
