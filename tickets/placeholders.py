"""Placeholders of a template: which there are, what is wrong with a text, and how it is filled."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Each has a value on every ticket: a template that could be saved can be filled.
KNOWN = ("agent", "customer", "link", "module", "number", "organisation", "priority", "subject")
PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


def used(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def unknown(text: str) -> list[str]:
    """As written, in the order of the alphabet."""
    return sorted(used(text) - set(KNOWN))


def is_torn(text: str) -> bool:
    """A brace without its other half."""
    return bool(re.search(r"[{}]", PLACEHOLDER.sub("", text)))


def missing(text: str, other: str) -> list[str]:
    """What the other language says and this one leaves out."""
    return sorted(used(other) - used(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """In one pass: braces inside a value stay what they are. KeyError where a value is missing."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)
