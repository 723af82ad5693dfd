"""Send real tickets through the API of the running desk, and report what became of them."""

from __future__ import annotations

import time
import uuid
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.caller import Unanswered
from demo.replay import Outcome, Replay, evenly, percentile, read, sped_up
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Organisation, Scope, Token, User

NEEDED = [Scope.TICKETS_READ, Scope.TICKETS_WRITE, Scope.PRODUCT_READ]


class Command(BaseCommand):
    help = (
        "Send tickets from a file of JSON lines (ticket_id, subject, body, queue, created_at) "
        "through the API of a running desk, and report what became of them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--count", type=int, default=1000, help="how many, from the first on")
        speed = parser.add_mutually_exclusive_group()
        speed.add_argument("--rate", type=float, default=5.0, help="so many per second")
        speed.add_argument("--speed-up", type=float, help="the real gaps, so many times faster")
        parser.add_argument("--url", default=settings.BASE_URL, help="where the desk runs")
        parser.add_argument(
            "--token",
            action="append",
            help="of a person who may open tickets; several take turns. Without one, each "
            "insurer's coordinator in this database gets a token for the time of the replay",
        )
        parser.add_argument("--run", default="", help="a name; repeating it sends nothing twice")

    def handle(self, *args: Any, file: Path, count: int, url: str, **options: Any) -> None:
        reports = read(file, count)
        if not reports:
            raise CommandError(f"There is nothing in {file}.")
        factor = options["speed_up"]
        plan = sped_up(reports, factor) if factor else evenly(reports, options["rate"])
        try:
            with _tokens(options["token"]) as tokens:
                replay = Replay(url, tokens, self._say, run=options["run"] or uuid.uuid4().hex[:8])
                self._say(
                    f"{len(reports)} in {plan[-1]:.0f} s to {url}, from {len(tokens)} people."
                )
                outcome = replay.run(reports, plan)
        except Unanswered as trouble:
            raise CommandError(f"{url} does not answer: {trouble}") from trouble
        self._report(outcome)
        if outcome.lost or outcome.unanswered:
            raise CommandError("Tickets were lost.")

    def _say(self, line: str) -> None:
        self.stdout.write(f"{time.strftime('%H:%M:%S')} {line}")

    def _report(self, outcome: Outcome) -> None:
        waits, answers = outcome.waits, sorted(outcome.answers)
        lines = [
            ("sent", f"{outcome.sent} in {outcome.seconds:.0f} s"),
            ("accepted", f"{len(outcome.accepted)}"),
            ("refused", f"{outcome.refused.total()}"),
            ("routed", f"{len(waits)}"),
            ("without anybody", f"{len(outcome.accepted) - len(waits)}"),
            ("lost", f"{len(outcome.lost) + outcome.unanswered.total()}"),
            ("opened twice", f"{outcome.twice}"),
            ("calls repeated", f"{outcome.repeated}"),
            ("behind plan at most", f"{outcome.latest:.2f} s"),
            ("answer p50, p95", _pair(answers)),
            ("assigned after p50, p95", f"{_pair(waits)}, at most {percentile(waits, 1):.2f} s"),
        ]
        self.stdout.write("".join(f"  {name:24}{value}\n" for name, value in lines))
        for reason, times in (outcome.refused + outcome.unanswered).most_common(5):
            self.stdout.write(f"  {times} x {reason[:200]}")


def _pair(values: list[float]) -> str:
    return f"{percentile(values, 0.5):.2f} s, {percentile(values, 0.95):.2f} s"


@contextmanager
def _tokens(given: list[str] | None) -> Iterator[list[str]]:
    """Those given, or a day's tokens of our own that end with the block."""
    if given:
        yield given
        return
    people = User.objects.active().holding(Role.COORDINATOR)
    people = people.filter(organisation__kind=Organisation.Kind.INSURER)
    made = [
        Token.objects.create(
            user=person, name="replay", scopes=list(NEEDED), expiry=timedelta(days=1)
        )
        for person in people.order_by("organisation_id", "pk").distinct("organisation_id")
    ]
    if not made:
        raise CommandError("Nobody here may open tickets. Load the demo, or give a --token.")
    try:
        yield [secret for _token, secret in made]
    finally:
        Token.objects.filter(pk__in=[token.pk for token, _secret in made]).delete()
