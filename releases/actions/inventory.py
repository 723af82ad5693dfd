"""Many levels said at once, from a file."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from releases.actions.systems import report
from releases.inventory import Said
from releases.models import System
from releases.stocktaking import Found, compare
from supportdesk.accounts import access
from supportdesk.accounts.models import User


@transaction.atomic
def take_inventory(said: Sequence[Said], *, by: User) -> list[Found]:
    """Keep what can be kept, and say of each line what came of it: as now, not as at the dry run.

    All of it or nothing. Systems are taken in the order of their keys, so that two lists at once do
    not wait for each other in a circle.
    """
    access.require(by, "system.report")
    found = compare(said, by=by)
    kept = [one for one in found if one.counts and one.system and one.line]
    for one in sorted(kept, key=lambda one: one.system.pk if one.system else 0):
        assert one.system is not None
        assert one.line is not None
        report(
            one.system,
            by=by,
            line=one.line,
            level=one.said.level or 0,
            source=System.Source.FILE,
        )
    return found
