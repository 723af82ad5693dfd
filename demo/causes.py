"""What the demo's tickets turned out to be: a believable mix of causes for each module."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.db.models.functions import Coalesce, TruncMonth

from releases.models import Correction, Interest, Wish, WishBacking
from tickets.models import DONE, Defect, Diagnosis, Priority, Verdict
from training.models import CauseCount

if TYPE_CHECKING:
    from demo.house import House
    from demo.texts import ModuleText
    from demo.year import Story
    from releases.models import Module
    from supportdesk.accounts.models import User

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
DEFECT, HANDLING = Verdict.SOFTWARE_DEFECT, Verdict.HANDLING_ERROR
CORRECTION, SETTINGS = Verdict.MISSING_CORRECTION, Verdict.SETTINGS_DIFFERENCE
WISH = Verdict.WISH
USUAL = {DEFECT: 18, HANDLING: 38, CORRECTION: 14, SETTINGS: 22, WISH: 8}
MIX: dict[str, dict[Verdict, int]] = {
    "fir": {DEFECT: 10, HANDLING: 55, CORRECTION: 8, SETTINGS: 15, WISH: 12},
    "onl": {DEFECT: 24, HANDLING: 16, CORRECTION: 12, SETTINGS: 40, WISH: 8},
    "zah": {DEFECT: 22, HANDLING: 26, CORRECTION: 20, SETTINGS: 28, WISH: 4},
}
WISHES = [
    ("Filter dauerhaft merken", "Die Auswahl soll beim nächsten Aufruf noch gesetzt sein."),
    ("Auswertung als Tabelle speichern", "Jede Liste soll sich als Tabelle ablegen lassen."),
]
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

    def follow_up(self, story: Story, house: House, found_on: date) -> dict[str, Any]:
        """As columns of a diagnosis."""
        facts: dict[str, Any] = {"verdict": self.verdict}
        known = house.known[self.module]
        if self.verdict == DEFECT:
            return {**facts, "defect_id": (known.open if _in_work(story) else known.fixed).pk}
        if self.verdict == HANDLING:
            topics = house.topics[self.module]
            return {**facts, "topic_id": topics[self.n % len(topics)].pk}
        if self.verdict == CORRECTION:
            system = house.systems[story.insurer]
            return {**facts, "correction_id": known.correction.pk, "system_id": system.pk}
        if self.verdict == WISH:
            return {**facts, "wish_id": known.wishes[self.n % len(WISHES)].pk}
        since = found_on - timedelta(days=1 + self.n % 40)
        return {**facts, "difference": DIFFERENCES[self.n % 4], "differs_since": since}


@dataclass(frozen=True)
class Known:
    """What is known of a module: a fault in work and one that is mended, and what is wished."""

    open: Defect
    fixed: Defect
    correction: Correction
    wishes: list[Wish]


def known(text: ModuleText, module: Module, dev: User, since: datetime) -> Known:
    """Written through the ORM, as if development had been at it for a while."""
    faults = [one for one in text.subjects if one.priority < Priority.QUESTION]
    titles = [one.subject for one in faults if "{" not in one.subject]
    correction = Correction.objects.create(
        module=module, symptom=titles[1 % len(titles)], author=dev, made_at=since
    )
    facts: dict[str, Any] = {"module": module, "reported_by": dev}
    facts |= {
        "area": module.development_area,
        "steps": "Im Labor nachgestellt, siehe Meldung.",
        "reported_at": since,
    }
    return Known(
        open=Defect.objects.create(
            title=titles[0], state="accepted", tracker_key=f"{module.code.upper()}-214", **facts
        ),
        fixed=Defect.objects.create(
            title=titles[1 % len(titles)],
            state="fixed",
            correction=correction,
            ended_at=since,
            **facts,
        ),
        correction=correction,
        wishes=[
            Wish.objects.create(module=module, title=title, text=text, put_by=dev, put_at=since)
            for title, text in WISHES
        ],
    )


def _in_work(story: Story) -> bool:
    """Development has not said yet when it comes."""
    kinds = {step.kind for step in story.steps}
    return "to_dev" in kinds and not kinds & {"fixed", "resolved"}


def of(module: str, number: int) -> Cause:
    """The same for the same ticket, whatever the year's other dice say."""
    dice = random.Random(f"cause {number}")  # noqa: S311 - invented tickets, no secrets
    mix = MIX.get(module, USUAL)
    (verdict,) = dice.choices(list(mix), list(mix.values()))
    return Cause(module, verdict, dice.randrange(1_000))


def tell() -> None:
    """What tickets would have told the rooms below, ticket by ticket."""
    _counts()
    told = Diagnosis.objects.select_related("defect").values_list(
        "ticket_id",
        "ticket__organisation_id",
        "ticket__status",
        Coalesce("correction_id", "defect__correction_id"),
        "wish_id",
    )
    interests, backings = [], []
    for number, owner, status, correction, wish in told.iterator():
        facts = {"organisation_id": owner, "number": number}
        if correction:
            is_open = status not in DONE
            interests.append(Interest(correction_id=correction, is_open=is_open, **facts))
        if wish:
            backings.append(WishBacking(wish_id=wish, **facts))
    Interest.objects.bulk_create(interests, batch_size=1_000)
    WishBacking.objects.bulk_create(backings, batch_size=1_000)


def _counts() -> None:
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
