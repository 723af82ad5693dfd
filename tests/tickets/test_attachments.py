"""Files on tickets: what is kept of them, and that one bad file refuses the whole step."""

import hashlib
import tracemalloc
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.urls import ResolverMatch

from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed
from supportdesk.messaging.models import Event
from supportdesk.web.uploads import takes_large_files
from tests import samples
from tests.factories import a_ticket
from tickets import actions
from tickets.models import Attachment, Message, Ticket

OFFICE, PORTAL = Message.Channel.OFFICE, Message.Channel.PORTAL


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def a_file(name="lauf.log", content=b"rc=8\n", content_type="text/html"):
    return SimpleUploadedFile(name, content, content_type)


def stored(storage: Path) -> list[Path]:
    return [path for path in storage.rglob("*") if path.is_file()]


def test_a_file_is_kept_under_a_name_of_ours_with_its_digest(open_ticket, alice, storage):
    message = actions.reply(
        open_ticket, by=alice, text="Here.", channel=PORTAL, files=[a_file("../läufe.log")]
    )

    attachment = message.attachments.get()
    assert (attachment.name, attachment.content_type, attachment.size) == (
        "läufe.log",
        "text/plain",
        5,
    )
    assert attachment.sha256 == hashlib.sha256(b"rc=8\n").hexdigest()
    (path,) = stored(storage)
    assert path.read_bytes() == b"rc=8\n"
    assert "lauf" not in path.name
    assert path.stat().st_mode & 0o077 == 0
    entry = Entry.objects.get(verb="ticket.attached")
    assert entry.facts["sha256"] == attachment.sha256
    assert Event.objects.get(name="attachment.added").body == {"attachment": attachment.pk}


def test_a_ticket_is_opened_with_files(alice, module, alpina):
    files = [a_file(), a_file("maske.png", samples.png())]

    ticket = a_ticket(by=alice, module=module, organisation=alpina, files=files)

    assert [file.name for file in ticket.attachments.all()] == ["lauf.log", "maske.png"]


def test_one_bad_file_refuses_the_whole_step_and_names_itself(open_ticket, alice, storage):
    with pytest.raises(Invalid) as refusal:
        actions.reply(
            open_ticket,
            by=alice,
            text="Here.",
            channel=PORTAL,
            files=[a_file(), a_file("lauf.exe", b"MZ\0")],
        )

    assert refusal.value.field == "files"
    assert "lauf.exe" in str(refusal.value)
    assert not open_ticket.messages.filter(text="Here.").exists()
    assert stored(storage) == []


def test_no_ticket_is_opened_with_a_bad_file(alice, module, alpina):
    with pytest.raises(Invalid):
        a_ticket(by=alice, module=module, organisation=alpina, files=[a_file("leer.txt", b"")])

    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("limit", "value"),
    [("ATTACHMENT_MOST_BYTES", 4), ("ATTACHMENTS_PER_MESSAGE", 1), ("ATTACHMENTS_MOST_BYTES", 14)],
)
def test_size_number_and_sum_are_limited(limit, value, open_ticket, alice, settings):
    actions.reply(open_ticket, by=alice, text="First.", channel=PORTAL, files=[a_file()])
    setattr(settings, limit, value)

    with pytest.raises(Invalid) as refusal:
        actions.reply(
            open_ticket, by=alice, text="More.", channel=PORTAL, files=[a_file(), a_file()]
        )

    assert refusal.value.field == "files"
    assert open_ticket.attachments.count() == 1


def test_the_auditor_attaches_nothing(open_ticket, audrey):
    with pytest.raises(NotAllowed):
        actions.attach(open_ticket.messages.first(), [a_file()], by=audrey)


def test_a_large_file_never_stands_in_memory(open_ticket, alice, storage):
    upload = TemporaryUploadedFile("lauf.log", "text/plain", 0, None)
    for _block in range(20):
        upload.write(b"02:14:07 rc=0 Zahllauf beendet\n" * 2**15)
    upload.size = upload.tell()

    tracemalloc.start()
    actions.reply(open_ticket, by=alice, text="Long.", channel=PORTAL, files=[upload])
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert upload.size > 19 * 2**20
    assert Attachment.objects.get().size == stored(storage)[0].stat().st_size == upload.size
    assert peak < 4 * 2**20


def test_what_is_uploaded_beyond_the_limit_is_counted_but_not_kept(settings, rf):
    """The upload handler: the disk holds no more than the limit, the verb sees the true size."""
    settings.ATTACHMENT_MOST_BYTES = 2**17
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    request = rf.post("/", {"files": a_file(content=b"x" * 2**20)})

    upload = request.FILES["files"]

    assert upload.size == 2**20
    assert Path(upload.temporary_file_path()).stat().st_size < 2**18


@pytest.mark.parametrize(("name", "kept"), [("sam", 2**20), ("alice", 2**17)])
def test_only_colleagues_send_large_files_and_only_where_a_package_takes_them(
    name, kept, settings, rf, request
):
    settings.ATTACHMENT_MOST_BYTES, settings.PACKAGE_FILE_MOST_BYTES = 2**17, 2**20
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    sent = rf.post("/", {"files": a_file(content=b"x" * 2**20)})
    sent.user = request.getfixturevalue(name)
    sent.resolver_match = ResolverMatch(takes_large_files(lambda request: None), (), {})

    stored_size = Path(sent.FILES["files"].temporary_file_path()).stat().st_size

    assert abs(stored_size - kept) <= 2**16


def test_without_a_scanner_files_say_so(open_ticket, alice, settings):
    settings.CLAMD_URL = ""
    actions.reply(open_ticket, by=alice, text="Here.", channel=PORTAL, files=[a_file()])

    assert Attachment.objects.get().scan == Attachment.Scan.UNCHECKED
