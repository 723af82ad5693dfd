"""What tickets tell about corrections."""

from __future__ import annotations

from releases.models import Correction, Interest
from supportdesk.accounts.models import Organisation


def note_interest(
    correction: Correction, organisation: Organisation, number: int, open: bool
) -> None:
    """Remember that a ticket waits for the correction, or (not open) does no more.

    Called inside the verb that found it out, which asked for the right. Safe to repeat.
    """
    Interest.objects.update_or_create(
        correction=correction,
        number=number,
        defaults={"organisation": organisation, "is_open": open},
    )
