"""On which levels of a line a fault is present: the one fact all verdicts are computed from."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models.correction import Correction
from releases.models.line import Line
from supportdesk.accounts.models import User

# An empty range overlaps nothing, so the exclusion constraint does not see it. The correction is
# locked first: of two who write at once, the second sees what the first has written.
NOT_BESIDE = """
    PERFORM 1 FROM releases_correction WHERE number = NEW.correction_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM releases_validity other
        WHERE other.correction_id = NEW.correction_id AND other.line_id = NEW.line_id
            AND other.id <> NEW.id AND isempty(other.affected) <> isempty(NEW.affected)
    ) THEN
        RAISE exclusion_violation
            USING MESSAGE = 'a line is either not affected, or affected on some levels';
    END IF;
    RETURN NEW;
"""


class Validity(models.Model):
    """No row: not assessed. Empty: not affected. [a,b): affected from a, fixed in b. [a,): no fix
    known. Two rows: it came back.
    """

    correction = models.ForeignKey(
        Correction,
        models.CASCADE,
        db_index=False,
        related_name="validity",
        verbose_name=_("correction"),
    )
    line = models.ForeignKey(Line, models.PROTECT, related_name="validity", verbose_name=_("line"))
    affected = IntegerRangeField(_("affected levels"))
    author = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("author")
    )
    assessed_at = models.DateTimeField(_("assessed"), default=timezone.now)

    class Meta:
        verbose_name = _("validity")
        verbose_name_plural = _("validities")
        ordering = ["correction", "line", "affected"]
        constraints = [
            ExclusionConstraint(
                name="intervals_do_not_overlap",
                expressions=[
                    ("correction", RangeOperators.EQUAL),
                    ("line", RangeOperators.EQUAL),
                    ("affected", RangeOperators.OVERLAPS),
                ],
            ),
            models.UniqueConstraint(
                "correction", "line", name="not_affected_once", condition=Q(affected__isempty=True)
            ),
            models.CheckConstraint(
                name="levels_begin_at_zero",
                condition=Q(affected__isempty=True) | Q(affected__startswith__gte=0),
            ),
        ]
        indexes = [models.Index(fields=["correction", "line"], name="validity_of_correction")]
        triggers = [
            pgtrigger.Trigger(
                name="not_affected_stands_alone",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=NOT_BESIDE,
            )
        ]

    def __str__(self) -> str:
        return f"{self.correction}, {self.line}: {self.affected}"


class Contributor(models.Model):
    """Who had a hand in a correction besides its author: wrote it anew (no line), or said where it
    holds on a line. Kept when others say it anew, for four eyes ask for everybody.
    """

    correction = models.ForeignKey(
        Correction, models.CASCADE, db_index=False, related_name="contributors"
    )
    line = models.ForeignKey(Line, models.CASCADE, null=True, db_index=False, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="remembered_once",
                fields=["correction", "line", "person"],
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.correction}: {self.person}"
