"""A person is told once, in the ways they wish."""

import pytest

from supportdesk.messaging import notices
from supportdesk.messaging.models import Dispatch, Notice, Preference


@pytest.fixture(autouse=True)
def an_event(monkeypatch):
    monkeypatch.setitem(notices.EVENTS, "audit.published", "The audit record is sealed")


def tell(person):
    notices.tell(
        person, "audit.published", "audit/head", key="head:7", url="/office/", position=7, head="ab"
    )


def told():
    return Notice.objects.count(), Dispatch.objects.count()


def test_by_default_a_person_is_told_in_both_ways_and_once(alice):
    tell(alice)
    tell(alice)

    assert told() == (1, 1)
    notice = alice.notices.unread().get()
    assert (notice.url, notice.title) == ("/office/", Dispatch.objects.get().content["subject"])


@pytest.mark.parametrize(("mail", "inbox"), [(True, False), (False, True), (False, False)])
def test_a_person_is_told_as_they_wish(alice, mail, inbox):
    Preference.objects.create(user=alice, event="audit.published", mail=mail, inbox=inbox)

    tell(alice)

    assert told() == (int(inbox), int(mail))


def test_a_closed_account_is_told_nothing(alice):
    alice.is_active = False

    tell(alice)

    assert told() == (0, 0)


def test_nobody_is_told_what_they_could_not_switch_off(alice):
    with pytest.raises(LookupError):
        notices.tell(alice, "nothing.known", "audit/head", key="x", url="/")


def test_the_profile_sees_own_choices_and_defaults(alice):
    Preference.objects.create(user=alice, event="audit.published", mail=False)

    chosen = {wish.event: (wish.mail, wish.inbox) for wish in notices.preferences(alice)}

    assert chosen["audit.published"] == (False, True)
    assert set(chosen) == set(notices.EVENTS) - notices.STAFF_ONLY - set(notices.ONLY_FOR)


def test_customers_are_not_asked_about_what_only_staff_are_told(alice, sam):
    def asked(person):
        return {wish.event for wish in notices.preferences(person)}

    ours = {"access.changed", "validity.doubted"}
    on_call = {"duty.changed", "duty.offered", "duty.reminded", "duty.unconfirmed"}
    assert asked(sam) - asked(alice) == {"ticket.noted", "ticket.unrouted", *ours, *on_call}


def test_failing_webhooks_are_offered_to_those_who_look_after_them(alice, carol, sam):
    def offered(person):
        return "webhook.failed" in {wish.event for wish in notices.preferences(person)}

    assert [offered(person) for person in (alice, carol, sam)] == [False, True, False]
