"""Files of many kinds, made here: honest ones we take, and those we must not."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib

OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
OPEN_XML = "application/vnd.openxmlformats-officedocument"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def packed(members: dict[str, bytes], *, stored: bool = False) -> bytes:
    out = io.BytesIO()
    kind = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def png(width: int = 2, height: int = 2) -> bytes:
    def part(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    head = part(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", zlib.compress(b"\0\0" * 2)) + part(b"IEND", b"")
    )


def jpeg(width: int = 2, height: int = 2) -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0" + frame + b"\xff\xd9"


def gif(width: int = 2, height: int = 2) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;"


def webp(width: int = 2, height: int = 2, *, form: str = "VP8X") -> bytes:
    body = {
        "VP8X": b"\0\0\0\0"
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little"),
        "VP8L": b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + b"\0" * 5,
        "VP8 ": b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height),
    }[form]
    chunk = form.encode() + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def gz(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def document(kind: str) -> bytes:
    return packed({"[Content_Types].xml": b"<Types/>", kind: b"<w/>"})


TAKEN = {  # name: (content, the type it is kept with)
    "protokoll.pdf": (b"%PDF-1.7\n1 0 obj\n\xe2\xe3\n%%EOF", "application/pdf"),
    "maske.png": (png(), "image/png"),
    "maske.jpg": (jpeg(), "image/jpeg"),
    "maske.jpeg": (jpeg(), "image/jpeg"),
    "ablauf.gif": (gif(), "image/gif"),
    "maske.webp": (webp(), "image/webp"),
    "lauf.txt": ("Übernahme um 2:14 Uhr".encode(), "text/plain"),
    "alt.log": ("Übernahme um 2:14 Uhr".encode("cp1252"), "text/plain"),
    "windows.txt": ("Übernahme".encode("utf-16"), "text/plain"),
    "lauf.log.1": (b"02:14 rc=8\n", "text/plain"),
    "lauf.2026-11-20": (b"02:14 rc=8\n", "text/plain"),
    "faelle.csv": (b"Fall;Betrag\n4711;12,50\n", "text/plain"),
    "antwort.json": (b'{"rc": 8}', "text/plain"),
    "meldung.xml": (b"<?xml version='1.0'?><m/>", "text/plain"),
    "mail.eml": (b"From: alice@alpina.example\r\n\r\nHi", "text/plain"),
    "dtamt.edi": (b"UNA:+.? 'UNB+UNOC:3+1+2'", "text/plain"),
    "bm.txt": (b"BM ist die Abkuerzung der Maske.", "text/plain"),
    "logs.zip": (packed({"a.log": b"rc=8\n" * 50}), "application/zip"),
    "faelle.zip": (packed({"a.xlsx": document("xl/workbook.xml")}), "application/zip"),
    "lauf.log.gz": (gz(b"rc=8\n" * 50), "application/gzip"),
    "bericht.docx": (document("word/document.xml"), f"{OPEN_XML}.wordprocessingml.document"),
    "liste.xlsx": (document("xl/workbook.xml"), f"{OPEN_XML}.spreadsheetml.sheet"),
    "folien.pptx": (document("ppt/presentation.xml"), f"{OPEN_XML}.presentationml.presentation"),
    "brief.odt": (packed({"mimetype": f"{OPEN_DOCUMENT}.text".encode()}), f"{OPEN_DOCUMENT}.text"),
    "liste.ods": (
        packed({"mimetype": f"{OPEN_DOCUMENT}.spreadsheet".encode()}),
        f"{OPEN_DOCUMENT}.spreadsheet",
    ),
}

REFUSED = {
    # Programs and what a browser or a desktop would run, whatever they are called.
    "lauf.exe": b"MZ\x90\0\3\0\0\0",
    "lauf.txt": b"MZ\x90\0\3\0\0\0",
    "lauf.so": b"\x7fELF\2\1\1\0\0",
    "lauf.class": b"\xca\xfe\xba\xbe\0\0\0\x37",
    "seite.html": b"<html><script>alert(1)</script>",
    "seite.pdf": b"<html><script>alert(1)</script>",
    "seite.xhtml": b"<html xmlns='http://www.w3.org/1999/xhtml'/>",
    "seite.htm": b"<b>",
    "bild.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "bild.png": b"<svg onload='alert(1)'/>",
    "bild.jpg": png(),
    "lauf.sh": b"#!/bin/sh\nid\n",
    "lauf.bat": b"@echo off\r\n",
    "lauf.ps1": b"Get-Process\r\n",
    "lauf.js": b"alert(1)",
    "lauf.hta": b"<script>1</script>",
    "lauf.lnk": b"L\0\0\0\1\x14\2\0",
    "lauf.url": b"[InternetShortcut]\r\nURL=file:///c:/",
    ".htaccess": b"AddType application/x-httpd-php .txt",
    ".ht\u200baccess": b"AddType application/x-httpd-php .txt",
    "bericht.pdf.exe": b"%PDF-1.7\n",
    "bericht.docx": packed({"a.txt": b"no document"}),
    "makro.docm": packed({"word/document.xml": b"<w/>", "word/vbaProject.bin": b"\0"}),
    "makro.docx": packed({"word/document.xml": b"<w/>", "word/vbaProject.bin": b"\0"}),
    "alt.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 64,
    "archiv.7z": b"7z\xbc\xaf\x27\x1c\0\4",
    "archiv.rar": b"Rar!\x1a\x07\x01\0",
    "lauf.jar": packed({"META-INF/MANIFEST.MF": b"Main-Class: X"}),
    "abbild.iso": b"\0" * 64,
    "leer.txt": b"",
    # Damaged and hostile archives and pictures.
    "kaputt.zip": b"PK\x03\x04" + b"\0" * 40,
    "kaputt.gz": gz(b"rc=8\n" * 50)[:-9],
    "doppelt.gz": gz(b"rc=8\n") + gz(b"rc=8\n"),
    "bombe.zip": packed({"null.bin": b"\0" * 2**24}),
    "bombe.gz": gz(b"\0" * 2**24),
    "tief.zip": packed({"b.zip": packed({"c.zip": packed({"d.txt": b"hi"})})}),
    "viele.zip": packed({f"{n}.txt": b"" for n in range(1001)}),
    "bombe.docx": packed({"word/document.xml": b"\0" * 2**24}),
    "riesig.png": png(20_000, 20_000),
    "riesig.jpg": jpeg(60_000, 60_000),
    "riesig.gif": gif(60_000, 60_000),
    "riesig.webp": webp(60_000, 60_000),
    "kaputt.png": png()[:14],
    "kaputt.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
}
