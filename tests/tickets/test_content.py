"""What files are taken, by their content, and how they may be called."""

import io
import struct
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.web import filenames
from tests import samples
from tickets import archives, pictures
from tickets.content import Unacceptable, examined


@pytest.mark.parametrize("name", samples.TAKEN)
def test_what_the_work_needs_is_taken_with_its_true_type(name):
    content, expected = samples.TAKEN[name]

    assert examined(io.BytesIO(content), name) == (name, expected)


@pytest.mark.parametrize("name", [name for name in samples.REFUSED if name != "leer.txt"])
def test_everything_else_is_refused_with_a_reason(name):
    started = time.monotonic()

    with pytest.raises(Unacceptable) as refusal:
        examined(io.BytesIO(samples.REFUSED[name]), filenames.cleaned(name))

    assert len(str(refusal.value)) > 10
    assert time.monotonic() - started < 5


def test_a_name_without_an_ending_gets_the_one_of_its_content():
    assert examined(io.BytesIO(samples.png()), "maske") == ("maske.png", "image/png")
    assert examined(io.BytesIO(b"rc=8"), "PROTOKOLL") == ("PROTOKOLL.txt", "text/plain")


def test_an_encrypted_archive_is_refused_because_nobody_can_check_it():
    content = bytearray(samples.packed({"a.txt": b"secret"}))
    directory = content.index(b"PK\x01\x02")
    for flags in (6, directory + 8):
        content[flags] |= 1

    with pytest.raises(Unacceptable, match="encrypted"):
        archives.inspect(io.BytesIO(content))


def test_an_archive_that_lies_about_a_size_is_refused():
    content = bytearray(samples.packed({"a.txt": b"x" * 5000}))
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<L", 10)

    with pytest.raises(Unacceptable, match="damaged"):
        archives.inspect(io.BytesIO(content))


def test_members_that_share_their_bytes_are_refused():
    """The bomb that needs no nesting: many directory entries over one packed block."""
    content = samples.packed({"a.txt": bytes(range(256)) * 8}, stored=True)
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    entries = content[start:end] * 50
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 50, 50, len(entries), start, 0)

    with pytest.raises(Unacceptable, match="overlap"):
        archives.inspect(io.BytesIO(content[:start] + entries + tail))


def test_an_endless_directory_is_refused_before_it_is_read():
    content = samples.packed({f"{n:06}.txt": b"" for n in range(20_000)})

    with pytest.raises(Unacceptable, match="more than"):
        archives.inspect(io.BytesIO(content))


def test_slow_packing_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.txt", b"x" * 100)

    with pytest.raises(Unacceptable, match="packed in a way"):
        archives.inspect(out)


@pytest.mark.parametrize("form", ["VP8X", "VP8L", "VP8 "])
def test_all_forms_of_webp_tell_their_size(form):
    assert pictures.size_of(io.BytesIO(samples.webp(640, 480, form=form)), "image/webp") == (
        640,
        480,
    )


@pytest.mark.parametrize(
    ("kind", "make"),
    [("image/png", samples.png), ("image/jpeg", samples.jpeg), ("image/gif", samples.gif)],
)
def test_pictures_tell_their_size_without_being_decoded(kind, make):
    assert pictures.size_of(io.BytesIO(make(640, 480)), kind) == (640, 480)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Temp\\lauf.log", "lauf.log"),
        ("a\x00b\u200bc\u202etxt.exe", "abctxt.exe"),
        ("Bu\u0308rgschaft.pdf", "Bürgschaft.pdf"),
        ("lauf.exe. . ", "lauf.exe"),
        ("CON.txt", "_CON.txt"),
        ("a:b?.txt", "a_b_.txt"),
        ("zwei\u00a0 Wörter.txt", "zwei Wörter.txt"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("..", ""),
    ],
)
def test_names_are_cleaned(raw, clean):
    assert filenames.cleaned(raw) == clean


@pytest.mark.property
@given(st.text())
def test_a_cleaned_name_is_safe_and_cleaning_again_changes_nothing(raw):
    name = filenames.cleaned(raw)

    assert len(name) <= filenames.LONGEST + 1
    assert name.isprintable()
    assert not set(name) & set('/\\<>:"|?*')
    assert filenames.cleaned(name) == name
