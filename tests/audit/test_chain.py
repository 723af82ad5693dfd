"""The sealed record: what is appended stays, and whatever is done behind our back is named."""

from __future__ import annotations

import random
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from supportdesk.audit import actions as audit
from supportdesk.audit import chain, tasks
from supportdesk.audit.models import Entry, Seal
from supportdesk.messaging.models import Dispatch


@pytest.fixture
def record(alpina, ada):
    """Thirty sealed entries."""
    for n in range(30):
        audit.record("organisation.changed", alpina, by=ada, n=n)
    chain.seal()
    return list(Entry.objects.order_by("pk").values_list("pk", flat=True))


def behind_our_back(statement: str, *values: object) -> None:
    """As somebody who owns the database would: past the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = now()", "DELETE FROM {}"])
def test_neither_entries_nor_seals_are_changed(record, table, change):
    with (
        pytest.raises(DatabaseError, match="pgtrigger"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table))


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
def test_neither_table_is_emptied(db, table):
    """The tests' own database has these triggers off; here they are on again."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        with pytest.raises(DatabaseError, match="append-only"):
            cursor.execute(f"TRUNCATE {table}")


def test_an_untouched_record_verifies(record):
    assert list(chain.verify([chain.head()])) == []
    assert Seal.objects.count() == len(record)


def test_sealing_again_seals_nothing_twice(record):
    assert chain.seal() == 0


def test_an_entry_that_commits_late_with_a_low_number_is_sealed_when_it_appears(
    record, alpina, ada
):
    late = Entry(
        pk=record[0] - 1,
        verb="organisation.changed",
        subject_type="accounts.organisation",
        subject_id=alpina.pk,
        by_id=ada.pk,
    )
    late.save(force_insert=True)

    assert chain.seal() == 1
    assert Seal.objects.get(entry_id=late.pk).position == len(record) + 1
    assert list(chain.verify()) == []


CHANGES = {
    "verb": "UPDATE audit_entry SET verb = 'organisation.deleted' WHERE id = %s",
    "when": "UPDATE audit_entry SET at = at - interval '1 microsecond' WHERE id = %s",
    "subject": "UPDATE audit_entry SET subject_id = subject_id + 1 WHERE id = %s",
    "facts": "UPDATE audit_entry SET facts = facts || '{\"more\": 1}' WHERE id = %s",
    "gone": "DELETE FROM audit_entry WHERE id = %s",
    "seal gone": "DELETE FROM audit_seal WHERE entry_id = %s",
    "seal forged": "UPDATE audit_seal SET head = repeat('0', 64) WHERE entry_id = %s",
}
DICE = random.Random(48211)


@pytest.mark.parametrize("how", CHANGES)
@pytest.mark.parametrize("which", DICE.sample(range(29), 25))
def test_whatever_is_done_to_one_row_is_found(record, how, which):
    """Not the last seal: cutting the end is told by published heads alone, see below."""
    head = chain.head()
    behind_our_back(CHANGES[how], record[which])

    assert list(chain.verify([head])) != []


def test_two_entries_that_change_places_are_found(record):
    behind_our_back(
        "UPDATE audit_seal SET entry_id = CASE entry_id WHEN %s THEN -1 ELSE %s END"
        " WHERE entry_id IN (%s, %s)",
        record[3],
        record[3],
        record[3],
        record[4],
    )
    behind_our_back("UPDATE audit_seal SET entry_id = %s WHERE entry_id = -1", record[4])

    assert len(list(chain.verify())) == 2


def test_a_cut_end_is_found_against_a_published_head_and_only_so(record):
    head = chain.head()
    behind_our_back("DELETE FROM audit_seal WHERE position > 25")
    behind_our_back("DELETE FROM audit_entry WHERE id > %s", record[24])

    assert list(chain.verify()) == []
    assert [finding.position for finding in chain.verify([head])] == [30]


def test_the_command_names_findings_and_what_is_not_sealed_yet(record, alpina, ada):
    fresh = audit.record("organisation.changed", alpina, by=ada)
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert f"not yet protected: {fresh.pk}" in out.getvalue()

    behind_our_back(CHANGES["verb"], record[5])
    with pytest.raises(CommandError, match="1 finding"):
        call_command("verify_audit", stdout=out)
    assert f"entry {record[5]}" in out.getvalue()


def test_the_head_is_mailed_once_to_administrators_and_auditors(record, audrey, sam):
    tasks.publish_head()
    tasks.publish_head()

    position, head = chain.head()
    sent = Dispatch.objects.all()
    assert sorted(mail.recipient.name for mail in sent) == ["Ada Keller", "Audrey Stein"]
    assert all(f"{position}:{head}" in str(mail.content) for mail in sent)
