"""The tool that keeps both catalogues complete."""

import pytest

from supportdesk.web import catalogues

SOURCES = {
    "tickets/words.py": 'from x import gettext as _\nA = _("Hello")\n',
    "templates/page.html": (
        "<p>{% translate 'Bye' %}</p>\n"
        "    {% blocktranslate count n=n %}{{ n }} ticket{% plural %}{{ n }} tickets"
        "{% endblocktranslate %}\n"
        '  it\'s "fine" {% blocktranslate trimmed %}\n   Two\n   lines {% endblocktranslate %}'
    ),
    "templates/mail/note.txt": '{% translate "By mail" %}\n',
}


@pytest.fixture
def house(tmp_path, settings):
    settings.BASE_DIR, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    for name, text in SOURCES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_words_are_found_in_code_pages_and_mails(house):
    found = {message.id for message in catalogues.update("de") if message.id}

    assert found == {
        "Hello",
        "Bye",
        "By mail",
        "Two lines",
        ("%(n)s ticket", "%(n)s tickets"),
    }


def test_english_repeats_its_ids_and_is_complete(house):
    catalogues.update("en")

    assert list(catalogues.complaints("en")) == []


def test_what_is_missing_is_named(house):
    catalogues.update("de")

    assert "de: not translated: 'Hello'" in list(catalogues.complaints("de"))


def test_what_nobody_says_any_more_and_what_is_new_is_named(house):
    catalogues.update("de")
    (house / "tickets/words.py").write_text('from x import gettext as _\nA = _("Good day")\n')

    complaints = list(catalogues.complaints("de"))
    assert "de: nobody says this any more: 'Hello'" in complaints
    assert "de: not in the catalogue: 'Good day'" in complaints


def test_a_placeholder_that_got_lost_is_named(house):
    catalogue = catalogues.update("de")
    for message in catalogue:
        if message.id:
            plural = isinstance(message.id, tuple)
            message.string = ("Meldung", "Meldungen") if plural else "Wort"
    catalogues._write(catalogue, "de")

    assert any("placeholder" in line for line in catalogues.complaints("de"))


def test_words_under_another_name_would_be_missed_and_are_named(house):
    (house / "tickets/words.py").write_text("from x import gettext as say\nA = say('Hello')\n")
    catalogues.update("en")

    (complaint,) = catalogues.complaints("en")
    assert complaint == "tickets/words.py: import it under its own name: gettext as say"
