"""Rounds: in each, every call once at the desk and once at the limit, so that a machine that slows
down slows both.
"""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from demo.bench.probes import Call, Probe, encoded


class Wrong(Exception):
    """An answer that is no page: nothing to be timed."""


@dataclass
class Figures:
    desk: list[float] = field(default_factory=list)  # milliseconds
    limit: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.desk)

    @property
    def limit_median(self) -> float:
        return statistics.median(self.limit)

    @property
    def ratio(self) -> float:
        """The median of the ratios within a round."""
        pairs = zip(self.desk, self.limit, strict=True)
        return statistics.median(desk / limit for desk, limit in pairs)


class Line:
    def __init__(self, url: str) -> None:
        self.line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)

    def timed(self, call: Call) -> float:
        body, headers = encoded(call)
        start = time.perf_counter()
        self.line.request("GET" if body is None else "POST", call.path, body, headers)
        answer = self.line.getresponse()
        told = answer.read()
        took = time.perf_counter() - start
        if answer.status not in (200, 201):
            raise Wrong(f"{call.path}: {answer.status} {told[:300]!r}")
        return 1000 * took


def rounds(
    probes: Sequence[Probe], desk: str, limit: str, *, times: int, say: Callable[[str], None]
) -> dict[str, Figures]:
    """After a few rounds that only warm up: caches, connections, compiled templates."""
    ours, bare = Line(desk), Line(limit)
    warm = max(3, times // 10)
    figures = {probe.name: Figures() for probe in probes}
    for n in range(-warm, times):
        for probe in probes:
            took = ours.timed(probe.desk), bare.timed(probe.limit)
            if n >= 0:
                figures[probe.name].desk.append(took[0])
                figures[probe.name].limit.append(took[1])
        if n >= 0 and (n + 1) % max(1, times // 4) == 0:
            say(f"{n + 1} of {times} rounds.")
    return figures
