"""What a packed file would become if somebody unpacked it. Nothing is unpacked to disk here."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO

from django.utils.translation import gettext as _

ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b\x08"
MOST_MEMBERS = 1000
MOST_BYTES = 250 * 2**20
HIGHEST_RATIO = 100  # office documents reach 30, log files 60
SMALL = 2**20  # below this no ratio is a bomb: a short log of equal lines packs a thousandfold
DEEPEST = 2  # documents are archives too, so one archive of them is ordinary
DIRECTORY_BYTES = MOST_MEMBERS * 600
CHUNK = 2**16


class Unacceptable(Exception):
    """Why a file is not taken, in words for whoever sent it."""


@dataclass
class Budget:
    """What is left for one upload, shared by the archives within it."""

    members: int = MOST_MEMBERS
    bytes: int = MOST_BYTES

    def spend(self, *, members: int = 0, size: int = 0) -> None:
        self.members -= members
        self.bytes -= size
        if self.members < 0:
            raise Unacceptable(_("it holds more than %(count)s files") % {"count": MOST_MEMBERS})
        if self.bytes < 0:
            raise Unacceptable(_("unpacked it would be far too large"))


def inspect(archive: IO[bytes], budget: Budget | None = None, depth: int = 1) -> list[str]:
    """Unpack into nowhere, within limits; raise Unacceptable or return the names of its members.

    Sizes an archive declares are not believed: every member is read to its end.
    """
    budget = budget or Budget()
    if depth > DEEPEST:
        raise Unacceptable(_("it holds archives within archives"))
    archive.seek(0)
    if archive.read(3) == GZIP:
        _inspect_member(_gunzip(archive), _size(archive), budget, depth)
        return []
    return _inspect_zip(archive, budget, depth)


def _inspect_zip(archive: IO[bytes], budget: Budget, depth: int) -> list[str]:
    _refuse_endless_directory(archive)
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            budget.spend(members=len(members))
            if sum(member.compress_size for member in members) > _size(archive):
                raise Unacceptable(_("its members overlap"))
            for member in members:
                _refuse_unreadable(member)
                with opened.open(member) as stream:
                    _inspect_member(_read(stream), member.compress_size, budget, depth)
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, ValueError) as error:
        raise Unacceptable(_("it is damaged")) from error
    return [member.filename for member in members]


def _refuse_unreadable(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & 1:
        raise Unacceptable(_("it is encrypted, so it cannot be checked"))
    # bzip2 and LZMA unpack so slowly that checking them would be an attack by itself.
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unacceptable(_("it is packed in a way that cannot be checked"))


def _inspect_member(stream: Iterator[bytes], packed: int, budget: Budget, depth: int) -> None:
    """Read a member to its end; where it is an archive itself, look into that as well."""
    unpacked, is_archive = 0, False
    with SpooledTemporaryFile(max_size=SMALL) as copy:
        for chunk in stream:
            is_archive = is_archive or (not unpacked and chunk.startswith((ZIP, GZIP)))
            unpacked += len(chunk)
            budget.spend(size=len(chunk))
            if unpacked > max(SMALL, packed * HIGHEST_RATIO):
                raise Unacceptable(_("unpacked it would be far too large"))
            if is_archive:
                copy.write(chunk)
        if is_archive:
            inspect(copy, budget, depth + 1)


def _refuse_endless_directory(archive: IO[bytes]) -> None:
    """Before the library reads the directory into memory: is it of a sane length?"""
    size = _size(archive)
    archive.seek(max(0, size - 2**16 - 22))
    tail = archive.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        raise Unacceptable(_("it is damaged"))
    (directory,) = struct.unpack("<L", tail[end + 12 : end + 16])
    is_zip64 = tail[max(0, end - 20) : end].startswith(b"PK\x06\x07")
    if directory > DIRECTORY_BYTES or is_zip64:
        raise Unacceptable(_("it holds more than %(count)s files") % {"count": MOST_MEMBERS})


def _gunzip(archive: IO[bytes]) -> Iterator[bytes]:
    archive.seek(0)
    packed = zlib.decompressobj(wbits=31)
    waiting = archive.read(CHUNK)
    try:
        while waiting and not packed.eof:
            if chunk := packed.decompress(waiting, CHUNK):
                yield chunk
            waiting = packed.unconsumed_tail or archive.read(CHUNK)
    except zlib.error as error:
        raise Unacceptable(_("it is damaged")) from error
    if not packed.eof:
        raise Unacceptable(_("it is damaged"))
    if packed.unused_data or archive.read(1):
        raise Unacceptable(_("it is packed in a way that cannot be checked"))


def _read(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def _size(archive: IO[bytes]) -> int:
    return archive.seek(0, 2)
