"""What is read out of a mail, and that what is wrong with it does no harm."""

from __future__ import annotations

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.intake import charsets, html, parsed, parser, quotes
from supportdesk.intake.automatic import Kind
from tests.intake.mails import bounce, lines, mail, parts

PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"


def test_a_plain_mail_is_read() -> None:
    said = parser.parse(mail(cc="Carol <carol@alpina.example>", in_reply_to="<0@desk.example>"))
    assert said.sender == "alice@alpina.example"
    assert said.subject == "Lauf bricht ab"
    assert said.text == "Der Lauf bricht ab."
    assert said.message_id == "<1@alpina.example>"
    assert said.references == ("<0@desk.example>",)
    assert said.copied == ("carol@alpina.example",)
    assert said.kind == Kind.HUMAN


@pytest.mark.parametrize(
    ("claimed", "raw", "text"),
    [
        ("iso-8859-1", "Prüfung".encode(), "Prüfung"),  # says one thing, is another
        ("us-ascii", "Prüfung".encode("cp1252"), "Prüfung"),
        ("utf-8", "Prüfung".encode("cp1252"), "Prüfung"),
        ("iso-8859-1", "„Preis“ 5 €".encode("cp1252"), "„Preis“ 5 €"),
        ("nosuch", b"abc", "abc"),
        ("rot13", b"abc", "abc"),
        ("zlib", b"abc", "abc"),
        ("", b"\xff\xfeA\x00", "A"),
        ("gb2312", "票".encode("gb18030"), "票"),
        ("unicode-1-1-utf-7", b"Pr+APw-fung", "Prüfung"),
        ("x" * 5000, b"abc", "abc"),
    ],
)
def test_charsets_that_lie_are_seen_through(claimed: str, raw: bytes, text: str) -> None:
    head = f"Content-Type: text/plain; charset={claimed}" if claimed else "Subject: x"
    assert parser.parse(lines(head, body=raw)).text == text


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        ("=?utf-8?q?Pr=C3=BCfung?=", "Prüfung"),
        ("=?utf-8?b?UHLDvA==?= =?utf-8?q?fung?=", "Prüfung"),
        ("=?utf-8?b?UHLD?= =?utf-8?b?vGZ1bmc=?=", "Prüfung"),  # a letter cut in two
        ("=?iso-8859-1*de?q?Pr=FCfung?=", "Prüfung"),
        ("=?nosuch?q?abc?= d", "abc d"),
        ("=?utf-8?b?%%%?= d", "d"),
        ("Prüfung", "Prüfung"),  # raw bytes
        ("a\r\n b", "a b"),
        ("a\x00b", "ab"),
    ],
)
def test_subjects_come_in_many_forms(field: str, subject: str) -> None:
    assert parser.parse(lines(f"Subject: {field}")).subject == subject


def test_file_names_come_in_many_forms() -> None:
    heads = [
        "Content-Disposition: attachment; filename*0*=utf-8''Pr%C3%BC; filename*1*=fung.txt",
        "Content-Disposition: attachment; filename==?utf-8?q?Pr=C3=BCfung.txt?=",
        'Content-Type: text/plain; name="Prüfung.txt"',
        "Content-Disposition: attachment; filename=Prüfung.txt",
    ]
    mixed = parts("mixed", *[lines(head, body=b"x") for head in heads])
    assert [part.name for part in parser.parse(mixed).attachments] == ["Prüfung.txt"] * 4


def test_of_two_forms_the_plain_one_is_taken_unless_it_is_empty() -> None:
    page = lines("Content-Type: text/html", body=b"<p>Seite</p>")
    assert parser.parse(parts("alternative", PLAIN + b"Text", page)).text == "Text"
    said = parser.parse(parts("alternative", PLAIN + b" \r\n", page))
    assert (said.text, said.text_from_html) == ("Seite", True)


def test_a_mail_inside_a_mail_stays_one() -> None:
    inner = lines("Content-Type: message/rfc822", body=mail("Innen.", subject="Altes"))
    said = parser.parse(parts("mixed", PLAIN + b"Siehe unten.", inner))
    assert said.text == "Siehe unten."
    assert [part.name for part in said.attachments] == ["Altes.eml"]
    assert b"Innen." in said.attachments[0].content


def test_signed_and_encrypted_mail_says_so_and_keeps_everything() -> None:
    signature = lines("Content-Type: application/pkcs7-signature; name=smime.p7s", body=b"\x30")
    said = parser.parse(
        parts("signed; protocol=application/pkcs7-signature", PLAIN + b"Text", signature)
    )
    assert (said.text, said.protection) == ("Text", ("S/MIME",))
    assert [part.name for part in said.attachments] == ["smime.p7s"]
    assert parser.parse(lines("Content-Type: application/pkcs7-mime")).protection == ("S/MIME",)
    assert parser.parse(mail("-----BEGIN PGP MESSAGE-----\n")).protection == ("PGP",)


def test_an_invitation_is_kept_as_a_file() -> None:
    calendar = lines("Content-Type: text/calendar; method=REQUEST", body=b"BEGIN:VCALENDAR")
    said = parser.parse(parts("alternative", PLAIN + b"Einladung", calendar))
    assert [part.name for part in said.attachments] == ["invite.ics"]


def test_files_in_outlooks_envelope_have_their_names() -> None:
    def record(attribute: int, value: bytes) -> bytes:
        return struct.pack("<BHHI", 2, attribute, 6, len(value)) + value + b"\0\0"

    envelope = struct.pack("<IH", 0x223E9F78, 1)
    envelope += record(0x9002, b"\0" * 14) + record(0x8010, b"Liste.xlsx\0") + record(0x800F, b"PK")
    whole = lines("Content-Type: application/ms-tnef; name=winmail.dat", body=envelope)
    part = parser.parse(whole).attachments[0]
    assert (part.name, part.content) == ("Liste.xlsx", b"PK")
    cut = parser.parse(whole[:-3]).attachments
    assert [part.name for part in cut] == ["Liste.xlsx"]


def test_html_becomes_words_and_loads_nothing() -> None:
    page = """<html><head><style>p{}</style><title>T</title></head><body>
      <script>alert(1)</script><p>Guten&nbsp;Tag,</p><p>Lauf <b>4711</b> bricht<br>ab.</p>
      <img src="https://spy.example/x.gif"><a href="https://a.example/x">Bild</a>
      <table><tr><td>Kasse</td><td>Summe</td></tr></table><blockquote>alt</blockquote></body>"""
    assert html.words(page).split("\n") == [
        *("Guten Tag,", "", "Lauf 4711 bricht", "ab.", "", "Bild <https://a.example/x>", ""),
        *("Kasse\tSumme", "", "> alt"),
    ]


def test_a_bounce_names_the_letter_and_the_address() -> None:
    said = parser.parse(bounce("<letter@desk.example>", "Alice@Alpina.example"))
    assert said.bounce == parsed.Bounce(
        addresses=("alice@alpina.example",),
        permanent=True,
        diagnosis="smtp; 550 No such user",
        original_ids=("<letter@desk.example>",),
    )
    late = parser.parse(bounce("<letter@desk.example>", "alice@alpina.example", "4.4.1")).bounce
    assert late is not None
    assert not late.permanent


def test_an_ordinary_answer_to_a_notice_of_failure_is_no_bounce() -> None:
    assert parser.parse(mail(subject="AW: Undelivered Mail Returned to Sender")).bounce is None


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Danke.\n\nAm 03.11.2026 um 10:12 schrieb Support-Desk:\n> Bitte prüfen.\n", "Danke.\n"),
        ("Danke.\n\nVon: Desk <a@b.example>\nGesendet: Montag\nAn: Alice\n\nAlt", "Danke.\n"),
        ("Danke.\n\n-----Ursprüngliche Nachricht-----\nVon: x\n\nAlt", "Danke.\n"),
        ("Danke.\n-- \nAlice Moser\nAlpina", "Danke."),
        ("Danke.\n\n> Bitte prüfen.\n\nJa, geprüft.", None),  # answers in between stay whole
        ("Nur Text.", None),
        ("> Alles ist Zitat.", None),
    ],
)
def test_history_and_signature_are_folded_not_cut(text: str, own: str | None) -> None:
    at = quotes.fold(text)
    assert (None if at is None else text[:at]) == own


def test_a_mail_passes_between_processes_as_it_is() -> None:
    for raw in [mail(), bounce("<a@b>", "a@b.example"), parts("mixed", PLAIN + b"x")]:
        assert parsed.loads(parsed.dumps(parser.parse(raw))) == parser.parse(raw)


@given(st.binary(max_size=600))
def test_no_bytes_break_it(raw: bytes) -> None:
    said = parser.parse(raw)
    assert parsed.loads(parsed.dumps(said)) == said


@given(
    st.recursive(
        st.sampled_from([PLAIN + b"x", mail(), bounce("<a@b>", "c@d.example"), b"", b"\0\xff"]),
        lambda inner: st.tuples(
            st.sampled_from(["mixed", "alternative", "signed", "report", "related", "digest"]),
            st.lists(inner, max_size=4),
            st.sampled_from(["=b", "=c", ""]),
        ).map(lambda drawn: parts(drawn[0], *drawn[1], boundary=drawn[2])),
        max_leaves=12,
    )
)
def test_no_structure_breaks_it(raw: bytes) -> None:
    parser.parse(raw)


@given(st.text(max_size=300))
def test_no_markup_breaks_it(markup: str) -> None:
    html.words(markup)


@given(st.text(st.characters(codec=None), max_size=100))
def test_whatever_is_read_can_be_stored(said: str) -> None:
    cleaned = charsets.clean(said)
    cleaned.encode()
    assert "\x00" not in cleaned


def test_base64_with_faults_gives_what_is_there() -> None:
    whole = base64.b64encode(b"Kassenzeichen")
    assert charsets.unbase64(whole[:4] + b"\r\n!" + whole[4:]) == b"Kassenzeichen"
    assert charsets.unbase64(whole[:-3]).startswith(b"Kassenzei")
