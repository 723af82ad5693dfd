"""The virus scanner: what it says stays, and its silence never means clean."""

import io
import shutil
import subprocess
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from supportdesk.audit.models import Entry
from supportdesk.errors import NotAllowed, WrongState
from supportdesk.messaging.models import Event
from tests import clamd, samples
from tickets import actions, scanner, tasks
from tickets.models import Attachment, Message

Scan = Attachment.Scan


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.CLAMD_URL = "unix:/nowhere/clamd"


@pytest.fixture
def attached(open_ticket, alice):
    def attach(content=b"rc=8\n", name="lauf.log"):
        file = SimpleUploadedFile(name, content)
        message = actions.reply(
            open_ticket, by=alice, text="Here.", channel=Message.Channel.PORTAL, files=[file]
        )
        return message.attachments.get()

    return attach


@pytest.mark.parametrize("tcp", [False, True])
def test_the_scanner_is_asked_over_its_socket(tcp):
    with clamd.serving(tcp=tcp) as url:
        assert scanner.scan(io.BytesIO(b"rc=8" * 40_000), url).malware == ""
        assert scanner.scan(io.BytesIO(samples.EICAR), url).malware == "Eicar-Test-Signature"


def test_what_the_scanner_did_not_read_to_the_end_has_no_verdict():
    with clamd.serving() as url, pytest.raises(scanner.NoVerdict, match="size limit") as refusal:
        scanner.scan(io.BytesIO(b"x" * 3 * 2**20), url)

    assert not isinstance(refusal.value, scanner.ScannerDown)


@pytest.mark.parametrize("url", ["unix:/nowhere/clamd", "tcp://127.0.0.1:1"])
def test_nobody_there_is_no_verdict(url):
    with pytest.raises(scanner.ScannerDown):
        scanner.scan(io.BytesIO(b"x"), url)


def test_hanging_up_is_no_verdict():
    with clamd.serving() as url, pytest.raises(scanner.ScannerDown):
        scanner.scan(io.BytesIO(b"HANG UP"), url)


def test_files_are_scanned_and_malware_is_found(attached, settings, desk):
    clean, eicar = attached(), attached(samples.EICAR, "eicar.txt")

    with clamd.serving() as settings.CLAMD_URL:
        tasks.scan_files()

    clean.refresh_from_db()
    eicar.refresh_from_db()
    assert (clean.scan, eicar.scan) == (Scan.CLEAN, Scan.INFECTED)
    assert clean.scanned_at is not None
    entry = Entry.objects.get(verb="ticket.scanned", facts__attachment=eicar.pk)
    assert (entry.by, entry.facts["malware"]) == (desk, "Eicar-Test-Signature")
    assert Event.objects.get(name="attachment.blocked").body == {"attachment": eicar.pk}


def test_while_the_scanner_is_down_files_wait_and_are_asked_again_later_each_time(
    attached, settings
):
    attachment = attached()
    pauses = []
    with time_machine.travel(timezone.now() + timedelta(seconds=1), tick=False) as clock:
        for _attempt in range(8):
            tasks.scan_files()
            attachment.refresh_from_db()
            assert attachment.scan == Scan.PENDING
            pauses.append((attachment.scan_due_at - timezone.now()).total_seconds())
            tasks.scan_files()  # not due: not asked
            clock.move_to(attachment.scan_due_at)
        assert attachment.scan_attempts == 8
        assert pauses == [30, 60, 120, 240, 480, 900, 900, 900]

        with clamd.serving() as settings.CLAMD_URL:
            tasks.scan_files()

    attachment.refresh_from_db()
    assert attachment.scan == Scan.CLEAN


def test_a_file_without_a_verdict_does_not_hold_up_the_others(attached, settings):
    large, small = attached(b"x" * 3 * 2**20), attached()

    with clamd.serving() as settings.CLAMD_URL:
        tasks.scan_files()

    large.refresh_from_db()
    small.refresh_from_db()
    assert (large.scan, small.scan) == (Scan.PENDING, Scan.CLEAN)


def test_files_from_before_there_was_a_scanner_are_scanned_too(attached, settings):
    settings.CLAMD_URL = ""
    attachment = attached()
    tasks.scan_files()
    attachment.refresh_from_db()
    assert attachment.scan == Scan.UNCHECKED

    with clamd.serving() as settings.CLAMD_URL:
        tasks.scan_files()

    attachment.refresh_from_db()
    assert attachment.scan == Scan.CLEAN


def test_a_verdict_stands(attached, desk):
    attachment = attached()
    actions.record_scan(attachment, by=desk, malware="Eicar")

    with pytest.raises(WrongState):
        actions.record_scan(attachment, by=desk)

    attachment.refresh_from_db()
    assert attachment.scan == Scan.INFECTED


@pytest.mark.parametrize("person", ["alice", "sam", "ada"])
def test_nobody_but_the_desk_says_what_is_clean(person, attached, request):
    with pytest.raises(NotAllowed):
        actions.record_scan(attached(), by=request.getfixturevalue(person))


@pytest.mark.skipif(not shutil.which("clamd"), reason="clamd is not installed")
def test_a_real_clamd_finds_eicar_plain_and_packed():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test.ndb").write_text(f"Test.Eicar:0:*:{samples.EICAR.hex()}\n")
        (folder / "clamd.conf").write_text(
            f"LocalSocket {folder}/clamd\nDatabaseDirectory {folder}\nForeground yes\nUser root\n"
        )
        daemon = subprocess.Popen(["clamd", "-c", folder / "clamd.conf"], stdout=subprocess.DEVNULL)
        try:
            for _second in range(200):
                if (folder / "clamd").exists():
                    break
                time.sleep(0.1)
            url = f"unix:{folder}/clamd"
            assert scanner.scan(io.BytesIO(b"rc=8"), url).malware == ""
            for content in (samples.EICAR, samples.packed({"a.txt": samples.EICAR})):
                assert "Eicar" in scanner.scan(io.BytesIO(content), url).malware
        finally:
            daemon.terminate()
            daemon.wait(10)
