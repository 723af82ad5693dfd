"""What people say about themselves, and how they wish to be told."""

import pytest
from django.urls import reverse

from supportdesk.accounts import actions
from supportdesk.accounts.models import User
from supportdesk.audit.models import Entry
from supportdesk.errors import Invalid, NotAllowed
from supportdesk.messaging import notices, outbox
from supportdesk.messaging.models import Dispatch, Notice, Preference
from tests.factories import a_ticket
from tickets import actions as tickets
from tickets.models import Message

SAID = {"name": "Alice Moser-Zink", "phone": "+49 89 1234", "language": "de"}


def test_a_person_changes_name_phone_and_language(alice):
    person = actions.change_profile(by=alice, **SAID)

    assert (person.name, person.phone, person.language) == tuple(SAID.values())
    entry = Entry.objects.get(verb="profile.changed")
    assert (entry.by, entry.facts) == (alice, {"changed": ["name", "phone", "language"]})


def test_saying_the_same_again_leaves_no_trace(alice):
    actions.change_profile(by=actions.change_profile(by=alice, **SAID), **SAID)

    assert Entry.objects.count() == 1


@pytest.mark.parametrize("facts", [{"name": " "}, {"language": "fr"}])
def test_nobody_is_without_a_name_or_speaks_what_the_desk_does_not(alice, facts):
    with pytest.raises(Invalid):
        actions.change_profile(by=alice, **{**SAID, **facts})


def test_the_desk_itself_and_the_disabled_change_nothing(desk, alice):
    alice.is_active = False

    for person in (desk, alice):
        with pytest.raises(NotAllowed):
            actions.change_profile(by=person, **SAID)
        with pytest.raises(NotAllowed):
            actions.change_preferences({}, by=person)


def test_wishes_are_obeyed_by_the_next_letter(alice, sam, module, alpina):
    ticket = tickets.take(a_ticket(by=alice, module=module, organisation=alpina), by=sam)
    actions.change_preferences({"ticket.replied": (False, True)}, by=alice)

    tickets.reply(ticket, by=sam, text="Hello", channel=Message.Channel.OFFICE)
    while outbox.react():
        pass

    assert Notice.objects.filter(user=alice, event="ticket.replied").count() == 1
    assert not Dispatch.objects.filter(dedupe_key__startswith="ticket.replied:").exists()


def test_only_what_differs_is_kept_and_recorded_once(alice):
    wishes = {wish.event: (True, True) for wish in notices.preferences(alice)}

    actions.change_preferences({**wishes, "ticket.closed": (False, False)}, by=alice)
    actions.change_preferences({**wishes, "ticket.closed": (False, False)}, by=alice)

    assert Preference.objects.get().event == "ticket.closed"
    assert Entry.objects.get(verb="preferences.changed").facts == {
        "changed": {"ticket.closed": [False, False]}
    }
    actions.change_preferences(wishes, by=alice)
    assert (Preference.objects.get().mail, Preference.objects.get().inbox) == (True, True)


@pytest.mark.parametrize("event", ["nothing.known", "ticket.noted"])
def test_nobody_chooses_what_they_are_never_told(alice, event):
    with pytest.raises(Invalid):
        actions.change_preferences({event: (True, True)}, by=alice)


# --- the page


@pytest.mark.parametrize("who", ["alice", "carol", "paul", "sam", "ada", "audrey"])
def test_everybody_has_a_profile(client, request, who):
    client.force_login(request.getfixturevalue(who))

    for page in ("profile", "tokens"):
        assert client.get(reverse(page)).status_code == 200


def test_the_page_speaks_the_new_language_at_once(client, alice):
    client.force_login(alice)

    client.post(reverse("profile_about"), SAID)
    page = client.get(reverse("profile"))

    assert 'lang="de"' in page.text
    assert User.objects.get(pk=alice.pk).phone == "+49 89 1234"


def test_wrong_input_is_said_and_what_was_typed_stays(client, alice):
    client.force_login(alice)

    answer = client.post(
        reverse("profile_about"), {"name": "", "phone": "+49 <1>", "language": "de"}
    )

    assert answer.status_code == 422
    assert answer.context["about"].errors.keys() == {"name"}
    assert 'value="+49 &lt;1&gt;"' in answer.text


def test_ticks_become_wishes(client, alice):
    client.force_login(alice)

    client.post(reverse("profile_preferences"), {"mail-ticket.replied": "on"})

    wish = notices.preference(alice, "ticket.replied")
    assert (wish.mail, wish.inbox) == (True, False)
    wish = notices.preference(alice, "ticket.closed")
    assert (wish.mail, wish.inbox) == (False, False)
    page = client.get(reverse("profile")).text
    assert 'name="mail-ticket.replied" id="id_mail-ticket.replied" checked' in page
    assert 'name="inbox-ticket.replied" id="id_inbox-ticket.replied">' in page
