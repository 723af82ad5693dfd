"""Spans of time as arithmetic: half-open, cut to a window, merged, and the gaps between them.

Pure. Instants carry their zone; a span that ends where the next begins touches it, no overlap.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Span(NamedTuple):
    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        return self.start <= at < self.end

    def within(self, window: Span) -> Span | None:
        """The part of it that lies in the window; None where they do not meet."""
        start, end = max(self.start, window.start), min(self.end, window.end)
        return Span(start, end) if start < end else None


def merged(spans: Iterable[Span]) -> list[Span]:
    """In order, with what touches or overlaps made one."""
    whole: list[Span] = []
    for span in sorted(spans):
        if whole and span.start <= whole[-1].end:
            whole[-1] = Span(whole[-1].start, max(whole[-1].end, span.end))
        else:
            whole.append(span)
    return whole


def gaps(spans: Iterable[Span], window: Span) -> list[Span]:
    """What of the window no span covers."""
    free, since = [], window.start
    for span in merged(spans):
        if since < min(span.start, window.end):
            free.append(Span(since, min(span.start, window.end)))
        since = max(since, span.end)
    if since < window.end:
        free.append(Span(since, window.end))
    return free
