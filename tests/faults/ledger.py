"""What the desk promised its customers, held against what arrived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.faults.post_office import Arrival

READERS = ("alice@alpina.example", "sam@desk.example")  # each is told once of each ticket


@dataclass
class Ledger:
    attempted: list[str] = field(default_factory=list)
    acknowledged: dict[str, int] = field(default_factory=dict)  # key to the ticket's number

    @property
    def promised(self) -> set[tuple[str, int]]:
        """One letter per acknowledged ticket and reader."""
        return {(reader, number) for number in self.acknowledged.values() for reader in READERS}

    def lost(self, arrivals: Iterable[Arrival]) -> set[tuple[str, int]]:
        """Promised, and never accepted by the mail server."""
        return self.promised - {_place(arrival) for arrival in arrivals if arrival.kept}

    def duplicated(self, arrivals: Iterable[Arrival]) -> int:
        """Messages that reached the other side again, under the name they had before."""
        seen = Counter(arrival.letter["Message-ID"] for arrival in self._ours(arrivals))
        return sum(times - 1 for times in seen.values())

    def unnamed(self, arrivals: Iterable[Arrival]) -> int:
        """The same letter under a second name, so that no receiver could tell. Must never be."""
        names: dict[tuple[str, int], set[str]] = {}
        for arrival in self._ours(arrivals):
            names.setdefault(_place(arrival), set()).add(arrival.letter["Message-ID"])
        return sum(len(found) - 1 for found in names.values())

    def _ours(self, arrivals: Iterable[Arrival]) -> list[Arrival]:
        return [arrival for arrival in arrivals if _place(arrival) in self.promised]

    def sums(self, arrivals: list[Arrival]) -> dict[str, int]:
        return {
            "attempted": len(self.attempted),
            "acknowledged": len(self.acknowledged),
            "lost": len(self.lost(arrivals)),
            "duplicated": self.duplicated(arrivals),
            "unnamed": self.unnamed(arrivals),
        }


def _place(arrival: Arrival) -> tuple[str, int]:
    """To whom, and of which ticket: its number stands in the subject, "[#48211] ...".

    0 for letters about something else.
    """
    number = arrival.letter["Subject"].partition("]")[0].removeprefix("[#")
    return arrival.letter["To"], int(number) if number.isdigit() else 0
