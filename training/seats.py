"""The rule of seats: who holds one, who waits, and who is served next when one is free."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

State = Literal[
    "requested",
    "booked",
    "offered",
    "waiting",
    "attended",
    "no_show",
    "cancelled",
    "expired",
    "declined",
    "refused",
]
HOLDS_A_SEAT = ("booked", "offered", "attended", "no_show")
TAKES_PART = (*HOLDS_A_SEAT, "waiting")


@dataclass(frozen=True)
class Place:
    """What one person has with a session; larger priority is served first, then who asked first.

    People of one `party` get their seats together, or none.
    """

    person: str
    state: State
    priority: int = 0
    queued_at: datetime | None = None
    offer_until: datetime | None = None
    party: str = ""


@dataclass(frozen=True)
class Standing:
    """Why somebody waits: how many are served before, and what holds the seats."""

    ahead: int
    seats: int
    offered: int
    free: int
    largest: int  # the party at the head of the line, which gets its seats together
    own: int  # how many one waits with, oneself included


@dataclass
class Seats:
    """A session as the rule sees it: one place per person, `capacity` seats; instants are aware."""

    capacity: int
    waitlist_open: bool = True
    auto_promote: bool = True
    offer_hours: int = 24
    booking_until: datetime | None = None
    places: dict[str, Place] = field(default_factory=dict)
    overtaking: int = 0  # so few free seats go to whoever fits, though a larger party waits longer

    def count(self, *states: str) -> int:
        return sum(place.state in states for place in self.places.values())

    @property
    def taken(self) -> int:
        return self.count(*HOLDS_A_SEAT)

    @property
    def free_for_waiting(self) -> int:
        return max(0, self.capacity - self.taken)

    @property
    def free_public(self) -> int:
        """Seats a newcomer may take: none that somebody waits for."""
        return max(0, self.free_for_waiting - self.count("waiting"))

    def book(self, person: str, now: datetime, priority: int = 0) -> State:
        """Give a seat, or a place on the list, or refuse; who has a place already keeps it."""
        self.book_together([person], now, priority)
        return self.places[person].state

    def book_together(
        self,
        people: Sequence[str],
        now: datetime,
        priority: int = 0,
        party: str = "",
        since: datetime | None = None,
    ) -> None:
        """Seats for all of them, or for none. `since` is when they asked, where that was before."""
        new = [person for person in people if not self._takes_part(person)]
        state = self._newcomers(len(new), now)
        queued_at = (since or now) if state == "waiting" else None
        for person in new:
            self._put(Place(person, state, priority, queued_at, party=party))

    def _takes_part(self, person: str) -> bool:
        return person in self.places and self.places[person].state in TAKES_PART

    def _newcomers(self, count: int, now: datetime) -> State:
        if self._is_over(now):
            return "refused"
        if count <= self.free_public:
            return "booked"
        return "waiting" if self.waitlist_open else "refused"

    def accept(self, person: str, now: datetime) -> bool:
        """Turn a running offer into a booking; a passed or dead one stays what it is."""
        party = self._offered_with(person)
        if not party or any(_has_passed(place, now) for place in party):
            return False
        for place in party:
            self._put(replace(place, state="booked", offer_until=None))
        return True

    def refuse(self, person: str, now: datetime) -> bool:
        """Give an offer back; that of a party goes back as a whole, as it came."""
        party = self._offered_with(person)
        for place in party:
            self._put(replace(place, state="refused", offer_until=None))
        if party:
            self._serve(now)
        return bool(party)

    def cancel(self, person: str, now: datetime) -> bool:
        """End a place; an offer dies with it, and the next one is served."""
        if not self._takes_part(person):
            return False
        self._put(Place(person, "cancelled"))
        self._serve(now)
        return True

    def expire(self, now: datetime) -> list[str]:
        """End the offers whose time has passed, and serve the next; who lost one."""
        gone = [p for p in self.places.values() if p.state == "offered" and _has_passed(p, now)]
        for place in gone:
            self._put(Place(place.person, "expired"))
        self._serve(now)
        return [place.person for place in gone]

    def set_capacity(self, capacity: int, now: datetime) -> bool:
        """Refused below the seats held: nobody is evicted. More seats serve the list."""
        if capacity < self.taken:
            return False
        self.capacity = capacity
        self._serve(now)
        return True

    def promote(self, now: datetime) -> list[str]:
        """Offer every free seat to the list, each for `offer_hours`; whom."""
        if self._is_over(now):
            return []
        until = now + timedelta(hours=self.offer_hours)
        if self.booking_until:
            until = min(until, self.booking_until)
        chosen: list[Place] = []
        for party in in_line(self.places.values()):
            free = self.free_for_waiting - len(chosen)
            if len(party) <= free:
                chosen += party
            elif free > self.overtaking:
                break  # the seats are kept until the party fits
        for place in chosen:
            self._put(replace(place, state="offered", offer_until=until))
        return [place.person for place in chosen]

    def standing(self, person: str) -> Standing:
        """Why this person, who waits, has no seat."""
        line = in_line(self.places.values())
        own = next(n for n, party in enumerate(line) if person in [one.person for one in party])
        return Standing(
            ahead=sum(map(len, line[:own])),
            seats=self.capacity,
            offered=self.count("offered"),
            free=self.free_for_waiting,
            largest=len(line[0]),
            own=len(line[own]),
        )

    def _offered_with(self, person: str) -> list[Place]:
        """The offer of this person and of the party they came with."""
        own = self.places.get(person)
        if own is None or own.state != "offered":
            return []
        if not own.party:
            return [own]
        return [p for p in self.places.values() if p.party == own.party and p.state == "offered"]

    def _serve(self, now: datetime) -> None:
        if self.auto_promote:
            self.promote(now)

    def _is_over(self, now: datetime) -> bool:
        return self.booking_until is not None and now >= self.booking_until

    def _put(self, place: Place) -> None:
        self.places[place.person] = place


def in_line(places: Iterable[Place]) -> list[list[Place]]:
    """Who waits, in the order they are served, each with the party they came with."""
    waiting = [place for place in places if place.state == "waiting"]
    waiting.sort(key=lambda p: (-p.priority, p.queued_at.timestamp() if p.queued_at else 0))
    parties: dict[str, list[Place]] = {}
    for place in waiting:
        parties.setdefault(place.party or f"alone:{place.person}", []).append(place)
    return list(parties.values())


def _has_passed(place: Place, now: datetime) -> bool:
    return place.offer_until is not None and now >= place.offer_until
