"""What a list of levels would change, line by line and in words; nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from releases.inventory import MOST_BYTES, MOST_LINES, Fault, Problem, Said
from releases.models import Line, System
from supportdesk.accounts.models import User


class Outcome(models.TextChoices):
    CHANGED = "changed", gettext_lazy("changes")
    SAME = "same", gettext_lazy("stays")
    UNKNOWN = "unknown", gettext_lazy("unknown")
    REFUSED = "refused", gettext_lazy("refused")


LOOKS = {
    Outcome.CHANGED: ("us", "next"),
    Outcome.SAME: ("ok", "check"),
    Outcome.UNKNOWN: ("off", "info"),
    Outcome.REFUSED: ("bad", "alert"),
}


@dataclass(frozen=True)
class Found:
    """One line, and what came of it."""

    said: Said
    outcome: Outcome
    words: str
    system: System | None = None
    line: Line | None = None

    @property
    def counts(self) -> bool:
        """Whether accepting the list writes it."""
        return self.outcome in (Outcome.CHANGED, Outcome.SAME)

    @property
    def look(self) -> str:
        return LOOKS[self.outcome][0]

    @property
    def sign(self) -> str:
        return LOOKS[self.outcome][1]


def compare(said: Sequence[Said], *, by: User) -> list[Found]:
    """With the systems the reader's side keeps: others are unknown, whether they exist or not."""
    theirs = System.objects.kept_by(by).running().with_level()
    wanted = {one.system.upper() for one in said}
    systems = {one.code.upper(): one for one in theirs if one.code.upper() in wanted}
    lines = {one.name: one for one in Line.objects.all()}
    return [_found(one, systems.get(one.system.upper()), lines.get(one.line)) for one in said]


def _found(said: Said, system: System | None, line: Line | None) -> Found:
    if said.fault is not None:
        others = ", ".join(map(str, said.others))
        return Found(said, Outcome.REFUSED, FAULTS[said.fault]() % {"others": others})
    if system is None:
        return Found(said, Outcome.UNKNOWN, _("We know of no such system of yours."))
    if line is None:
        return Found(said, Outcome.REFUSED, _("There is no such line."))
    outcome, words = _change(system, line, said.level or 0)
    return Found(said, outcome, words, system, line)


def _change(system: System, line: Line, level: int) -> tuple[Outcome, str]:
    runs, then = system.runs, f"{line} SP {level}"
    if runs is None:
        return Outcome.CHANGED, _("Not known → %(then)s") % {"then": then}
    if (runs.line_id, runs.level) == (line.pk, level):
        return Outcome.SAME, _("%(then)s, known anew as of today") % {"then": then}
    facts = {"before": runs, "then": then}
    if runs.line_id == line.pk and level < runs.level:
        return Outcome.CHANGED, _("%(before)s → %(then)s, which is lower") % facts
    return Outcome.CHANGED, _("%(before)s → %(then)s") % facts


# Functions, since the words depend on who reads.
FAULTS = {
    Fault.MISSING: lambda: _("System, line or level is missing."),
    Fault.FORMULA: lambda: _("This is a formula. Please give the value itself."),
    Fault.TOO_LONG: lambda: _("This is too long for a system, a line or a level."),
    Fault.NO_LEVEL: lambda: _("The level is no whole number."),
    Fault.NO_OBJECT: lambda: _("This is no object with system, line and level."),
    Fault.TWICE: lambda: _("The system is named twice, also in %(others)s. Neither counts."),
}
PROBLEMS: dict[Problem, Any] = {
    Problem.EMPTY: lambda: _("There is nothing in it."),
    Problem.TOO_LARGE: lambda: _("It is larger than %(kb)s KB.") % {"kb": MOST_BYTES // 1024},
    Problem.WORKBOOK: lambda: _("This is an Excel workbook. Please save it as “CSV UTF-8”."),
    Problem.NOT_UTF8: lambda: _("It is not written in UTF-8. Please save it as “CSV UTF-8”."),
    Problem.NOT_TEXT: lambda: _("This is no text file."),
    Problem.NOT_JSON: lambda: _("It begins like JSON, but is none."),
    Problem.NOT_CSV: lambda: _("The quotation marks do not match."),
    Problem.NO_COLUMNS: lambda: _(
        "The columns system, line and level are needed, in the first line."
    ),
    Problem.TOO_MANY: lambda: _("It has more than %(n)s lines.") % {"n": MOST_LINES},
}
