"""Reply templates: written by leads in both languages, put into the reply field by agents."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from supportdesk.audit.models import Entry
from tests.factories import UserFactory, a_ticket
from tickets import answers
from tickets.models import Draft, ReplyTemplate
from tickets.placeholders import KNOWN

ADD = reverse("admin:tickets_replytemplate_add")
TEXTS = {
    "name": "Ask for the log",
    "german": "Guten Tag {customer}, bitte senden Sie das Protokoll zu {number}. {agent}",
    "english": "Dear {customer}, please send the log for {number}. {agent}",
    "is_active": "on",
}


@pytest.fixture
def template(db):
    return ReplyTemplate.objects.create(**{**TEXTS, "is_active": True})


@pytest.fixture
def as_lea(client, lea):
    client.force_login(lea)
    return client


@pytest.fixture
def as_sam(client, sam):
    client.force_login(sam)
    return client


def insert(ticket):
    return reverse("admin:tickets_ticket_template", args=[ticket.number])


def test_a_lead_writes_one_and_it_is_on_record(as_lea, lea):
    as_lea.post(ADD, TEXTS)

    assert ReplyTemplate.objects.get().name == "Ask for the log"
    assert Entry.objects.filter(verb="replytemplate.added", by=lea).exists()


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        (
            "german",
            "{customer} {number} {agent} {nummer}",
            "There is no such placeholder: {nummer}",
        ),
        ("english", "{customer} {number} {agent", "A brace has no other half"),
        ("german", "{customer} {number}", "The other language also says {agent}"),
        ("english", "", "This field is required"),
    ],
)
def test_what_could_not_be_filled_is_refused_at_saving(as_lea, field, text, words):
    page = as_lea.post(ADD, {**TEXTS, field: text}).content.decode()

    assert words in page
    assert TEXTS["name"] in page
    assert not ReplyTemplate.objects.exists()


def test_the_database_wants_both_languages(db):
    with pytest.raises(IntegrityError, match="templates_speak_both_languages"):
        ReplyTemplate.objects.create(name="x", german="x")


def test_a_preview_fills_both_languages_and_saves_nothing(as_lea, new_ticket, alice):
    body = {**TEXTS, "sample": str(new_ticket.number), "_preview": "1"}
    page = as_lea.post(ADD, body).content.decode()

    assert f"Dear {alice.name}, please send the log for {new_ticket.number}." in page
    assert f"Guten Tag {alice.name}, bitte senden Sie das Protokoll" in page
    assert not ReplyTemplate.objects.exists()


def test_a_preview_of_no_ticket_says_so(as_lea, new_ticket):
    page = as_lea.post(ADD, {**TEXTS, "sample": "1", "_preview": "1"}).content.decode()

    assert "There is no ticket with this number." in page


@pytest.mark.parametrize("called_in", [True, False])
def test_every_placeholder_has_a_value_on_every_ticket(sam, alpina, module, called_in):
    caller = UserFactory(organisation=alpina, roles=["member"]) if called_in else None
    ticket = a_ticket(organisation=alpina, module=module, by=sam, caller=caller)
    values = answers.values(ticket, by=sam, language="de")

    assert set(values) == set(KNOWN)
    assert all(values.values())
    assert values["customer"] == (caller.name if caller else alpina.name)


def test_it_speaks_the_customers_language(template, new_ticket, alice, sam):
    for language, first in (("de", "Guten Tag"), ("en", "Dear")):
        alice.language = language
        alice.save(update_fields=["language"])
        new_ticket.refresh_from_db()
        assert answers.filled(template, new_ticket, by=sam).startswith(first)


def test_without_script_the_page_comes_back_with_all_that_was_typed(
    as_sam, sam, open_ticket, template
):
    body = {"text": "Hello.", "mode": "resolve", "template": template.pk, "difference": "Set off."}
    answer = as_sam.post(insert(open_ticket), body)
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "Hello.\n\n" in page
    assert (
        str(open_ticket.number) in Draft.objects.get(author=sam, ticket=open_ticket).content["text"]
    )
    assert "Set off." in page
    assert not open_ticket.messages.exclude(author=open_ticket.opened_by).exists()


def test_it_is_put_where_it_was_typed_for(as_sam, sam, open_ticket, template):
    as_sam.post(insert(open_ticket), {"template": template.pk, "mode": "note"})

    assert Draft.objects.get(author=sam, ticket=open_ticket).content["mode"] == "note"


def test_with_htmx_only_the_field_comes_back(as_sam, open_ticket, template):
    answer = as_sam.post(
        insert(open_ticket),
        {"template": template.pk, "mode": "reply"},
        headers={"HX-Request": "true"},
    )

    assert answer.content.startswith(b"<textarea")
    assert str(open_ticket.number) in answer.content.decode()


def test_one_that_is_not_offered_any_more_is_not_found(as_sam, open_ticket, template):
    ReplyTemplate.objects.update(is_active=False)

    assert as_sam.post(insert(open_ticket), {"template": template.pk}).status_code == 404
    assert (
        template.name
        not in as_sam.get(
            reverse("admin:tickets_ticket_change", args=[open_ticket.number])
        ).content.decode()
    )
