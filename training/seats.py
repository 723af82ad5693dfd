"""The rule of seats: who holds one, who waits, and who is served next when one is free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

State = Literal["booked", "offered", "waiting", "cancelled", "expired", "declined", "refused"]
HOLDS_A_SEAT = ("booked", "offered")
TAKES_PART = (*HOLDS_A_SEAT, "waiting")


@dataclass(frozen=True)
class Place:
    """What one person has with a session; larger priority is served first, then who asked first."""

    person: str
    state: State
    priority: int = 0
    queued_at: datetime | None = None
    offer_until: datetime | None = None


@dataclass
class Seats:
    """A session as the rule sees it: one place per person, `capacity` seats; instants are aware."""

    capacity: int
    waitlist_open: bool = True
    auto_promote: bool = True
    offer_hours: int = 24
    booking_until: datetime | None = None
    places: dict[str, Place] = field(default_factory=dict)

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
        known = self.places.get(person)
        if known and known.state in TAKES_PART:
            return known.state
        self._put(self._newcomer(person, now, priority))
        return self.places[person].state

    def _newcomer(self, person: str, now: datetime, priority: int) -> Place:
        if self._is_over(now):
            return Place(person, "refused")
        if self.free_public:
            return Place(person, "booked")
        if self.waitlist_open:
            return Place(person, "waiting", priority, queued_at=now)
        return Place(person, "refused")

    def accept(self, person: str, now: datetime) -> bool:
        """Turn a running offer into a booking; a passed or dead one stays what it is."""
        place = self.places.get(person)
        if not place or place.state != "offered" or _has_passed(place, now):
            return False
        self._put(Place(person, "booked", place.priority, place.queued_at))
        return True

    def refuse(self, person: str, now: datetime) -> bool:
        return self._leave(person, "refused", ("offered",), now)

    def cancel(self, person: str, now: datetime) -> bool:
        """End a place; an offer dies with it, and the next one is served."""
        return self._leave(person, "cancelled", TAKES_PART, now)

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
        chosen = in_line(self.places.values())[: self.free_for_waiting]
        for place in chosen:
            self._put(Place(place.person, "offered", place.priority, place.queued_at, until))
        return [place.person for place in chosen]

    def _serve(self, now: datetime) -> None:
        if self.auto_promote:
            self.promote(now)

    def _leave(self, person: str, state: State, held: Iterable[str], now: datetime) -> bool:
        place = self.places.get(person)
        if not place or place.state not in held:
            return False
        self._put(Place(person, state))
        self._serve(now)
        return True

    def _is_over(self, now: datetime) -> bool:
        return self.booking_until is not None and now >= self.booking_until

    def _put(self, place: Place) -> None:
        self.places[place.person] = place


def in_line(places: Iterable[Place]) -> list[Place]:
    """Who waits, in the order they are served."""
    waiting = [place for place in places if place.state == "waiting"]
    return sorted(
        waiting, key=lambda p: (-p.priority, p.queued_at.timestamp() if p.queued_at else 0)
    )


def _has_passed(place: Place, now: datetime) -> bool:
    return place.offer_until is not None and now >= place.offer_until
