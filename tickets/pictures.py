"""How large a picture is, read from its header alone: nothing is ever decoded here."""

from __future__ import annotations

import struct
from typing import IO

MOST_SEGMENTS = 500  # a JPEG has a dozen before its size; more is somebody wasting our time
NO_SIZE = {0xC4, 0xC8, 0xCC}  # among the JPEG markers C0-CF, the ones that are no start of frame


def size_of(picture: IO[bytes], content_type: str) -> tuple[int, int] | None:
    """Width and height, or None where the header makes no sense."""
    picture.seek(0)
    try:
        return READERS[content_type](picture)
    except struct.error:  # the file ends within its own header
        return None


def _png(picture: IO[bytes]) -> tuple[int, int] | None:
    head = picture.read(24)
    return struct.unpack(">II", head[16:24]) if head[12:16] == b"IHDR" else None


def _gif(picture: IO[bytes]) -> tuple[int, int] | None:
    return struct.unpack("<HH", picture.read(10)[6:10])


def _jpeg(picture: IO[bytes]) -> tuple[int, int] | None:
    picture.seek(2)
    for _segment in range(MOST_SEGMENTS):
        start, marker, length = struct.unpack(">BBH", picture.read(4))
        if start != 0xFF:
            return None
        if marker in range(0xC0, 0xD0) and marker not in NO_SIZE:
            _depth, height, width = struct.unpack(">BHH", picture.read(5))
            return width, height
        picture.seek(length - 2, 1)
    return None


def _webp(picture: IO[bytes]) -> tuple[int, int] | None:
    head = picture.read(30)
    match head[12:16]:
        case b"VP8X":
            low, high = head[24:27], head[27:30]
            return int.from_bytes(low, "little") + 1, int.from_bytes(high, "little") + 1
        case b"VP8L":
            (bits,) = struct.unpack("<I", head[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = struct.unpack("<HH", head[26:30])
            return width & 0x3FFF, height & 0x3FFF
    return None


READERS = {"image/png": _png, "image/gif": _gif, "image/jpeg": _jpeg, "image/webp": _webp}
