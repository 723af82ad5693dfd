"""Finding tickets by their words, each reader in what they may read."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.translation import override

from tests.factories import a_ticket
from tickets import actions
from tickets.models import Message, SearchText
from tickets.search import find, index, similar
from tickets.tasks import count_words, read_words

pytestmark = pytest.mark.django_db
PORTAL, OFFICE = Message.Channel.PORTAL, Message.Channel.OFFICE


@pytest.fixture
def world(alice, mallory, module, alpina, hansa, sam):
    """Three of Alpina's tickets and one of another insurer's, with a note only staff read."""
    ours = [
        a_ticket(by=alice, module=module, organisation=alpina, subject=subject, text=text)
        for subject, text in [
            ("Zahllauf bricht ab", "Die Gebuehr wird doppelt gebucht."),
            ("Rechnungsfehler im Beleg", "Der Beleg zeigt eine falsche Summe."),
            ("Frage zum Beleg", "Was bedeutet die Spalte Zahllauf?"),
        ]
    ]
    theirs = a_ticket(by=mallory, module=module, organisation=hansa, subject="Zahllauf steht")
    actions.note(ours[0], by=sam, channel=OFFICE, text="Der Nachtverarbeiter war gesperrt.")
    read_words()
    return [*ours, theirs]


def found(line, reader):
    return [hit.ticket.subject for hit in find.ranked(line, reader).hits]


def test_the_subject_weighs_more_than_a_message(world, alice):
    assert found("zahllauf", alice) == ["Zahllauf bricht ab", "Frage zum Beleg"]


def test_staff_find_all_customers_tickets(world, sam):
    assert set(found("zahllauf", sam)) == {
        "Zahllauf bricht ab",
        "Frage zum Beleg",
        "Zahllauf steht",
    }


@pytest.mark.parametrize("line", ["Gebühr", "gebuehr", "GEBÜHREN", '"doppelt gebucht"'])
def test_spellings_and_endings_do_not_matter(world, alice, line):
    assert found(line, alice) == ["Zahllauf bricht ab"]


@pytest.mark.parametrize("line", ["fehler", "rechnung"])
def test_parts_of_compounds_are_found(world, alice, line):
    assert found(line, alice) == ["Rechnungsfehler im Beleg"]


def test_internal_words_are_found_by_staff_only(world, alice, sam):
    assert found("nachtverarbeiter", sam) == ["Zahllauf bricht ab"]
    assert found("nachtverarbeiter", alice) == []
    hits = find.ranked("zahllauf", alice).hits
    assert not any("Nacht" in piece.text for hit in hits for piece in hit.excerpt)


def test_words_of_a_customer_are_no_words_of_another(world, mallory):
    assert found("gebühr", mallory) == []
    assert found("zahllauf", mallory) == ["Zahllauf steht"]


def test_filters_narrow(world, sam, alpina, module, open_ticket):
    read_words()

    assert len(found(f"zahllauf von:{alpina.code}", sam)) == 3
    assert found("zahllauf status:geschlossen", sam) == []
    assert len(found(f"modul:{module.code} prio:3", sam)) == 5
    assert found("bei:ich", sam) == [open_ticket.subject]


@pytest.mark.parametrize("line", ["status:schief", "von:niemand", "prio:9", "bei:ich"])
def test_a_filter_that_fits_nothing_is_said(world, alice, line):
    answer = find.ranked(line, alice)

    assert (answer.sought.problems, answer.hits) == ([f"“{canonical(line)}” fits nothing."], [])


def canonical(line):
    name, _colon, value = line.partition(":")
    names = {"von": "organisation", "prio": "priority", "bei": "assignee", "status": "status"}
    return f"{names[name]}:{value}"


def test_words_that_stand_everywhere_are_said_to_be_common(world, alice):
    answer = find.ranked("der die das", alice)

    assert (answer.hits, answer.sought.is_common) == ([], True)


@pytest.mark.parametrize(
    "line", ["'", "\\", "a'b\\c", "(", "& | !", "<->", ":*", "%", "_", '"', "😀", "a" * 200]
)
def test_no_line_is_an_error(world, alice, sam, line):
    find.ranked(line, alice)
    find.ranked(line, sam)


def test_new_words_are_found_after_the_next_round(world, alice):
    actions.reply(world[2], by=alice, channel=PORTAL, text="Auch die Sollstellung fehlt.")

    assert found("sollstellung", alice) == []
    assert read_words() == 1
    assert found("sollstellung", alice) == ["Frage zum Beleg"]
    assert read_words() == 0


def test_changed_words_are_read_again(world, alice):
    Message.objects.filter(text__contains="Spalte").update(text="Was bedeutet die Kennzahl?")
    read_words()

    assert found("spalte", alice) == []
    assert found("kennzahl", alice) == ["Frage zum Beleg"]


def test_one_ticket_that_cannot_be_read_keeps_no_other(world, alice, monkeypatch):
    SearchText.objects.update(stale_since="2026-01-01T00:00Z")
    poison = index.KEEP.replace(
        "FROM texts\n)", f"FROM texts WHERE 1 / (number - {world[1].pk}) < 2\n)", 1
    )
    monkeypatch.setattr(index, "KEEP", poison)

    assert read_words() == 4
    assert not SearchText.objects.filter(stale_since__isnull=False).exists()


def test_the_index_serves_the_search(world, alice):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        sought = find.prepare("zahllauf", alice)
        rows = SearchText.objects.filter(public__matches=sought.wide)
        assert "public_words" in rows.explain()


# --- pages


def test_the_page_shows_what_was_found_with_marks(client, world, alice):
    client.force_login(alice)

    page = client.get(reverse("search"), {"q": "gebühr"}).content.decode()

    assert "Die <mark>Gebuehr</mark> wird doppelt gebucht." in page


def test_a_number_leads_to_its_ticket(client, world, alice, mallory):
    client.force_login(alice)
    address = reverse("search")

    ours = client.get(address, {"q": f"#{world[0].number}"})
    theirs = client.get(address, {"q": str(world[3].number)})

    assert ours.url == reverse("ticket", args=[world[0].number])
    assert theirs.status_code == 200


def test_what_was_typed_is_shown_as_text(client, world, alice):
    client.force_login(alice)

    page = client.get(reverse("search"), {"q": "<b>zahllauf</b> von:<i>"}).content.decode()

    assert "<b>" not in page
    assert "&lt;b&gt;" in page


@pytest.mark.parametrize("asked", ["0", "-1", "x", "99999", "²", "51"])
def test_no_page_number_is_an_error(client, world, sam, asked):
    client.force_login(sam)

    answer = client.get(reverse("admin:tickets_search"), {"q": "zahllauf", "page": asked})

    assert answer.status_code == 200


def test_the_office_finds_customers_by_name(client, world, sam, alpina):
    client.force_login(sam)

    answer = client.get(reverse("admin:tickets_search"), {"q": f"{alpina.name} gebühr"})

    assert [hit.ticket for hit in answer.context["found"].hits] == [world[0]]


def test_lists_say_which_filter_fits_nothing(client, world, alice):
    client.force_login(alice)

    with override("en"):
        answer = client.get(reverse("ticket_list"), {"q": "status:schief", "view": "all"})

    assert answer.status_code == 422
    assert "“status:schief” fits nothing." in answer.content.decode()


# --- similar tickets


@pytest.fixture
def solved(world, alice, sam, closed_ticket, module, alpina):
    """A closed ticket of alice about a storno, beside others about nothing like it."""
    read_words()
    count_words()
    return closed_ticket


def test_what_is_written_finds_tickets_like_it(solved, alice):
    likes = similar.to_text("Krankengeld nach Storno", "Es wurde doppelt angewiesen.", alice)

    assert likes[0].ticket == solved
    assert likes[0].solution == solved.messages.filter(author__organisation=None).last().text


def test_customers_find_tickets_like_it_among_their_own(solved, mallory, sam):
    said = ("Krankengeld nach Storno", "Es wurde doppelt angewiesen.")

    assert similar.to_text(*said, mallory) == []
    assert [like.ticket for like in similar.to_text(*said, sam)] == [solved]


def test_words_of_notes_liken_tickets_for_staff_only(world, alice, sam, module, alpina):
    other = a_ticket(
        by=alice, module=module, organisation=alpina, subject="Nachtverarbeiter", text="Gesperrt?"
    )
    read_words()

    assert world[0] in [like.ticket for like in similar.to_ticket(other, sam)]
    assert similar.to_ticket(other, alice) == []


def test_a_greeting_is_like_nothing(solved, alice):
    assert similar.to_text("Hallo", "Guten Tag und vielen Dank", alice) == []


def test_a_ticket_is_not_like_itself(solved, sam):
    assert solved not in [like.ticket for like in similar.to_ticket(solved, sam)]


def test_the_workbench_shows_tickets_like_it(client, world, sam, alice, module, alpina):
    twin = a_ticket(by=alice, module=module, organisation=alpina, subject="Zahllauf bricht ab")
    read_words()
    client.force_login(sam)

    page = client.get(reverse("admin:tickets_ticket_similar", args=[twin.number]))

    assert str(world[0].number) in page.content.decode()
