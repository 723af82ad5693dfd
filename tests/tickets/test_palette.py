"""Going somewhere by typing: what a line names, each reader within their own scope."""

import pytest
from django.urls import reverse
from django.utils import timezone

from releases.models import Correction
from tests.factories import a_ticket
from tickets.search import find, places
from tickets.search.places import Place

pytestmark = pytest.mark.django_db
PAGES = [Place("Dienstplan", "", "/plan/"), Place("Schulungen", "", "/trainings/")]


def named(line, reader):
    kinds = places.named(find.prepare(line, reader), reader, PAGES)
    return [place.name for kind in kinds for place in kind.places]


@pytest.fixture
def corrections(module):
    facts = {"module": module, "solution": "Der Lauf wird angehalten."}
    known = Correction.objects.create(
        symptom="Sammelbeleg fehlt", object_keys=["ZB100"], released_at=timezone.now(), **facts
    )
    secret = Correction.objects.create(symptom="Sammelbeleg doppelt", **facts)
    return known, secret


@pytest.mark.parametrize("line", ["sammelbeleg", "zb100", "K-{0}", "{0}"])
def test_a_correction_is_found_by_its_words_its_objects_and_its_number(corrections, alice, line):
    known, _secret = corrections
    assert named(line.format(known.number), alice) == [f"{known}: Sammelbeleg fehlt"]


def test_what_is_not_released_is_named_to_staff_only(corrections, alice, sam):
    _known, secret = corrections
    assert named(f"K-{secret.number}", alice) == []
    assert named(f"K-{secret.number}", sam) == [f"{secret}: Sammelbeleg doppelt"]


def test_people_and_customers_are_named_within_ones_own_scope(
    alice, carol, mallory, sam, alpina, hansa
):
    assert named(hansa.name, sam) == [hansa.name]
    assert named(hansa.name, alice) == named(alpina.name, alice) == []
    assert named(mallory.name, sam) == [mallory.name]
    assert named(mallory.name, alice) == []
    assert named(carol.name, alice) == [carol.name]


def test_a_page_is_named_by_a_part_of_its_name_and_a_filter_asks_for_tickets_only(sam):
    assert named("dienst", sam) == ["Dienstplan"]
    assert named("dienst status:offen", sam) == []


def test_the_palette_is_given_a_part_of_a_page(client, alice, mallory, module, alpina, hansa):
    ours = a_ticket(by=alice, module=module, organisation=alpina)
    theirs = a_ticket(by=mallory, module=module, organisation=hansa)
    client.force_login(alice)
    asked = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "palette-found"}

    answer = client.get(reverse("search"), {"q": ours.number}, **asked)
    other = client.get(reverse("search"), {"q": theirs.number}, **asked)

    assert "<html" not in answer.content.decode()
    assert reverse("ticket", args=[ours.number]) in answer.content.decode()
    assert reverse("ticket", args=[theirs.number]) not in other.content.decode()


def test_staff_reach_every_page_of_their_menu_without_script(client, sam):
    client.force_login(sam)
    roster = reverse("admin:oncall_duty_changelist")

    answer = client.get(reverse("admin:tickets_search"), {"q": "roster"})

    assert [place.url for kind in answer.context["kinds"] for place in kind.places] == [roster]
