"""Who was there by the code of the day; what shows it afterwards, and how strangers verify it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import Error, transaction
from django.urls import reverse
from django.utils import timezone

from supportdesk.errors import Invalid, NotAllowed, Refused, WrongState
from supportdesk.messaging import outbox
from supportdesk.messaging.models import Dispatch
from tests.factories import CourseFactory, a_certificate, a_session
from training import actions, certificates
from training.models import Certificate, Enrolment

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def seat(session, alice):
    return actions.enrol(session, [alice], by=alice)[0]


@pytest.fixture
def there(session, seat):
    """In the room, an hour after it began."""
    with time_machine.travel(session.starts_at + timedelta(hours=1)):
        yield session


def finished(session, tom, *came, absent=()):
    with time_machine.travel(session.ends_at + timedelta(minutes=1)):
        actions.record_attendance(session, by=tom, there=came, absent=absent)
        return actions.finish_session(session, by=tom)


def test_who_types_the_code_of_the_day_was_there(there, seat, alice, tom):
    code = actions.show_code(there, by=tom).code
    assert actions.show_code(there, by=tom).code == code

    assert actions.check_in(seat, by=alice, code=f" {code[:3]} {code[3:]}").state == "attended"
    with pytest.raises(WrongState):
        actions.check_in(seat, by=alice, code=code)


def test_wrong_codes_count_although_they_are_refused(there, seat, alice, tom):
    code = actions.show_code(there, by=tom).code
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _n in range(5):
        with pytest.raises(Invalid):
            actions.check_in(seat, by=alice, code=wrong)

    with pytest.raises(Refused, match="Too many"):
        actions.check_in(seat, by=alice, code=code)
    seat.refresh_from_db()
    assert (seat.wrong_codes, seat.state) == (5, "booked")
    with pytest.raises(Error, match="codes_are_not_guessed"), transaction.atomic():
        Enrolment.objects.filter(pk=seat.pk).update(wrong_codes=6)


def test_no_code_means_no_try(there, seat, alice, carol):
    with pytest.raises(Refused, match="No code"):
        actions.check_in(seat, by=alice, code="000000")
    with pytest.raises(Enrolment.DoesNotExist):
        actions.check_in(seat, by=carol, code="000000")
    seat.refresh_from_db()
    assert seat.wrong_codes == 0


def test_the_code_of_yesterday_is_none(course, alice, tom):
    starts = timezone.now() + timedelta(days=9)
    session = a_session(course, by=tom, starts_at=starts, ends_at=starts + timedelta(days=2))
    (seat,) = actions.enrol(session, [alice], by=alice)
    with time_machine.travel(starts):
        code = actions.show_code(session, by=tom).code
    with time_machine.travel(starts + timedelta(days=1)), pytest.raises(Refused, match="No code"):
        actions.check_in(seat, by=alice, code=code)


def test_a_code_is_shown_on_the_days_of_the_session_by_its_trainers(session, alice, tom):
    with pytest.raises(Refused, match="days of the session"):
        actions.show_code(session, by=tom)
    with pytest.raises(NotAllowed):
        actions.show_code(session, by=alice)


def test_the_portal_asks_for_the_code_on_the_day_and_keeps_what_was_typed(
    client, there, seat, alice, tom
):
    code = actions.show_code(there, by=tom).code
    client.force_login(alice)
    address = reverse("training_session", args=[there.pk])
    assert reverse("place_check_in", args=[seat.pk]) in client.get(address).content.decode()

    refused = client.post(reverse("place_check_in", args=[seat.pk]), {"code": "12"})
    assert refused.status_code == 422
    assert 'value="12"' in refused.content.decode()
    assert client.post(reverse("place_check_in", args=[seat.pk]), {"code": code}).status_code == 302
    seat.refresh_from_db()
    assert seat.state == "attended"


def test_the_office_shows_the_code_on_the_day(client, there, tom):
    client.force_login(tom)
    address = reverse("admin:training_session_change", args=[there.pk])
    pressed = client.post(reverse("admin:training_session_show_code", args=[there.pk]))

    assert pressed.status_code == 302
    assert there.day_codes.get().code in client.get(address).content.decode()


def test_whoever_came_gets_a_certificate_and_hears_of_it_once(session, seat, alice, carol, tom):
    (other,) = actions.enrol(session, [carol], by=carol)
    finished(session, tom, seat.pk, absent=[other.pk])
    for _n in range(2):
        while outbox.react():
            pass

    certificate = Certificate.objects.get()
    assert (certificate.enrolment, certificate.name) == (seat, alice.name)
    letters = Dispatch.objects.filter(dedupe_key__contains="training.certificate")
    assert [letter.recipient for letter in letters] == [alice]


def test_user_meetings_teach_nothing_to_show(alice, tom):
    session = a_session(CourseFactory(kind="user_meeting"), by=tom)
    (seat,) = actions.enrol(session, [alice], by=alice)
    finished(session, tom, seat.pk)
    assert not Certificate.objects.exists()


def test_a_slip_about_attendance_takes_the_certificate_back_and_gives_another(session, seat, tom):
    session = finished(session, tom, seat.pk)
    with time_machine.travel(session.ends_at + timedelta(hours=1)):
        actions.record_attendance(session, by=tom, there=[], absent=[seat.pk])
        first = Certificate.objects.get()
        assert first.revoked_at
        actions.record_attendance(session, by=tom, there=[seat.pk], absent=[])

    assert Certificate.objects.valid().get() != first


def test_the_pdf_is_tagged_and_takes_names_as_text(seat):
    pdf = certificates.pdf(a_certificate(seat, name='#panic() <b> $ "Ü" \\ @x'))
    assert pdf.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in pdf
    assert b"pdfuaid" in pdf


def test_a_stranger_verifies_name_course_and_day_and_learns_nothing_else(client, seat, alice):
    certificate = a_certificate(seat)
    answer = client.get(reverse("certificate_check"), {"code": certificate.printed_code.upper()})
    page = client.get(answer["Location"], headers=ENGLISH).content.decode()

    assert "This certificate is valid." in page
    assert certificate.name in page
    assert certificate.course in page
    for secret in (alice.email, str(alice.organisation), seat.session.place):
        assert secret not in page


def test_a_revoked_certificate_is_said_to_be_and_has_no_file(client, press_office, seat, alice):
    certificate = a_certificate(seat)
    assert press_office(certificate, reason="").status_code == 422
    assert press_office(certificate, reason="Somebody else sat there").status_code == 302
    assert press_office(certificate, reason="Again").status_code == 409

    client.logout()
    page = client.get(
        reverse("certificate", args=[certificate.code]), headers=ENGLISH
    ).content.decode()
    assert "It is not valid." in page
    assert "Somebody else" not in page
    client.force_login(alice)
    assert client.get(reverse("certificate_file", args=[certificate.pk])).status_code == 409
    with pytest.raises(Error, match="Cannot update"), transaction.atomic():
        Certificate.objects.update(revoked_at=None, revoked_because="")


@pytest.mark.parametrize("typed", ["a\0b", "\u212a" * 26, "x" * 500], ids=range(3))
def test_what_is_no_code_is_unknown_and_nothing_else(client, db, typed):
    assert client.get(reverse("certificate_check"), {"code": typed}).status_code == 404
    assert client.get(reverse("certificate", args=[typed])).status_code == 404


def test_an_unknown_code_is_said_to_be_unknown(client):
    answer = client.get(reverse("certificate_check"), {"code": "abc"}, headers=ENGLISH)
    assert answer.status_code == 404
    assert "no certificate with this code" in answer.content.decode()
    assert 'value="abc"' in answer.content.decode()


@pytest.fixture
def press_office(client, tom):
    def press(certificate, **said):
        client.force_login(tom)
        address = reverse("admin:training_session_revoke", args=[certificate.enrolment.session_id])
        return client.post(address, {"certificate": certificate.pk, **said})

    return press


def test_a_session_that_was_held_is_not_cancelled(there, seat, tom):
    actions.record_attendance(there, by=tom, there=[seat.pk], absent=[])
    with pytest.raises(Refused, match="being held"):
        actions.cancel_session(there, by=tom, reason="Ill")
