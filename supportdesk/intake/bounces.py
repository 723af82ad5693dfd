"""What mail servers report about letters that did not arrive (RFC 3464, and older habits)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from email.message import Message

from supportdesk.intake import addresses, charsets
from supportdesk.intake.parsed import Bounce

DAEMONS = (
    *("mailer-daemon", "mail-daemon", "mailerdaemon", "mail_daemon", "postmaster", "mdaemon"),
    *("uucp", "mmdf", "mail delivery", "mail administrator", "system administrator"),
)
SUBJECTS = re.compile(
    r"undeliver|unzustellbar|delivery (?:status|fail|report|problem|error)|returned? mail|"
    r"mail (?:system|delivery)|failure notice|delivery notification|nicht zugestellt|"
    r"could not (?:be )?(?:deliver|send)|mail delivery failed|non.?remis|warning: message|"
    r"delivery (?:has )?fail|unable to deliver|user unknown|message status|rejected|"
    r"returned to sender|failed (?:mail|message|delivery)|mail could not|deferred|delayed|bounce",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"[\w.+=!#$%&'*/?^`{|}~-]{1,80}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
MESSAGE_ID = re.compile(r"^[> \t]*message-id:\s*(<[^<>\s]{1,300}>)", re.IGNORECASE | re.MULTILINE)
STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b|\b([45])[0-5]\d[ -]")
LASTING = re.compile(
    r"permanent|unknown|no such|not exist|invalid|rejected|fatal|disabled|does not have|"
    r"undeliverable|failed|unbekannt|couldn't be|could not be|not found|unrouteable|user doesn",
    re.IGNORECASE,
)
PASSING = re.compile(
    r"delayed|temporar|will (?:keep )?(?:retry|try)|warning|verzögert|queued", re.I
)
MOST = 40_000  # characters of a report that are looked at


def read(
    message: Message, fields: Mapping[str, Sequence[str]], subject: str, text: str
) -> Bounce | None:
    """The report, or None where this is none."""
    parts = list(_parts(message))
    groups = [group for part in parts for group in _groups(part)]
    if groups:
        return _by_standard(groups, parts, text)
    if not _looks_like_one(message, fields, subject):
        return None
    failed = fields.get("x-failed-recipients", [])
    said = text[:MOST]
    named = [one for value in failed for one in addresses.addresses(value) if one]
    status = next((match[1] or match[2] for match in STATUS.finditer(said)), "")
    lasts = status == "5" if status else bool(LASTING.search(said)) and not PASSING.search(said)
    return Bounce(
        addresses=tuple(dict.fromkeys(named or _addresses_in(said, fields))),
        permanent=lasts,
        diagnosis=_first_line(said),
        original_ids=_original_ids(parts, said),
    )


def _by_standard(groups: list[Message], parts: list[Message], text: str) -> Bounce | None:
    found: dict[str, str] = {}
    actions, diagnosis = [], ""
    for group in groups:
        field = group.get("Final-Recipient") or group.get("Original-Recipient")
        if field is None:
            continue
        action = str(group.get("Action", "failed")).split("(")[0].strip().lower()
        actions.append((action, str(group.get("Status", "")).strip()))
        diagnosis = diagnosis or charsets.header(group.get("Diagnostic-Code", ""))
        address = next(addresses.addresses(str(field).partition(";")[2] or str(field)), "")
        if address and action not in ("delivered", "relayed", "expanded"):
            found[address] = action
    permanent = any(action == "failed" and not status.startswith("4") for action, status in actions)
    return Bounce(
        addresses=tuple(found),
        permanent=permanent,
        diagnosis=(diagnosis or _first_line(text))[:500],
        original_ids=_original_ids(parts, text),
    )


def _parts(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number > 200:
            return
        yield part


def _groups(part: Message) -> list[Message]:
    if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
        return []
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _looks_like_one(message: Message, fields: Mapping[str, Sequence[str]], subject: str) -> bool:
    if "x-failed-recipients" in fields:
        return True
    report = "report-type=delivery-status" in str(message.get("Content-Type", "")).lower()
    writer = " ".join(fields.get("from", [])).lower()
    from_daemon = any(name in writer for name in DAEMONS)
    nobody = any(path.strip() == "<>" for path in fields.get("return-path", []))
    told = bool(SUBJECTS.search(subject))
    return report or (from_daemon and (told or nobody)) or (nobody and told)


def _original_ids(parts: list[Message], text: str) -> tuple[str, ...]:
    """Those of the letter that came back: inside a returned part, or quoted in the text."""
    found = []
    for part in parts[1:]:
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers", "message/partial"):
            inner = part.get_payload(0) if part.is_multipart() else part.get_payload()
            said = str(inner.get("Message-ID", "")) if isinstance(inner, Message) else str(inner)
            found += re.findall(r"<[^<>\s]{1,300}>", said) if isinstance(inner, Message) else []
            found += [] if isinstance(inner, Message) else MESSAGE_ID.findall(said[:MOST])
    return tuple(dict.fromkeys([*found, *MESSAGE_ID.findall(text[:MOST])]))


def _addresses_in(text: str, fields: Mapping[str, Sequence[str]]) -> list[str]:
    """Those named in the report before the returned letter begins, without its own parties."""
    ours = {
        one
        for name in ("to", "from")
        for value in fields.get(name, [])
        for one in addresses.addresses(value)
    }
    head = re.split(r"(?im)^(?:received:|return-path:|-{3,}.*(?:original|returned|copy))", text)[0]
    named = [match.lower().strip(".") for match in ADDRESS.findall(head or text)]
    return [one for one in named if one not in ours and not one.startswith(DAEMONS)][:20]


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:300]
