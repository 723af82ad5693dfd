"""Fetching from a mailbox: each mail is kept first and marked at the server afterwards.

No number of the server's is remembered between two visits, so it may renumber its mails
(UIDVALIDITY) as it likes. Cut off between keeping and marking, the mail comes again; whoever keeps
it knows it by its fingerprint.
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Callable
from dataclasses import dataclass

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

MARK = "SupportDesk"  # a keyword of ours: \Seen belongs to people who look into the mailbox
SECONDS = 30  # of one turn of the talk
MOST_AT_ONCE = 200
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")

Keep = Callable[[bytes, bool], None]  # the mail, and whether it is only its beginning


class Unreachable(Exception):
    """The server is away, refuses us, or does not do what it should."""


@dataclass(frozen=True)
class Account:
    host: str
    port: int
    tls: bool
    username: str
    password: str
    folder: str


def fetch(account: Account, keep: Keep, *, most_bytes: int) -> int:
    """Hand each mail that has no mark of ours to `keep`, which must have stored it when it returns.

    Gives how many there were. One larger than `most_bytes` is fetched up to there.
    """
    try:
        with _opened(account) as box:
            waiting = box.uids(f"UNKEYWORD {MARK}")[:MOST_AT_ONCE]
            for uid in waiting:
                raw, cut_off = _read(box, uid, most_bytes)
                keep(raw, cut_off)
                box.flag(uid, MARK, True)
            return len(waiting)
    except (imaplib.IMAP4.error, ImapToolsError, OSError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:500]) from error


def _opened(account: Account) -> BaseMailBox:
    kind = MailBox if account.tls else MailBoxUnencrypted
    box = kind(account.host, account.port, timeout=SECONDS)
    return box.login(account.username, account.password, initial_folder=account.folder)


def _read(box: BaseMailBox, uid: str, most_bytes: int) -> tuple[bytes, bool]:
    """Without imap-tools' own reading of mails: that happens in the limited child process."""
    _status, answer = box.client.uid("fetch", uid, "(RFC822.SIZE)")
    match = SIZE.search(b" ".join(_bytes(answer)))
    cut_off = match is not None and int(match[1]) > most_bytes
    wanted = f"(BODY.PEEK[]<0.{most_bytes}>)" if cut_off else "(BODY.PEEK[])"
    _status, answer = box.client.uid("fetch", uid, wanted)
    found = [part[1] for part in answer if isinstance(part, tuple)]
    if not found:
        raise imaplib.IMAP4.error(f"There is no mail {uid}.")
    return found[0], cut_off


def _bytes(answer: list[object]) -> list[bytes]:
    flat = [one for part in answer for one in (part if isinstance(part, tuple) else (part,))]
    return [one for one in flat if isinstance(one, bytes)]
