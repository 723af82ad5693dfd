"""What participants take home, and who of a house took part in what."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from supportdesk.errors import Invalid, NotAllowed
from tests.factories import LineFactory
from training import actions
from training.models import Material

pytestmark = pytest.mark.django_db


def slides(content=b"Words", name="slides.pdf"):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def material(course, tom):
    return actions.add_material(course, by=tom, file=slides(), version="1")


def test_who_was_there_takes_the_material_home(client, held, material, crowd, mallory):
    for person, status in ((crowd[0], 200), (crowd[7], 404), (mallory, 404)):
        client.force_login(person)
        answer = client.get(reverse("material", args=[material.pk]))
        assert answer.status_code == status
        listed = client.get(reverse("training_session", args=[held.pk])).content.decode()
        assert ("slides.pdf" in listed) == (status == 200)


def test_a_version_is_put_there_once_per_release(course, material, tom, alice):
    line = LineFactory()
    actions.add_material(course, by=tom, file=slides(), version="1", line=line)
    for again in (None, line):
        with pytest.raises(Invalid, match="version is there"):
            actions.add_material(course, by=tom, file=slides(), version="1", line=again)
    with pytest.raises(Invalid, match="no content"):
        actions.add_material(course, by=tom, file=slides(b""), version="2")
    with pytest.raises(NotAllowed):
        actions.add_material(course, by=alice, file=slides(), version="2")


def test_trainers_upload_on_the_page_of_the_session(client, held, tom):
    client.force_login(tom)
    address = reverse("admin:training_session_add_material", args=[held.pk])
    assert client.post(address, {"version": "3"}).status_code == 422
    assert client.post(address, {"version": "3", "file": slides()}).status_code == 302
    assert Material.objects.get().version == "3"


def test_coordinators_see_who_of_their_house_was_there(client, held, carol, mallory, alice, crowd):
    client.force_login(carol)
    page = client.get(reverse("trainings_history")).content.decode()
    assert page.count("Payments for beginners") >= 8
    assert page.count(">PDF<") == 7
    assert reverse("trainings_history") in client.get(reverse("trainings_mine")).content.decode()

    client.force_login(mallory)
    assert crowd[0].name not in client.get(reverse("trainings_history")).content.decode()
    client.force_login(alice)
    assert client.get(reverse("trainings_history")).status_code == 302
