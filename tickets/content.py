"""What a file is, judged by its content. Neither the sender's type nor the name is believed."""

from __future__ import annotations

import codecs
import re
import zipfile
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from supportdesk.web import filenames
from tickets import archives, pictures
from tickets.archives import Unacceptable

MOST_PIXELS = 40_000_000
CHUNK = 2**16
BINARY = re.compile("[\x00-\x08\x0e-\x19]")  # what no log file, table or interchange file holds
PLAIN = "text/plain"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Kind:
    """A kind of file we take: the type it is served with, and how such files may be called."""

    type: str
    endings: tuple[str, ...]

    def allows(self, ending: str) -> bool:
        """Rotated logs end in numbers: app.log.1, run.2026-11-20."""
        is_log_number = self.type == PLAIN and ending.replace("-", "").isdecimal()
        return ending in self.endings or is_log_number


ZIP = Kind("application/zip", ("zip",))
GZIP = Kind("application/gzip", ("gz",))
TEXTS = (
    *("txt", "log", "out", "err", "trc", "csv", "tsv", "dat", "edi", "json", "xml", "yaml", "yml"),
    *("md", "sql", "eml", "ini", "cfg", "conf", "properties"),
)
SIGNATURES = [
    (re.compile(rb"%PDF-"), Kind("application/pdf", ("pdf",))),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), Kind("image/png", ("png",))),
    (re.compile(rb"\xff\xd8\xff"), Kind("image/jpeg", ("jpg", "jpeg"))),
    (re.compile(rb"GIF8[79]a"), Kind("image/gif", ("gif",))),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), Kind("image/webp", ("webp",))),
    (re.compile(re.escape(archives.ZIP)), ZIP),
    (re.compile(re.escape(archives.GZIP)), GZIP),
]
OPEN_XML = "application/vnd.openxmlformats-officedocument"
DOCUMENTS = {  # a zip that holds this member is that document
    "word/document.xml": Kind(f"{OPEN_XML}.wordprocessingml.document", ("docx",)),
    "xl/workbook.xml": Kind(f"{OPEN_XML}.spreadsheetml.sheet", ("xlsx",)),
    "ppt/presentation.xml": Kind(f"{OPEN_XML}.presentationml.presentation", ("pptx",)),
}
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
OPEN_DOCUMENTS = {
    f"{OPEN_DOCUMENT}.text": "odt",
    f"{OPEN_DOCUMENT}.spreadsheet": "ods",
    f"{OPEN_DOCUMENT}.presentation": "odp",
}


def examined(file: IO[bytes], name: str) -> tuple[str, str]:
    """The name and the type a file is kept with; Unacceptable says why it is not taken.

    `name` is cleaned already. A name without an ending gets the one of its kind.
    """
    kind = _kind(file)
    ending = filenames.ending(name)
    if not ending:
        return f"{name or _('file')}.{kind.endings[0]}", kind.type
    if not kind.allows(ending):
        raise Unacceptable(
            _("“.%(ending)s” does not fit: by its content it is %(type)s")
            % {"ending": ending, "type": kind.type}
        )
    return name, kind.type


def _kind(file: IO[bytes]) -> Kind:
    file.seek(0)
    head = file.read(16)
    kind = next((kind for signature, kind in SIGNATURES if signature.match(head)), None)
    if kind is None:
        return _text(file)
    if kind.type in pictures.READERS:
        _refuse_huge(file, kind)
    if kind in (ZIP, GZIP):
        return _document(file, archives.inspect(file)) or kind
    return kind


def _text(file: IO[bytes]) -> Kind:
    file.seek(0)
    charsets = ["utf-16"] if file.read(2) in UTF_16 else ["utf-8", "windows-1252"]
    for charset in charsets:
        if _reads_as(file, charset):
            return Kind(PLAIN, TEXTS)
    raise Unacceptable(_("files of this kind are not taken"))


def _reads_as(file: IO[bytes], charset: str) -> bool:
    decoder = codecs.getincrementaldecoder(charset)()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            if BINARY.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_huge(file: IO[bytes], kind: Kind) -> None:
    size = pictures.size_of(file, kind.type)
    if size is None:
        raise Unacceptable(_("it is damaged"))
    if size[0] * size[1] > MOST_PIXELS:
        raise Unacceptable(
            _("it has more than %(count)s million pixels") % {"count": MOST_PIXELS // 10**6}
        )


def _document(file: IO[bytes], members: list[str]) -> Kind | None:
    """The office document an inspected zip is. Macros are programs: not taken."""
    if any(member.lower().endswith("vbaproject.bin") for member in members):
        raise Unacceptable(_("documents with macros are not taken"))
    for member, kind in DOCUMENTS.items():
        if member in members:
            return kind
    if "mimetype" in members:
        with zipfile.ZipFile(file) as archive, archive.open("mimetype") as stream:
            declared = stream.read(100).decode("ascii", "replace").strip()
        if declared in OPEN_DOCUMENTS:
            return Kind(declared, (OPEN_DOCUMENTS[declared],))
    return None
