"""Days on which a fault costs most: who knows of them says so here, and proposals ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from oncall import critical
from releases.models import Module
from supportdesk.accounts.models import Organisation


class CriticalDays(Protocol):
    """Names, in the reader's language, of the critical days that hold at this instant."""

    def __call__(
        self, at: datetime, *, module: Module | None, organisation: Organisation | None
    ) -> Sequence[str]: ...


# Posting days, release changes, processing runs: the roster keeps them.
KNOWN: list[CriticalDays] = [critical.names]


def names(
    at: datetime, *, module: Module | None, organisation: Organisation | None
) -> tuple[str, ...]:
    found = [known(at, module=module, organisation=organisation) for known in KNOWN]
    return tuple(name for some in found for name in some)
