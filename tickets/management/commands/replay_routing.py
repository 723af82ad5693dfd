"""Replay history with the present routing rule: how much would change. Writes nothing."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections import defaultdict
from datetime import datetime, time
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.dateparse import parse_date

from tickets import hindsight, routing
from tickets.hindsight import Tally

A_LINE_EVERY = 2.0
HEAD = ("", "decisions", "changed", "%", "other", "found", "nobody", "fitted %", "fits %")


class Command(BaseCommand):
    help = "Ask the present routing rule about past tickets, and print what it would change."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=_day, required=True, help="the first day: 2026-11-01")

    def handle(self, *args: Any, since: datetime, **options: Any) -> None:
        of = hindsight.count(since)
        if not of:
            self.stdout.write(f"Nothing was routed since {since:%Y-%m-%d}.")
            return
        total, unreadable = Tally(), 0
        modules: dict[str, Tally] = defaultdict(Tally)
        spoken = monotonic()
        for n, one in enumerate(hindsight.asked_again(since), start=1):
            if one is None:
                unreadable += 1
            else:
                total.count(one)
                modules[one.module].count(one)
            if monotonic() - spoken > A_LINE_EVERY:
                spoken = monotonic()
                self.stdout.write(f"{n} of {of}; {total.changed} would change.")
        self._report(total, modules, unreadable)

    def _report(self, total: Tally, modules: dict[str, Tally], unreadable: int) -> None:
        self._line(HEAD)
        for name, tally in [*sorted(modules.items()), ("all", total)]:
            self._line((name[:24], *_figures(tally)))
        if unreadable:
            self.stdout.write(f"{unreadable} decisions were made on facts this rule cannot read.")
        self.stdout.write(
            f"Rule {routing.RULE_VERSION} would change {total.changed} of {total.decisions} "
            f"decisions, {total.share(total.changed):.1f} %. It would have chosen whoever had the "
            f"ticket in the end in {total.share(total.fits_now):.1f} % "
            f"instead of {total.share(total.fitted_then):.1f} %."
        )

    def _line(self, cells: tuple[str, ...]) -> None:
        name, *figures = cells
        self.stdout.write(f"{name:24}" + "".join(f"{figure:>10}" for figure in figures))


def _figures(tally: Tally) -> list[str]:
    counts = [tally.other_person, tally.found_now, tally.nobody_now]
    return [
        f"{tally.decisions}",
        f"{tally.changed}",
        f"{tally.share(tally.changed):.1f}",
        *map(str, counts),
        f"{tally.share(tally.fitted_then):.1f}",
        f"{tally.share(tally.fits_now):.1f}",
    ]


def _day(told: str) -> datetime:
    """The beginning of a day as the desk lives it."""
    try:
        day = parse_date(told)
    except ValueError:
        day = None
    if day is None:
        raise ArgumentTypeError(f"{told} is no day; say it like 2026-11-01.")
    return datetime.combine(day, time.min, timezone.get_current_timezone())
