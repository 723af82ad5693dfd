"""What a line of words means, and how words are compared."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tickets.search.excerpt import excerpt, marked
from tickets.search.words import Words, fold, read

GERMAN = st.text("abcdeiouäöüßqzÄÖÜẞéñ AEOU-12ﬁ", max_size=40)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("zahllauf bricht", Words(("zahllauf", "bricht"))),
        ('"doppelt gebucht" konto', Words(("doppelt gebucht", "konto"))),
        ("modul:beitrag Status:offen", Words((), (("module", "beitrag"), ("status", "offen")))),
        ('von:"hansa nord"', Words((), (("organisation", "hansa nord"),))),
        ("Fehler:12 http://x", Words(("Fehler:12", "http://x"))),  # no filter of ours
        ("modul:", Words(("modul:",))),
        ("  ", Words()),
        ('"', Words()),
        (" ".join("abcdefghij"), Words(tuple("abcdefgh"))),
    ],
)
def test_a_line_is_words_and_filters(line, meant):
    assert read(line) == meant


@pytest.mark.parametrize("spelt", ["Gebühr", "Gebuehr", "GEBÜHR", "gebuhr", "Gebu\u0308hr"])
def test_spellings_are_one(spelt):
    assert fold(spelt) == "gebuhr"


def test_two_vowels_in_a_row_are_no_umlaut():
    assert [fold(word) for word in ("Steuer", "neue", "Quelle", "Straße")] == [
        "steuer",
        "neue",
        "quelle",
        "strasse",
    ]


@pytest.mark.django_db
@given(st.lists(GERMAN, min_size=1, max_size=20))
def test_postgresql_folds_as_we_do(said):
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(desk_fold(w)) FROM unnest(%s::text[]) w", [said])
        assert cursor.fetchone() == ([fold(one) for one in said],)


def shown(pieces):
    return "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in pieces)


def test_an_excerpt_marks_words_and_compounds():
    text = "Seit gestern\nmeldet der Lauf Rechnungsfehler und andere Fehler."

    assert shown(excerpt(text, ["fehler"])) == (
        "Seit gestern meldet der Lauf [Rechnungsfehler] und andere [Fehler]."
    )


def test_a_short_stem_marks_beginnings_only():
    assert shown(marked("Abgabe und Aufgabe", ["gab"])) == "Abgabe und Aufgabe"


def test_a_long_text_is_cut_around_the_first_hit():
    pieces = excerpt("wort " * 200 + "Zahllauf " + "ende " * 200, ["zahllauf"])

    assert shown(pieces).startswith("… ")
    assert shown(pieces).endswith(" …")
    assert "[Zahllauf]" in shown(pieces)
    assert len(shown(pieces)) < 300


@given(st.text(max_size=600), st.lists(st.text("abc", min_size=1, max_size=4), max_size=3))
def test_an_excerpt_says_only_what_stands_there(text, stems):
    said = "".join(piece.text for piece in excerpt(text, stems)).strip("… ")

    assert said in " ".join(text.split())
