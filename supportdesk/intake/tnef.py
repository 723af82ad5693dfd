"""What is inside a winmail.dat, Outlook's own envelope: the names and contents of its files.

MS-OXTNEF: a signature, a key, then records of level, id, length, content and checksum. A file
begins with attAttachRendData; its long name stands in its MAPI properties.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

SIGNATURE = 0x223E9F78
REND_DATA, TITLE, DATA, PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
LONG_NAMES = [0x3707, 0x3704, 0x3001]  # PidTagAttachLongFilename, ...Filename, PidTagDisplayName
TEXT_8, TEXT_16, BINARY, OBJECT = 0x001E, 0x001F, 0x0102, 0x000D
FIXED = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 4}
FIXED |= {0x0005: 8, 0x0006: 8, 0x0007: 8, 0x0014: 8, 0x0040: 8, 0x0048: 16}
MOST_FILES = 200


@dataclass
class File:
    name: str = ""
    content: bytes = b""


def files(data: bytes) -> list[File]:
    """Those that can be read; of a damaged envelope the ones before the damage."""
    found: list[File] = []
    for attribute, value in _records(data):
        if attribute == REND_DATA:
            if len(found) >= MOST_FILES:
                break
            found.append(File())
        elif not found:
            continue
        elif attribute == TITLE:
            found[-1].name = found[-1].name or _text8(value)
        elif attribute == DATA:
            found[-1].content = value
        elif attribute == PROPERTIES:
            found[-1].name = _long_name(value) or found[-1].name
    return found


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != SIGNATURE:
        return
    at = 6
    while at + 9 <= len(data):
        _level, attribute, _type, length = struct.unpack_from("<BHHI", data, at)
        at += 9
        if at + length > len(data):
            return
        yield attribute, data[at : at + length]
        at += length + 2


def _long_name(value: bytes) -> str:
    names: dict[int, str] = {}
    try:
        for tag, content in _properties(value):
            names.setdefault(tag, content)
    except (struct.error, ValueError):
        pass  # what came before the damage counts
    return next((names[tag] for tag in LONG_NAMES if names.get(tag)), "")


def _properties(value: bytes) -> Iterator[tuple[int, str]]:
    (count,) = struct.unpack_from("<I", value)
    at = 4
    for _n in range(min(count, 1000)):
        kind, tag = struct.unpack_from("<HH", value, at)
        at += 4
        if tag >= 0x8000:  # a named one: its name comes first
            at = _after_name(value, at)
        kind, several = kind & 0x0FFF, kind & 0x1000
        if kind in FIXED:
            at += (_count(value, at) * FIXED[kind] + 4) if several else FIXED[kind]
            continue
        if kind not in (TEXT_8, TEXT_16, BINARY, OBJECT):
            raise ValueError(kind)
        values, at = _variable(value, at)
        if values and kind in (TEXT_8, TEXT_16):
            yield tag, _text16(values[0]) if kind == TEXT_16 else _text8(values[0])


def _after_name(value: bytes, at: int) -> int:
    (kind,) = struct.unpack_from("<I", value, at + 16)
    if kind == 0:
        return at + 24
    (length,) = struct.unpack_from("<I", value, at + 20)
    return at + 24 + length + -length % 4


def _count(value: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", value, at)[0])


def _variable(value: bytes, at: int) -> tuple[list[bytes], int]:
    count, values = _count(value, at), []
    at += 4
    for _n in range(min(count, 1000)):
        length = _count(value, at)
        values.append(value[at + 4 : at + 4 + length])
        at += 4 + length + -length % 4
    return values, at


def _text8(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("cp1252", "replace")


def _text16(raw: bytes) -> str:
    return raw.decode("utf-16-le", "replace").partition("\0")[0]
