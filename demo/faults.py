"""The demo's major faults: one that is over and reviewed, a small one that is open.

Told by rows: nobody gets a letter for what was before the desk was opened.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from releases.models import Module
from supportdesk.accounts.models import User
from tickets.models import FaultUpdate, MajorFault

LEA = "lea@desk.example"
OVER = "Zahllauf hat Beträge doppelt angewiesen"
SMALL = "Postkorb der Online-Geschäftsstelle nimmt keine Anlagen an"


def write(now: datetime) -> int:
    lea = User.objects.get(email=LEA)
    _over(lea, now - timedelta(days=41))
    began = now - timedelta(hours=3)
    text = "Anlagen über 2 MB werden abgewiesen. Nachrichten ohne Anlage kommen an."
    small = _fault("onl", SMALL, text=text, declared_by=lea, declared_at=began)
    told = (
        "Ein voller Zwischenspeicher ist die Ursache. Wir leeren ihn und sagen, wenn es getan ist."
    )
    _tell(small, [(began + timedelta(hours=1), told)])
    return MajorFault.objects.count()


def _over(lea: User, began: datetime) -> None:
    text = (
        "Der Zahllauf der Nacht hat einzelne Beträge zweimal angewiesen. Bitte geben Sie die Datei "
        "des Laufs nicht an die Bank, bis wir uns wieder melden."
    )
    ended = began + timedelta(hours=9)
    over = _fault(
        "zah",
        OVER,
        text=text,
        declared_by=lea,
        declared_at=began,
        ended_at=ended,
        ended_by=lea,
        review="Ein Neustart nach Abbruch setzte die Sperre der schon angewiesenen Fälle zurück. "
        "Die Prüfsumme der Datei hätte es gezeigt, wurde beim Neustart aber nicht gelesen.",
        decisions="Der Neustart liest die Prüfsumme und bricht ab, wenn sie nicht passt. Der Fall "
        "gehört von jetzt an zu den Prüfläufen jedes Pakets.",
        reviewed_at=ended + timedelta(days=2),
        reviewed_by=lea,
    )
    _tell(
        over,
        [
            (began + timedelta(hours=2), "Die Ursache ist gefunden, an der Korrektur wird gebaut."),
            (ended, "Die Korrektur ist ausgeliefert. Neue Dateien enthalten jeden Betrag einmal."),
        ],
    )


def _fault(module: str, title: str, **facts: Any) -> MajorFault:
    row = MajorFault.objects.create(title=title, **facts)
    row.modules.add(Module.objects.get(code=module))
    return row


def _tell(fault: MajorFault, told: list[tuple[datetime, str]]) -> None:
    FaultUpdate.objects.bulk_create(
        FaultUpdate(fault=fault, by=fault.declared_by, at=at, text=text) for at, text in told
    )
