"""Data of insured persons in what is about to be sent. The numbers are published samples."""

import pytest
from django.urls import reverse

from tests.factories import a_ticket
from tickets.models import Message
from tickets.personal import BLACK, Kind, blacked_out, found

INSURED = "A123456780"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (f"Versicherte {INSURED} fehlt", [Kind.INSURED]),
        ("KVNR a 123 456 780.", [Kind.INSURED]),
        ("Beleg A123456781 fehlt", []),  # its check digit is another
        (f"Programm X{INSURED} und {INSURED}7", []),
        ("auf DE89 3704 0044 0532 0130 00 BIC COBADEFF", [Kind.ACCOUNT]),
        ("at611904300234573201", [Kind.ACCOUNT]),
        ("DE88 3704 0044 0532 0130 00", []),
        ("Frau Inga Test, 12.03.1975, rief an", [Kind.BORN]),
        ("geb. am 1.4.1980", [Kind.BORN]),
        ("Geburtsdatum: 1980-04-01", [Kind.BORN]),
        ("Der Lauf vom 12.03.2026 brach ab", []),
        (f"geb. 1.4.1980, {INSURED}", [Kind.BORN, Kind.INSURED]),
        ("DE89 " + "\u212a" * 18, []),  # signs for Kelvin
        ("AT61 " + "\u0130" * 16, []),
        ("DE\u0668\u0669 3704 0044 0532 0130 00", []),  # digits, but not of an IBAN
    ],
    ids=range(15),
)
def test_what_looks_personal_is_found_and_nothing_else(text, kinds):
    assert [one.kind for one in found(text)] == kinds


def test_only_what_was_found_is_blacked_out():
    text = f"Frau Test, geb. 1.4.1980,\r\n{INSURED}: Lauf vom 12.03.2026"

    black = blacked_out(text)

    assert black == f"Frau Test, geb. {BLACK * 8},\r\n{BLACK * 10}: Lauf vom 12.03.2026"
    assert found(black) == []


@pytest.fixture
def ours(alice, module, alpina):
    return a_ticket(by=alice, module=module, organisation=alpina)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("decided", "sent"),
    [("black_out", f"Es fehlt {BLACK * 10}."), ("keep", f"Es fehlt {INSURED}.")],
    ids=["black_out", "keep"],
)
def test_customers_are_asked_before_it_is_sent(client, alice, ours, decided, sent):
    client.force_login(alice)
    address, text = reverse("ticket_reply", args=[ours.pk]), f"Es fehlt {INSURED}."

    asked = client.post(address, {"text": text})

    assert asked.status_code == 422
    assert text in asked.content.decode()
    assert not Message.objects.filter(text__contains="Es fehlt").exists()
    assert client.post(address, {"text": text, "personal": decided}).status_code == 302
    assert Message.objects.latest("pk").text == sent


@pytest.mark.django_db
def test_staff_are_asked_too(client, sam, ours):
    client.force_login(sam)
    address = reverse("admin:tickets_ticket_note", args=[ours.pk])

    asked = client.post(address, {"text": INSURED, "mode": "note"})

    assert asked.status_code == 422
    assert f'value="black_out" formaction="{address}' in asked.content.decode()
