"""The door files leave by: who gets them, and that no browser opens them in our name."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests import samples
from tickets import actions
from tickets.models import Attachment, Message

OFFICE, PORTAL = Message.Channel.OFFICE, Message.Channel.PORTAL
Scan = Attachment.Scan


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.CLAMD_URL = "unix:/nowhere"


@pytest.fixture
def attached(open_ticket, alice, desk):
    def attach(
        name="lauf.log", content=b"rc=8\n", *, verdict=Scan.CLEAN, say=actions.reply, by=alice
    ):
        file = SimpleUploadedFile(name, content)
        message = say(open_ticket, by=by, text="Here.", channel=PORTAL, files=[file])
        attachment = message.attachments.get()
        if verdict == Scan.PENDING:
            return attachment
        malware = "Eicar" if verdict == Scan.INFECTED else ""
        return actions.record_scan(attachment, by=desk, malware=malware)

    return attach


@pytest.fixture
def fetch(client):
    def get(attachment, reader):
        client.force_login(reader)
        return client.get(reverse("attachment", args=[attachment.pk]))

    return get


@pytest.mark.parametrize("name", samples.TAKEN)
def test_every_kind_is_a_sandboxed_download(name, attached, fetch, sam):
    content, content_type = samples.TAKEN[name]

    response = fetch(attached(name, content), sam)

    assert response.status_code == 200
    assert b"".join(response.streaming_content) == content
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("läufe.log", "attachment; filename*=utf-8''l%C3%A4ufe.log"),
        ("a';b.log", 'attachment; filename="a\';b.log"'),
        ('a"\r\nSet-Cookie: x=1.log', 'attachment; filename="a_ Set-Cookie_ x=1.log"'),
    ],
)
def test_hostile_names_stay_within_their_header(name, disposition, attached, fetch, alice):
    response = fetch(attached(name), alice)

    assert response["Content-Disposition"] == disposition
    assert "x=1" not in response.cookies.output()


@pytest.mark.parametrize("stranger", ["mallory", "paul"])
def test_another_customer_does_not_find_it(stranger, attached, fetch, request):
    assert fetch(attached(), request.getfixturevalue(stranger)).status_code == 404


@pytest.mark.parametrize("reader", ["alice", "carol", "sam", "lea", "audrey"])
def test_both_sides_of_the_ticket_get_it(reader, attached, fetch, request):
    assert fetch(attached(), request.getfixturevalue(reader)).status_code == 200


def test_nobody_gets_it_without_signing_in(attached, client):
    assert client.get(reverse("attachment", args=[attached().pk])).status_code == 302


def test_a_file_on_an_internal_note_does_not_exist_for_the_customer(attached, fetch, alice, sam):
    attachment = attached(say=actions.note, by=sam)

    assert fetch(attachment, alice).status_code == 404
    assert fetch(attachment, sam).status_code == 200
    assert not Attachment.objects.visible_to(alice).exists()


def test_files_of_a_confidential_ticket_are_for_those_who_see_it(
    attached, fetch, open_ticket, sam, dev
):
    attachment = attached()
    open_ticket.confidential = True
    open_ticket.save(update_fields=["confidential"])

    assert fetch(attachment, dev).status_code == 404
    assert fetch(attachment, sam).status_code == 200


def test_until_it_is_scanned_only_the_uploader_gets_it(attached, fetch, alice, carol, sam):
    attachment = attached(verdict=Scan.PENDING)

    assert fetch(attachment, alice).status_code == 200
    for reader in (carol, sam):
        response = fetch(attachment, reader)
        assert response.status_code == 403
        assert "checked for malware" in response.content.decode()


def test_what_is_infected_nobody_gets(attached, fetch, alice, sam):
    attachment = attached(verdict=Scan.INFECTED)

    for reader in (alice, sam):
        response = fetch(attachment, reader)
        assert response.status_code == 403
        assert "Malware was found" in response.content.decode()


def test_a_file_is_only_read_here(attached, client, alice):
    attachment = attached()
    client.force_login(alice)

    assert client.post(reverse("attachment", args=[attachment.pk])).status_code == 405
