"""Files of a package: unchangeable once out, compared before they are handed out, and logged."""

from __future__ import annotations

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.urls import reverse

from releases import actions, tasks
from releases.models import Download, GateKind, PackageFile, Status
from supportdesk.accounts.models import Service
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Notice
from tests.api import calling_as
from tests.factories import LineFactory, MandateFactory, PackageFactory
from tests.releases import fleet

pytestmark = pytest.mark.django_db
WORDS = b"PK corrections of SP 4"
DIGEST = hashlib.sha256(WORDS).hexdigest()


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def kind(db):
    GateKind.objects.all().delete()
    return GateKind.objects.create(name="Build")


def a_file(name="sp4.sar", content=WORDS):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def package():
    return fleet.package(LineFactory(), 4, Status.IN_QA)


@pytest.fixture
def kept(package, rita):
    return actions.add_file(package, by=rita, file=a_file())


@pytest.fixture
def released(package, kept, kind, rita, sam):
    for state in (Status.FROZEN, Status.IN_QA):
        actions.move(package, state, by=rita)
    actions.sign_gate(package, kind, by=sam, look=actions.Look(passed=True))
    return actions.move(package, Status.RELEASED, by=rita)


@pytest.fixture
def delivery(released, alpina):
    return fleet.deliver(released, alpina)


def in_storage(file: PackageFile) -> Path:
    return Path(file.file.path)


def test_a_file_is_kept_with_its_size_and_digest_and_nothing_of_its_name(kept, storage):
    assert (kept.size, kept.sha256) == (len(WORDS), DIGEST)
    assert in_storage(kept).read_bytes() == WORDS
    assert "sp4" not in kept.file.name


def test_a_file_more_or_less_opens_the_gates(package, kind, rita, sam):
    actions.sign_gate(package, kind, by=sam, look=actions.Look(passed=True))

    file = actions.add_file(package, by=rita, file=a_file())

    package.refresh_from_db()
    assert (package.status, package.gates.count()) == (Status.COMPOSING, 0)
    for state in (Status.FROZEN, Status.IN_QA):
        actions.move(package, state, by=rita)
    actions.sign_gate(package, kind, by=sam, look=actions.Look(passed=True))

    actions.remove_file(package, file, by=rita)

    package.refresh_from_db()
    assert (package.status, package.gates.count()) == (Status.COMPOSING, 0)
    assert not package.files.exists()


@pytest.mark.parametrize(
    ("file", "most"), [(a_file(content=b""), 100), (a_file(), 5), (a_file("..."), 100)]
)
def test_what_is_empty_too_large_or_nameless_is_refused(package, rita, settings, file, most):
    settings.PACKAGE_FILE_MOST_BYTES = most

    with pytest.raises(Invalid) as refused:
        actions.add_file(package, by=rita, file=file)
    assert refused.value.field == "file"


def test_a_name_is_there_once(package, kept, rita):
    with pytest.raises(Invalid, match="of this name"):
        actions.add_file(package, by=rita, file=a_file(content=b"other"))


def test_once_it_is_out_no_verb_changes_its_files(released, kept, rita):
    with pytest.raises(WrongState):
        actions.add_file(released, by=rita, file=a_file("more.sar"))
    with pytest.raises(WrongState):
        actions.remove_file(released, kept, by=rita)


@pytest.mark.parametrize("withdrawn", [False, True])
def test_once_it_is_out_the_database_changes_no_file(released, kept, rita, withdrawn):
    if withdrawn:
        actions.withdraw(released, by=rita, why="It prints twice.", successor=None)
    rows = PackageFile.objects.filter(pk=kept.pk)
    other = fleet.package(released.line, 5, Status.COMPOSING)

    for change in (
        lambda: rows.update(sha256="0" * 64),
        lambda: rows.update(package=other),
        lambda: rows._raw_delete(rows.db),
        lambda: PackageFile.objects.create(
            package=released, name="x", size=1, sha256=DIGEST, uploaded_by=rita
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert rows.get().sha256 == DIGEST


def test_only_who_manages_releases_puts_files_in(package, kept, dev, lea, carol):
    for person in (dev, lea, carol):
        with pytest.raises(NotAllowed):
            actions.add_file(package, by=person, file=a_file("x.sar"))
        with pytest.raises(NotAllowed):
            actions.remove_file(package, kept, by=person)


def test_a_download_is_handed_out_as_it_was_released_and_logged(delivery, kept, alice, alpina):
    with actions.download(kept, delivery, by=alice) as content:
        assert content.read() == WORDS

    row = Download.objects.get()
    assert (row.file, row.organisation, row.user) == (kept, alpina, alice)


def test_the_log_is_append_only(delivery, kept, alice):
    actions.download(kept, delivery, by=alice).close()

    for change in (lambda: Download.objects.update(user=alice), Download.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_who_was_not_given_it_finds_nothing(delivery, kept, mallory, hansa):
    with pytest.raises(type(delivery).DoesNotExist):
        actions.download(kept, delivery, by=mallory)
    theirs = fleet.deliver(PackageFactory(level=3), hansa)
    with pytest.raises(PackageFile.DoesNotExist):  # a file of another package
        actions.download(kept, theirs, by=mallory)


def test_a_prepared_delivery_hands_out_nothing(released, kept, alice, alpina):
    prepared = released.deliveries.create(organisation=alpina)

    with pytest.raises(type(prepared).DoesNotExist):
        actions.download(kept, prepared, by=alice)


def test_a_provider_fetches_for_whom_it_imports(delivery, kept, paul, alpina):
    mandate = MandateFactory(provider=paul.organisation, insurer=alpina, carries=[Service.TICKETS])
    with pytest.raises(type(delivery).DoesNotExist):
        actions.download(kept, delivery, by=paul)
    mandate.carries = [Service.IMPORTS]
    mandate.save()

    actions.download(kept, delivery, by=paul).close()

    assert Download.objects.get().organisation == alpina


def test_the_vendors_own_are_no_customers(delivery, kept, sam):
    with pytest.raises(NotAllowed):
        actions.download(kept, delivery, by=sam)


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_a_damaged_file_is_not_handed_out_and_we_are_told_once(
    delivery, kept, alice, rita, client, harm
):
    if harm == "changed":
        in_storage(kept).chmod(0o600)
        in_storage(kept).write_bytes(WORDS.replace(b"4", b"5"))
    else:
        in_storage(kept).unlink()
    client.force_login(alice)
    address = reverse("delivery_file", args=[delivery.pk, kept.pk])

    answers = [client.get(address) for _n in range(2)]
    while outbox.react():
        pass

    assert [one.status_code for one in answers] == [503, 503]
    assert "This file is damaged" in answers[0].content.decode()
    assert not Download.objects.exists()
    assert Entry.objects.filter(verb="package.file_damaged").count() == 2
    assert Notice.objects.get(event="package.file_damaged").user == rita


def test_what_is_withdrawn_is_not_handed_out(delivery, released, kept, alice, rita):
    actions.withdraw(released, by=rita, why="It prints twice.", successor=None)

    with pytest.raises(Refused, match="withdrawn"):
        actions.download(kept, delivery, by=alice)
    assert not Download.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_whoever_fetches_while_it_is_withdrawn_is_in_the_log_or_gets_nothing(
    rita, alice, alpina, at_once
):
    for n in range(6):
        package = fleet.package(LineFactory(name=f"race {n}"), 4, Status.COMPOSING)
        file = actions.add_file(package, by=rita, file=a_file())
        GateKind.objects.update(is_mandatory=False)
        for state in (Status.FROZEN, Status.IN_QA, Status.RELEASED):
            actions.move(package, state, by=rita)
        delivery = fleet.deliver(package, alpina)
        turns = iter(["fetch", "withdraw"])

        def act(turns=turns, package=package, file=file, delivery=delivery):
            if next(turns) == "fetch":
                with actions.download(file, delivery, by=alice) as content:
                    return content.read()
            return actions.withdraw(package, by=rita, why="It prints twice.", successor=None).status

        outcomes = at_once(2, act)

        logged = Download.objects.filter(file=file)
        assert Status.WITHDRAWN in outcomes
        assert (WORDS in outcomes) == logged.exists()


@pytest.mark.django_db(transaction=True)
def test_a_late_file_and_the_release_never_both_win(rita, sam):
    """In whatever order: released as signed, or changed and not released."""
    GateKind.objects.get_or_create(name="Race")
    for n in range(6):
        package = fleet.package(LineFactory(name=f"race {n}"), 4, Status.IN_QA)
        for one in GateKind.objects.mandatory():
            actions.sign_gate(package, one, by=sam, look=actions.Look(passed=True))

        def release(package=package):
            try:
                return actions.move(package, Status.RELEASED, by=rita).status
            except (Refused, WrongState):
                return "refused"
            finally:
                connections.close_all()

        def add(package=package):
            try:
                return actions.add_file(package, by=rita, file=a_file()).name
            except WrongState:
                return "refused"
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            released, added = pool.submit(release), pool.submit(add)
            outcome = released.result(), added.result()

        package.refresh_from_db()
        assert (*outcome, package.status, package.files.count()) in [
            ("released", "refused", "released", 0),
            ("refused", "sp4.sar", "composing", 1),
        ]


def test_a_customers_page_shows_size_and_digest_and_hands_the_file_out(
    client, delivery, kept, alice
):
    client.force_login(alice)

    there = client.get(reverse("deliveries")).content.decode()
    page = client.get(reverse("delivery", args=[delivery.pk])).content.decode()
    answer = client.get(reverse("delivery_file", args=[delivery.pk, kept.pk]))

    assert str(delivery.package) in there
    assert DIGEST in page
    assert b"".join(answer) == WORDS
    assert answer["Content-Disposition"] == 'attachment; filename="sp4.sar"'
    assert "sandbox" in answer["Content-Security-Policy"]


def test_the_office_puts_files_in_and_shows_who_fetched_them(
    client, package, rita, alice, alpina, kind, sam
):
    client.force_login(rita)
    add = reverse("admin:releases_package_add_file", args=[package.pk])

    refused = client.post(add, {"file": a_file(content=b"")})
    client.post(add, {"file": a_file()})
    client.post(add, {"file": a_file("wrong.sar")})
    client.post(
        reverse("admin:releases_package_remove_file", args=[package.pk]),
        {"file": package.files.get(name="wrong.sar").pk},
    )

    assert refused.status_code == 422
    assert [one.name for one in package.files.all()] == ["sp4.sar"]
    for state in (Status.FROZEN, Status.IN_QA):
        actions.move(package, state, by=rita)
    actions.sign_gate(package, kind, by=sam, look=actions.Look(passed=True))
    actions.move(package, Status.RELEASED, by=rita)
    actions.download(package.files.get(), fleet.deliver(package, alpina), by=alice).close()
    page = client.get(reverse("admin:releases_package_change", args=[package.pk])).content.decode()
    assert DIGEST in page
    assert alice.name in page
    assert reverse("admin:releases_package_add_file", args=[package.pk]) not in page


def test_a_program_fetches_what_was_delivered(delivery, kept, carol, mallory):
    client = calling_as(carol)
    root = f"/api/v1/deliveries/{delivery.pk}"

    [row] = client.get("/api/v1/deliveries/").json()["results"]
    [file] = client.get(f"{root}/files/").json()["results"]
    content = client.get(f"{root}/files/{kept.pk}/content/")

    assert (row["level"], row["status"], row["organisation"]) == (4, "released", "ALP")
    assert (file["name"], file["size"], file["sha256"]) == ("sp4.sar", len(WORDS), DIGEST)
    assert b"".join(content) == WORDS
    assert Download.objects.get().user == carol
    assert calling_as(mallory).get(f"{root}/files/{kept.pk}/content/").status_code == 404
    assert calling_as(carol, scopes=["tickets:read"]).get(f"{root}/files/").status_code == 403


def test_what_nobody_knows_is_swept_after_a_day(package, kept, rita, storage):
    gone = actions.add_file(package, by=rita, file=a_file("gone.sar"))
    actions.remove_file(package, gone, by=rita)
    tasks.sweep_files()
    assert in_storage(gone).exists()
    for one in (gone, kept):
        os.utime(in_storage(one), (0, time.time() - 25 * 3600))

    tasks.sweep_files()

    assert in_storage(kept).exists()
    assert not in_storage(gone).exists()
