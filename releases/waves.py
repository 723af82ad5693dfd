"""When a package that pilot customers run may go to everybody: after enough imports, and so many
days without an alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Criterion:
    """`imports`: how many pilot customers must have it in use; 0 asks for no pilot at all. `days`:
    of 24 hours, since the last of these imports or the last alarm.
    """

    imports: int
    days: int


@dataclass(frozen=True)
class Pilot:
    """A pilot customer: since when it stands there (None: not yet), and when something failed."""

    imported_at: datetime | None
    alarms: Sequence[datetime] = ()


@dataclass(frozen=True)
class Standing:
    """How far the pilots are: imports still missing; if none, from when everybody may have it."""

    missing: int
    open_from: datetime | None

    def is_over(self, at: datetime) -> bool:
        return not self.missing and (self.open_from is None or at >= self.open_from)


def standing(pilots: Sequence[Pilot], criterion: Criterion) -> Standing:
    if not criterion.imports:
        return Standing(0, None)
    imported = sorted(one.imported_at for one in pilots if one.imported_at is not None)
    if (missing := criterion.imports - len(imported)) > 0:
        return Standing(missing, None)
    alarms = [alarm for one in pilots for alarm in one.alarms]
    calm_since = max([imported[criterion.imports - 1], *alarms])
    return Standing(0, calm_since + timedelta(days=criterion.days))
