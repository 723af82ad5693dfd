"""Triggers that note which tickets' words have to be read again, whatever wrote them."""

from __future__ import annotations

import pgtrigger

NOTE = """
    INSERT INTO tickets_searchtext (ticket_id, stale_since)
    SELECT DISTINCT {ticket}, now() FROM {rows} ORDER BY 1
    ON CONFLICT (ticket_id) DO UPDATE SET stale_since = excluded.stale_since;
    RETURN NULL;
"""


def when_written(ticket: str) -> pgtrigger.Trigger:
    """Once per statement, however many rows are copied in."""
    return pgtrigger.Trigger(
        name="new_words_are_stale",
        level=pgtrigger.Statement,
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        referencing=pgtrigger.Referencing(new="fresh"),
        func=NOTE.format(ticket=ticket, rows="fresh"),
    )


def when_changed(ticket: str, *fields: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="changed_words_are_stale",
        operation=pgtrigger.Update,
        when=pgtrigger.After,
        condition=pgtrigger.AnyChange(*fields),
        func=NOTE.format(ticket=f"changed.{ticket}", rows=f"(SELECT NEW.{ticket}) AS changed"),
    )
