"""What a ticket is found by: its words for customers, and with internal notes for staff."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Lookup, Q
from django.db.models.functions import Now

from tickets.models.ticket import Ticket


@SearchVectorField.register_lookup
class Matches(Lookup):
    """By a query already in PostgreSQL's own form, which is not read again."""

    lookup_name = "matches"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        left, params = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", [*params, self.rhs]


class SearchText(models.Model):
    """Kept by `tickets.search.index` seconds after a change; triggers say which are stale, so that
    no verb can forget to.
    """

    ticket = models.OneToOneField(
        Ticket, models.CASCADE, primary_key=True, related_name="search_text"
    )
    public = SearchVectorField(null=True)
    whole = SearchVectorField(null=True)
    stale_since = models.DateTimeField(null=True, db_default=Now())

    class Meta:
        indexes = [
            GinIndex(fields=["public"], name="public_words"),
            GinIndex(fields=["whole"], name="all_words"),
            models.Index(
                fields=["stale_since"], condition=Q(stale_since__isnull=False), name="stale_words"
            ),
        ]


class SearchWord(models.Model):
    """A word that occurs somewhere, folded, and its stem: how parts of compounds are found."""

    word = models.CharField(primary_key=True, max_length=40)
    stem = models.CharField(max_length=40)

    class Meta:
        indexes = [GinIndex(OpClass("word", "gin_trgm_ops"), name="words_by_part")]


class SearchStem(models.Model):
    """In how many tickets a stem occurs, counted once a night; the empty one counts all tickets."""

    stem = models.TextField(primary_key=True)
    tickets = models.PositiveIntegerField()
