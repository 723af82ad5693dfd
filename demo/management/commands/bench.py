"""Load a desk of some size, or measure it against the limit; `make bench` calls both."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from demo.bench import history, probes, route, verdicts
from demo.bench.measure import Figures, rounds
from demo.year import A_YEAR, FIRST_NUMBER
from supportdesk.accounts.models import User
from tickets.models import Ticket

CUSTOMER, SPECIALIST = "carol@alpina.example", "sam@desk.example"
SIZE_TARGETS = {"list (API)": 1.5, "list (portal)": 1.5, "work list (office)": 1.5}


class Command(BaseCommand):
    help = "Load a desk of some size, or measure it against the same rows without a desk."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        load = what.add_parser("load")
        load.add_argument("tickets", type=int)
        measure = what.add_parser("measure")
        measure.add_argument("--desk", required=True)
        measure.add_argument("--limit", required=True)
        measure.add_argument("--keep", type=Path, required=True)
        measure.add_argument("--times", type=int, default=100)

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        if what == "load":
            self._load(options["tickets"])
        else:
            self._measure(options["keep"], options["desk"], options["limit"], options["times"])

    def _load(self, tickets: int) -> None:
        if not Ticket.objects.exists():
            first = max(FIRST_NUMBER, 2 * tickets)
            call_command("demo", tickets=min(tickets, A_YEAR), first=first, stdout=self.stdout)
        if Ticket.objects.count() < 0.9 * tickets:
            history.grow(tickets, self.stdout.write)
        history.read_words(self.stdout.write)

    def _measure(self, keep: Path, desk: str, limit: str, times: int) -> None:
        customer, specialist = (User.objects.get(email=mail) for mail in (CUSTOMER, SPECIALIST))
        asked = probes.all_of_them(customer, specialist)
        figures = rounds(asked, desk, limit, times=times, say=self.stdout.write)
        figures["route a ticket"] = route.figures()
        targets = {probe.name: probe.target for probe in asked}
        self._report(figures, targets, _kept_by_others(keep))
        self.stdout.write("\nVerdicts of 40,000 corrections on 400 systems")
        verdicts.figures(self.stdout.write)
        medians = {name: found.median for name, found in figures.items()}
        (keep / "medians.json").write_text(json.dumps(medians))

    def _report(
        self, figures: dict[str, Figures], targets: dict[str, float | None], others: dict[str, Any]
    ) -> None:
        self.stdout.write(f"\n{Ticket.objects.count()} tickets, medians of interleaved rounds")
        self.stdout.write(f"{'':24}{'desk ms':>9}{'limit ms':>9}{'ratio':>7}{'target':>8}")
        for name, found in figures.items():
            target = targets.get(name)
            self.stdout.write(
                f"{name:24}{found.median:9.2f}{found.limit_median:9.2f}{found.ratio:7.1f}"
                + (f"{target:8.1f}" if target else "")
            )
        for size, medians in others.items():
            self.stdout.write(f"\nTimes of this size against {size}")
            for name, median in medians.items():
                if name in figures:
                    target = SIZE_TARGETS.get(name)
                    self.stdout.write(
                        f"{name:24}{figures[name].median / median:9.2f}"
                        + (f"   target {target}" if target else "")
                    )


def _kept_by_others(keep: Path) -> dict[str, Any]:
    """The medians of runs at other sizes, whose folders lie beside this one."""
    others = sorted(keep.parent.glob("bench-*/medians.json"))
    return {
        path.parent.name: json.loads(path.read_text()) for path in others if path.parent != keep
    }
