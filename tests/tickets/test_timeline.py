"""The timeline: one order for what was said and what happened, within what a reader may know."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import a_finding
from tickets import actions, timeline
from tickets.models import Attachment, HistoryEntry, Message

OFFICE = Message.Channel.OFFICE


def test_messages_and_steps_stand_in_one_order(open_ticket, sam):
    actions.resolve(
        open_ticket, by=sam, answer="Fixed in SP 4.", finding=a_finding(), channel=OFFICE
    )

    seen = timeline.of(open_ticket, reader=sam)

    assert [getattr(row, "text", None) or row.kind for row in seen] == [
        "Nach der Stornierung steht der Fall zweimal im Zahllauf.",
        "opened",
        "taken",
        "diagnosed",
        "Fixed in SP 4.",
        "resolved",
    ]


def test_a_customer_reads_neither_notes_nor_reasons_between_colleagues(
    open_ticket, sam, alice, other_team
):
    actions.note(open_ticket, by=sam, text="Looks like the switch.", channel=OFFICE)
    actions.hand_on(open_ticket, by=sam, team=other_team, reason="Their module.")

    def internal(reader):
        rows = timeline.of(open_ticket, reader=reader)
        return [
            row
            for row in rows
            if (isinstance(row, Message) and not row.is_public)
            or (isinstance(row, HistoryEntry) and not row.public)
        ]

    assert internal(alice) == []
    assert len(internal(sam)) == 2


def test_the_length_of_a_ticket_costs_no_queries(open_ticket, sam, django_assert_num_queries):
    for n in range(30):
        actions.note(open_ticket, by=sam, text=f"Note {n}", channel=OFFICE)

    with django_assert_num_queries(3):
        for row in timeline.of(open_ticket, reader=sam):
            _ = row.author.name if isinstance(row, Message) else row.by.name


def test_the_last_step_names_who_moved_the_ticket(open_ticket, sam):
    assert timeline.last_step(open_ticket).by == sam


def test_files_come_with_their_message_and_say_why_they_are_withheld(open_ticket, sam, lea):
    message = actions.note(
        open_ticket,
        by=sam,
        text="See the log.",
        channel=OFFICE,
        files=[SimpleUploadedFile("lauf.txt", b"ZLP1 14 cases")],
    )
    Attachment.objects.update(scan=Attachment.Scan.PENDING, scanned_at=None)

    def file_for(reader):
        rows = timeline.of(open_ticket, reader=reader)
        return next(row for row in rows if row.pk == message.pk and hasattr(row, "text")).files[0]

    assert file_for(sam).withheld == ""
    assert file_for(lea).withheld
