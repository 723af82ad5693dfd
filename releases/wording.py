"""Verdicts in words: for customers in SAP's where it has one, always with the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from releases.validity import Verdict
from releases.verdicts import Standing

TITLES = {
    Verdict.UNKNOWN_INVENTORY: gettext_lazy("Not known"),
    Verdict.NOT_RELEVANT: gettext_lazy("Does not concern this system"),
    Verdict.FIXED_INDIVIDUALLY: gettext_lazy("Completely implemented"),
    Verdict.NOT_ASSESSED: gettext_lazy("Not assessed yet"),
    Verdict.FIXED_BY_PACKAGE: gettext_lazy("Obsolete: the installed package contains it"),
    Verdict.NOT_AFFECTED: gettext_lazy("Not affected"),
    Verdict.DELIVERED_NOT_IMPORTED: gettext_lazy("Can be implemented"),
    Verdict.RELEASED_NOT_DELIVERED: gettext_lazy("Released, not delivered to you yet"),
    Verdict.FIX_PLANNED: gettext_lazy("Cannot be implemented yet: planned"),
    Verdict.NO_FIX: gettext_lazy("Cannot be implemented: no correction yet"),
}
# What helps at once comes first.
RANK = {
    verdict: n
    for n, verdict in enumerate(
        [
            Verdict.DELIVERED_NOT_IMPORTED,
            Verdict.RELEASED_NOT_DELIVERED,
            Verdict.FIX_PLANNED,
            Verdict.NO_FIX,
            Verdict.FIXED_BY_PACKAGE,
            Verdict.UNKNOWN_INVENTORY,
            Verdict.NOT_ASSESSED,
            Verdict.FIXED_INDIVIDUALLY,
            Verdict.NOT_AFFECTED,
            Verdict.NOT_RELEVANT,
        ]
    )
}
LOOK = {  # the colour of the box, and its sign
    Verdict.DELIVERED_NOT_IMPORTED: ("sd-verdict-here", "package"),
    Verdict.NO_FIX: ("sd-verdict-bad", "alert"),
    Verdict.FIXED_BY_PACKAGE: ("sd-verdict-ok", "check"),
    Verdict.FIXED_INDIVIDUALLY: ("sd-verdict-ok", "check"),
    Verdict.NOT_AFFECTED: ("sd-verdict-ok", "check"),
}
USUAL_LOOK = ("", "clock")


@dataclass(frozen=True)
class Said:
    """One verdict as it stands on a page."""

    verdict: Verdict
    title: Any
    sentence: str
    numbers: str
    look: str
    sign: str


def say(one: Standing) -> Said:
    verdict = one.finding.verdict
    look, sign = LOOK.get(verdict, USUAL_LOOK)
    return Said(verdict, TITLES[verdict], sentence(one), numbers(one), look, sign)


def sentence(one: Standing) -> str:
    found = one.finding
    facts = {
        "level": one.level,
        "line": one.line,
        "fixed": found.fixed_in,
        "since": found.since,
        "fix": found.import_level,
    }
    return SENTENCES[found.verdict]() % facts


def numbers(one: Standing) -> str:
    """What the verdict was computed from."""
    if one.level is None or one.finding.since is None:
        return ""
    facts = {"line": one.line, "since": one.finding.since, "level": one.level}
    if one.finding.fixed_in is None:
        words = _("Line %(line)s: affected from SP %(since)s, no fix. Installed: SP %(level)s.")
        return words % facts
    facts["fixed"] = one.finding.fixed_in
    words = _(
        "Line %(line)s: affected from SP %(since)s, fixed in SP %(fixed)s. Installed: SP %(level)s."
    )
    return words % facts


# Functions, since the words depend on who reads.
SENTENCES = {
    Verdict.UNKNOWN_INVENTORY: lambda: _("We do not know what runs there. Please report it."),
    Verdict.NOT_RELEVANT: lambda: _("The module is not in use there."),
    Verdict.FIXED_INDIVIDUALLY: lambda: _("It was brought into this system by itself."),
    Verdict.NOT_ASSESSED: lambda: _("Nobody has assessed it for this line yet."),
    Verdict.FIXED_BY_PACKAGE: lambda: _("Fixed in SP %(fixed)s. The system is on SP %(level)s."),
    Verdict.NOT_AFFECTED: lambda: _("%(line)s SP %(level)s does not have the fault."),
    Verdict.DELIVERED_NOT_IMPORTED: lambda: _(
        "Fixed in SP %(fix)s, which is delivered. The system is on SP %(level)s."
    ),
    Verdict.RELEASED_NOT_DELIVERED: lambda: _(
        "Fixed in SP %(fix)s, which is released. The system is on SP %(level)s."
    ),
    Verdict.FIX_PLANNED: lambda: _("The fix is planned for SP %(fix)s."),
    Verdict.NO_FIX: lambda: _("The system is affected since SP %(since)s. No fix is planned yet."),
}


def as_text(ranges: Sequence[Any] | None) -> str:
    """As `forms.Levels` reads it."""
    if ranges is None:
        return ""
    if ranges[0].isempty:
        return "–"
    return ", ".join(f"{one.lower}–{'' if one.upper is None else one.upper}" for one in ranges)


def in_words(ranges: Sequence[Any] | None) -> str:
    if ranges is None:
        return _("not assessed")
    if ranges[0].isempty:
        return _("not affected")
    return "; ".join(_stretch(one) for one in ranges)


def _stretch(one: Any) -> str:
    if one.upper is None:
        return _("from SP %(low)s, no fix") % {"low": one.lower}
    return _("from SP %(low)s, fixed in SP %(high)s") % {"low": one.lower, "high": one.upper}
