"""Bytes to text, whatever charset they claim. Never fails: what cannot be read shows as �."""

from __future__ import annotations

import base64
import binascii
import codecs
import quopri
import re

ALIASES = {  # names that Python does not know, or takes more literally than their senders
    **dict.fromkeys(["us-ascii", "ascii", "ansi_x3.4-1968", "iso-8859-1", "latin1"], "cp1252"),
    **dict.fromkeys(["latin-1", "ansi", "x-ansi", "windows-1252http-equivcontent"], "cp1252"),
    **dict.fromkeys(["gb2312", "gbk", "x-gbk", "gb_2312-80"], "gb18030"),
    **dict.fromkeys(["ks_c_5601-1987", "ksc5601", "euc-kr"], "cp949"),
    **dict.fromkeys(["shift_jis", "shift-jis", "x-sjis", "windows-31j"], "cp932"),
    **dict.fromkeys(["unicode-1-1-utf-7", "utf7"], "utf-7"),
    **dict.fromkeys(["iso-8859-8-i", "iso-8859-8-e"], "iso-8859-8"),
    **dict.fromkeys(["utf8mb4", "unicode", "utf-8mb4"], "utf-8"),
    "windows-874": "cp874",
}
MARKS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16")]
MARKS.append((codecs.BOM_UTF16_BE, "utf-16"))
WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(?==\?)")
LONGEST_FIELD = 100_000  # characters; a mail program shows a few hundred
SURROGATE = re.compile("[\ud800-\udfff]")
NOT_A_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def text(raw: bytes, charset: str | None) -> str:
    """UTF-8 wins where it fits and the claim is of one byte per letter: that claim is often a lie,
    and other text is hardly ever valid UTF-8 by chance.
    """
    for mark, meant in MARKS:
        if raw.startswith(mark):
            return clean(raw.decode(meant, "replace"))
    codec = _codec(charset)
    for attempt in _attempts(codec):
        try:
            return clean(raw.decode(attempt))
        except (UnicodeError, ValueError):
            continue
    return clean(raw.decode(codec or "utf-8", "replace"))


def clean(said: str) -> str:
    """Bytes that nobody declared come as surrogates. PostgreSQL keeps neither them nor zeros."""
    if SURROGATE.search(said):
        bare = NOT_A_BYTE.sub("�", said)
        said = bare.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return said.replace("\x00", "")


def header(value: object) -> str:
    """One header field in plain words: unfolded, encoded words decoded, one line.

    Neighbouring words of one charset are joined before they are decoded: some senders cut letters
    in two.
    """
    raw = str(value)[:LONGEST_FIELD]
    if not raw.isascii():
        raw = text(raw.encode("utf-8", "surrogateescape"), None)
    return " ".join(clean(_words(BETWEEN.sub(r"\1", raw))).split())


def _words(raw: str) -> str:
    parts: list[str] = []
    waiting, charset, end = b"", "", 0
    for match in WORD.finditer(raw):
        glued = match.start() == end and waiting
        if not (glued and match[1].lower() == charset):
            parts.append(_decoded(waiting, charset))
            waiting = b""
        parts.append(raw[end : match.start()])
        charset, end = match[1].lower(), match.end()
        waiting += _payload(match[2].lower(), match[3])
    return "".join([*parts, _decoded(waiting, charset), raw[end:]])


def _decoded(raw: bytes, charset: str) -> str:
    return text(raw, charset.partition("*")[0]) if raw else ""


def _payload(encoding: str, encoded: str) -> bytes:
    data = encoded.encode("utf-8", "surrogateescape")
    if encoding == "q":
        return quopri.decodestring(data, header=True)
    return unbase64(data)


def unbase64(data: bytes) -> bytes:
    """Forgiving: foreign characters are skipped, an end cut off is done without."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    except binascii.Error:
        return data


def _codec(charset: str | None) -> str | None:
    """Python's name of it, if it is one of text: rot13 and zlib are codecs, too."""
    name = (charset or "").strip().strip("\"'").lower()
    try:
        found = codecs.lookup(ALIASES.get(name, name))
    except (LookupError, ValueError, UnicodeError):
        return None
    return found.name if getattr(found, "_is_text_encoding", False) else None


def _attempts(codec: str | None) -> list[str]:
    one_byte = codec is None or codec.startswith(("cp125", "iso8859", "ascii"))
    first = ["utf-8", codec] if one_byte else [codec, "utf-8"]
    return [name for name in [*first, "cp1252"] if name]
