"""The back office's frame: who enters, what the menu offers, what every page carries."""

import pytest
from django.contrib import admin
from django.urls import reverse

from supportdesk.web.menu import SHOWN_COUNT, MenuLine, Section, folded

INDEX = reverse("admin:index")


def labels(answer) -> set[str]:
    return {str(line.url) for folder in answer.context["menu"] for line in folder.lines}


def test_strangers_are_sent_to_the_one_login_page(client, db):
    answer = client.get(INDEX)
    assert answer.url == f"{reverse('admin:login')}?next={INDEX}"
    assert client.get(answer.url).url == f"{reverse('account_login')}?next={INDEX}"


@pytest.mark.parametrize("who", ["alice", "carol", "paul", "mallory"])
def test_customers_are_refused_not_sent_to_a_login_that_cannot_help(client, request, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(INDEX).status_code == 403
    assert client.get(reverse("admin:releases_module_changelist")).status_code == 403


@pytest.mark.parametrize("who", ["sam", "lea", "dev", "rita", "tom", "ada", "audrey"])
def test_everyone_of_the_vendor_enters_and_every_line_of_their_menu_opens(client, request, who):
    client.force_login(request.getfixturevalue(who))

    start = client.get(INDEX)

    assert start.status_code == 200
    for url in labels(start):
        assert client.get(url).status_code == 200, url


def test_a_disabled_colleague_is_out_at_once(client, sam):
    client.force_login(sam)
    sam.is_active = False
    sam.save()

    assert client.get(INDEX).status_code == 302


def test_the_menu_offers_only_what_one_may(client, sam, ada):
    calendars = reverse("admin:worktime_calendar_changelist")
    client.force_login(sam)
    assert calendars not in labels(client.get(INDEX))
    client.force_login(ada)
    assert calendars in labels(client.get(INDEX))


def test_one_line_of_the_menu_is_marked_as_here(client, sam):
    client.force_login(sam)
    here = reverse("admin:releases_system_changelist")

    menu = client.get(here + "?q=x").context["menu"]

    assert [line.url for folder in menu for line in folder.lines if line.current] == [here]


def test_counts_are_never_counted_beyond_what_is_shown():
    assert MenuLine("x", "/", count=SHOWN_COUNT + 1).shown == f"{SHOWN_COUNT}+"
    assert MenuLine("x", "/", count=7).shown == "7"


def test_the_folder_in_use_is_open_and_the_others_say_what_nobody_has_in_hand():
    here = MenuLine("Roster", "/roster/", Section.ON_CALL, current=True)
    mails = MenuLine("Mails", "/mails/", Section.TICKETS, count=90, hot=True)
    faults = MenuLine("Faults", "/faults/", Section.TICKETS, count=12, hot=True)
    mine = MenuLine("Mine", "/mine/", Section.TICKETS, count=7, first=True)

    tickets, on_call = folded([here, mails, faults, mine])

    assert (tickets.open, tickets.waiting, tickets.shown) == (False, 102, f"{SHOWN_COUNT}+")
    assert (on_call.open, on_call.waiting) == (True, 0)
    assert tickets.lines == [mine, mails, faults]


def test_the_first_folder_is_open_where_no_line_leads_to_the_page(client, sam):
    client.force_login(sam)

    menu = client.get(INDEX).context["menu"]

    assert [folder.open for folder in menu] == [True] + [False] * (len(menu) - 1)


def test_the_password_is_changed_where_everybody_changes_it(client, sam):
    client.force_login(sam)

    answer = client.get(reverse("admin:password_change"))

    assert answer.url == reverse("account_change_password")


def test_an_auditor_opens_every_room_and_finds_nothing_to_change(client, audrey, rf):
    request = rf.get(INDEX)
    request.user = audrey

    for room in admin.site._registry.values():
        assert not room.has_add_permission(request), room
        assert not room.has_change_permission(request), room
        assert not room.has_delete_permission(request), room


def test_no_page_of_the_office_carries_an_inline_style_or_handler(client, ada, module, calendar):
    client.force_login(ada)
    pages = [
        INDEX,
        reverse("admin:releases_module_changelist"),
        reverse("admin:releases_module_change", args=[module.pk]),
        reverse("admin:worktime_calendar_change", args=[calendar.pk]),
        reverse("admin:accounts_mandate_add"),
    ]
    for page in pages:
        html = client.get(page).content.decode()
        assert " style=" not in html, page
        assert "<style" not in html, page
        assert " onclick=" not in html, page
