"""What in a text looks like data of an insured person: numbers, accounts, dates of birth. Pure.

The insured person's number is a letter and nine digits, of which the last is a check digit (section
290 SGB V); an IBAN is checked by ISO 13616, modulo 97. A date counts where a word of birth or a
title stands before it. Better one question too few than one that people learn to click away.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

BLACK = "█"
LENGTHS = {
    "AT": 20, "BE": 16, "CH": 21, "CZ": 24, "DE": 22, "DK": 18, "ES": 24, "FR": 27, "IT": 27,
    "LI": 21, "LU": 20, "NL": 18, "PL": 28,
}  # fmt: skip
INSURED = re.compile(r"(?<![^\W_])[A-Za-z][ ]?\d{3}[ ]?\d{3}[ ]?\d{3}(?![^\W_])")
IBANS = "|".join(rf"{land}\d\d(?:[ ]?[A-Z0-9]){{{most - 4}}}" for land, most in LENGTHS.items())
ACCOUNT = re.compile(rf"(?<![^\W_])(?:{IBANS})(?![^\W_])", re.IGNORECASE)
DATE = r"(?:\d{1,2}\.\s?\d{1,2}\.\s?(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)"
BORN = re.compile(
    rf"(?:\bgeb(?:oren|\.)?(?:\s+am)?|\bGeburts(?:datum|tag)|\bborn(?:\s+on)?|\bdate of birth"
    rf"|\b(?:Herrn?|Frau|Mr\.?|Mrs\.?|Ms\.?)\s+[^\W\d_]+(?:[ -][^\W\d_]+){{0,2}},?)"
    rf"[\s:*,]{{0,4}}(?P<day>{DATE})",
    re.IGNORECASE,
)


class Kind(StrEnum):
    INSURED = "insured"
    ACCOUNT = "account"
    BORN = "born"


@dataclass(frozen=True)
class Finding:
    kind: Kind
    start: int
    end: int


def found(text: str) -> list[Finding]:
    """What looks personal, in the order of the text."""
    return sorted(
        [
            *_checked(Kind.INSURED, INSURED, text, is_insured),
            *_checked(Kind.ACCOUNT, ACCOUNT, text, is_account),
            *(Finding(Kind.BORN, *match.span("day")) for match in BORN.finditer(text)),
        ],
        key=lambda one: one.start,
    )


def blacked_out(text: str) -> str:
    """The text with a bar over each finding; the rest, line ends too, as it was."""
    for one in found(text):
        text = text[: one.start] + BLACK * (one.end - one.start) + text[one.end :]
    return text


def is_insured(number: str) -> bool:
    """Whether the check digit fits: the letter counts as two digits, every second is doubled."""
    letter, digits = number[0].upper(), number[1:]
    whole = f"{ord(letter) - ord('A') + 1:02d}{digits[:-1]}"
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(whole))
    return sum(n // 10 + n % 10 for n in doubled) % 10 == int(digits[-1])


def is_account(number: str) -> bool:
    if not number.isascii():
        return False  # to the pattern the sign for Kelvin is a K, to nobody a letter of an IBAN
    turned = (number[4:] + number[:4]).upper()
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _checked(
    kind: Kind, pattern: re.Pattern[str], text: str, is_real: Callable[[str], bool]
) -> list[Finding]:
    return [
        Finding(kind, *match.span())
        for match in pattern.finditer(text)
        if is_real(match[0].replace(" ", ""))
    ]
