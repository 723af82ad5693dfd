"""The catalogues of translations: found in code and templates, kept complete, compiled.

Babel does the work, so that no system tool is needed. Message ids are English; the English
catalogue repeats them, the German one is written by people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

LANGUAGES = ("de", "en")
ROOTS = ("supportdesk", "tickets", "training", "oncall", "releases", "demo", "templates")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
UNDATED = datetime(2026, 1, 1, tzinfo=UTC)  # a date that moves would make every run a change


def update(language: str) -> Catalog:
    """Bring the catalogue in line with the code; what nobody says any more goes away."""
    catalogue = read(language)
    catalogue.update(_found(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    if language == "en":
        for message in catalogue:
            if message.id:
                message.string = message.id
    _write(catalogue, language)
    return catalogue


def read(language: str) -> Catalog:
    path = _path(language)
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compile_all() -> None:
    """Write the binary catalogues that Django reads; they are not kept in the repository."""
    for language in LANGUAGES:
        new, target = BytesIO(), _path(language).with_suffix(".mo")
        write_mo(new, read(language))
        # A process that starts meanwhile reads the old file or the new one, never half of one.
        with NamedTemporaryFile(dir=target.parent, delete=False) as file:
            file.write(new.getvalue())
        Path(file.name).chmod(0o644)
        Path(file.name).replace(target)


def complaints(language: str) -> Iterator[str]:
    """What keeps a catalogue from being complete and in line with the code, in words."""
    found, catalogue = _found(), read(language)
    yield from _under_other_names()
    known = {_key(message): message for message in catalogue if message.id}
    wanted = {_key(message): message for message in found if message.id}
    for key in wanted.keys() - known.keys():
        yield f"{language}: not in the catalogue: {key[1]!r}"
    for key in known.keys() - wanted.keys():
        yield f"{language}: nobody says this any more: {key[1]!r}"
    for message in known.values():
        texts = message.string if isinstance(message.string, tuple | list) else [message.string]
        if not all(texts):
            yield f"{language}: not translated: {message.id!r}"
        elif message.fuzzy:
            yield f"{language}: fuzzy: {message.id!r}"
        elif any(_slots(text) - _slots(message.id) for text in texts):
            yield f"{language}: a placeholder is not in the original: {message.id!r}"
        elif _slots(message.id) - _slots(message.string):
            yield f"{language}: a placeholder got lost: {message.id!r}"


def _found() -> Catalog:
    catalogue = Catalog(fuzzy=False)
    for path in _sources():
        source = path.read_text("utf-8")
        if path.suffix != ".py":
            # What is left of a template after its words are taken out need not be valid Python,
            # but indentation would break the tokenizer.
            source = "\n".join(line.strip() for line in templatize(source).splitlines())
        lines = BytesIO(source.encode())
        for _line, text, comments, context in extract("python", lines, KEYWORDS, ("Translators:",)):
            catalogue.add(text, None, auto_comments=comments, context=context)
    return catalogue


def _under_other_names() -> Iterator[str]:
    """The extractor goes by names; under another one, words would never be translated."""
    for path in _sources():
        for name in re.findall(r"\b(\w*gettext\w* as (?!_\b)\w+)", path.read_text("utf-8")):
            yield f"{path.relative_to(settings.BASE_DIR)}: import it under its own name: {name}"


def _sources() -> Iterator[Path]:
    for root in ROOTS:
        for path in sorted((settings.BASE_DIR / root).rglob("*")):
            if path.suffix in (".py", ".html", ".txt") and "migrations" not in path.parts:
                yield path


def _write(catalogue: Catalog, language: str) -> None:
    catalogue.creation_date = catalogue.revision_date = UNDATED
    catalogue.fuzzy, catalogue.header_comment = False, "# The words of the support desk."
    catalogue.project, catalogue.version = "supportdesk", "1"
    catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = ""
    path = _path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, no_location=True, sort_output=True)


def _path(language: str) -> Path:
    return settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po"


def _slots(text: str | tuple[str, ...]) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|%[sd]", text if isinstance(text, str) else " ".join(text)))


def _key(message: Message) -> tuple[str | None, str]:
    return message.context, message.id[0] if isinstance(message.id, tuple) else message.id
