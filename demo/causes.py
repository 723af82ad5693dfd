"""What the demo's tickets turned out to be: a believable mix of causes for each module."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.db.models.functions import TruncMonth

from tickets.models import Diagnosis, Verdict
from training.models import CauseCount

if TYPE_CHECKING:
    from demo.house import House

# Module, process area, topics.
TOPICS = [
    ("bei", "Beiträge", ["Läufe nach einem Abbruch fortsetzen", "Stundung und Säumniszuschläge"]),
    ("bn", "Beiträge", ["Schätzung und Rücknahme", "Korrekturnachweise lesen"]),
    ("mel", "Meldewesen", ["Doppelte Lieferungen klären", "Rückmeldungen nachverfolgen"]),
    ("fir", "Firmenkunden", ["Betriebe zusammenführen", "Wahlerklärungen rückwirkend erfassen"]),
    ("szl", "Selbstzahler", ["Einzugsdatei aufbauen und abgeben", "Bescheide bestätigen"]),
    ("kg", "Leistungen", ["Krankengeld stornieren und neu anweisen", "Vorerkrankungen prüfen"]),
    ("lei", "Leistungen", ["Prüfläufe überwachen", "Auswertungen zusammenstellen"]),
    ("him", "Leistungen", ["Leihstellungen abrechnen", "Preislisten einlesen"]),
    ("onl", "Online-Geschäftsstelle", ["Postkorb überwachen", "Änderungen von Mitgliedern klären"]),
    ("zah", "Zahlungsverkehr", ["Zahlläufe zurücknehmen", "Sperren mit Ende setzen"]),
]
# Of a hundred: what is mostly settings here is mostly handling there.
HANDLING, SETTINGS = Verdict.HANDLING_ERROR, Verdict.SETTINGS_DIFFERENCE
USUAL = {HANDLING: 60, SETTINGS: 40}
MIX: dict[str, dict[Verdict, int]] = {
    "fir": {HANDLING: 75, SETTINGS: 25},
    "onl": {HANDLING: 35, SETTINGS: 65},
    "zah": {HANDLING: 45, SETTINGS: 55},
}
DIFFERENCES = [
    "Reihenfolge der Läufe weicht vom Auslieferungsstand ab: Tagesabschluss vor Zahllauf.",
    "Tabelle mit falschem Beginn gepflegt: „gültig ab“ steht nicht auf dem Monatsersten.",
    "Zertifikat der Gegenstelle abgelaufen, im Testsystem schon getauscht.",
    "Vorlage nur im Testsystem freigegeben, in der Produktion nicht.",
]


@dataclass(frozen=True)
class Cause:
    module: str
    verdict: Verdict
    n: int  # which of several follow-ups

    def follow_up(self, house: House, found_on: date) -> dict[str, Any]:
        """As columns of a diagnosis."""
        facts: dict[str, Any] = {"verdict": self.verdict}
        if self.verdict == HANDLING:
            topics = house.topics[self.module]
            return {**facts, "topic_id": topics[self.n % len(topics)].pk}
        since = found_on - timedelta(days=1 + self.n % 40)
        return {**facts, "difference": DIFFERENCES[self.n % 4], "differs_since": since}


def of(module: str, number: int) -> Cause:
    """The same for the same ticket, whatever the year's other dice say."""
    dice = random.Random(f"cause {number}")  # noqa: S311 - invented tickets, no secrets
    mix = MIX.get(module, USUAL)
    (verdict,) = dice.choices(list(mix), list(mix.values()))
    return Cause(module, verdict, dice.randrange(1_000))


def count() -> None:
    """What tickets would have told training, ticket by ticket."""
    found = (
        Diagnosis.objects.exclude(topic=None)
        .annotate(month=TruncMonth("at"))
        .values("topic_id", "ticket__organisation_id", "verdict", "month")
        .annotate(count=Count("pk"))
        .order_by()
    )
    CauseCount.objects.bulk_create(
        CauseCount(
            topic_id=row["topic_id"],
            organisation_id=row["ticket__organisation_id"],
            cause=row["verdict"],
            month=row["month"].date(),
            count=row["count"],
        )
        for row in found
    )
