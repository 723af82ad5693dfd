"""Which levels a correction affects, said by its author; released once nothing is left open."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.actions.gates import reopen
from releases.models import Contributor, Correction, Line, Package, Validity
from releases.validity import Interval
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused, WrongState
from supportdesk.messaging import outbox


@transaction.atomic
def assess(
    correction: Correction, line: Line, *, by: User, intervals: Sequence[Interval] | None
) -> Correction:
    """Say which levels of a line are affected. An empty list: none is. None: nobody knows any more.
    What was said already changes nothing; anything else opens the gates of what brings it.

    Raises Invalid for intervals that end before they begin or overlap, Refused for taking back an
    assessment that a released correction stands on.
    """
    row = _claim(correction, "validity.assess", by)
    _examine(intervals or [])
    if intervals is None and row.released_at and _maintained(line):
        raise Refused(_("A released correction stays assessed on every line in maintenance."))
    said = [NumericRange(*one) for one in intervals or []]
    if intervals == []:
        said = [NumericRange(empty=True)]
    before, bringing = row.validity.filter(line=line), line.packages.bringing(row)
    had = list(before.values_list("affected", flat=True))
    if set(had) == set(said):
        return row
    touched = set(bringing.values_list("pk", flat=True))
    before.delete()
    Validity.objects.bulk_create(
        Validity(correction=row, line=line, affected=one, author=by) for one in said
    )
    _remember(row, line, by)
    reopen(touched.union(bringing.values_list("pk", flat=True)), by=by, because=row)
    facts = {"before": [str(one) for one in had], "after": [str(one) for one in said]}
    audit.record("validity.assessed", row, by=by, line=line.name, **facts)
    outbox.emit("validity.assessed", correction=row.pk, line=line.pk)
    return row


@transaction.atomic
def note_words(correction: Correction, *, by: User) -> None:
    """Its words were written anew: one author more, and the gates of what brings it open."""
    row = _claim(correction, "correction.configure", by)
    _remember(row, None, by)
    bringing = Package.objects.bringing(row).values_list("pk", flat=True)
    reopen(set(bringing), by=by, because=row)


@transaction.atomic
def release_correction(correction: Correction, *, by: User) -> Correction:
    """Let customers hear of it. Refused while a line in maintenance is not assessed."""
    row = _claim(correction, "correction.release", by)
    if row.released_at is not None:
        raise WrongState(_("released"), _("released"))
    if missing := unassessed_lines(row):
        lines = ", ".join(line.name for line in missing)
        raise Refused(_("Not assessed yet: %(lines)s.") % {"lines": lines})
    row.released_at = timezone.now()
    row.save(update_fields=["released_at"])
    audit.record("correction.released", row, by=by)
    outbox.emit("correction.released", correction=row.pk)
    return row


def unassessed_lines(correction: Correction) -> list[Line]:
    """The lines in maintenance for which nobody has said whether they are affected."""
    maintained = Line.objects.in_maintenance(timezone.localdate())
    return list(maintained.exclude(validity__correction=correction))


def _remember(correction: Correction, line: Line | None, person: User) -> None:
    Contributor.objects.get_or_create(correction=correction, line=line, person=person)


def _maintained(line: Line) -> bool:
    return Line.objects.in_maintenance(timezone.localdate()).filter(pk=line.pk).exists()


def _claim(correction: Correction, verb: str, by: User) -> Correction:
    access.require(by, verb)
    rows = Correction.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    return rows.get(pk=correction.pk)


def _examine(intervals: Sequence[Interval]) -> None:
    ordered = sorted(intervals, key=lambda one: one[0])
    if any(low < 0 or (high is not None and high <= low) for low, high in ordered):
        raise Invalid(_("A level must be fixed later than it is affected from."), "levels")
    if any(first[1] is None or first[1] > then[0] for first, then in pairwise(ordered)):
        raise Invalid(_("These levels overlap."), "levels")
