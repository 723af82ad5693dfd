"""How far behind the desk is: for those who look after it, and for monitoring."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from supportdesk.messaging import lag, outbox
from supportdesk.messaging.models import Dispatch, Event

INDEX = reverse("admin:index")


@pytest.fixture
def long_ago(db) -> None:
    """An event and a message that wait since five minutes; others are done."""
    at = timezone.now() - timedelta(minutes=5)
    outbox.emit("test.happened")
    Event.objects.update(created_at=at)
    Event.objects.create(name="test.happened", done_at=at, created_at=at - timedelta(days=1))
    Event.objects.create(name="test.happened", dead_at=at, created_at=at - timedelta(days=1))
    for key, state in [("a", "waiting"), ("b", "dead"), ("c", "cancelled")]:
        Dispatch.objects.create(
            dedupe_key=key, channel="mail", address="-", state=state, created_at=at
        )


def test_only_what_waits_counts(long_ago):
    for found in [lag.of_events(), lag.of_dispatches()]:
        assert found.waiting == 1
        assert timedelta(minutes=5) <= found.age < timedelta(minutes=6)
        assert found.is_long


def test_nothing_waits(db):
    assert (lag.of_events().waiting, lag.of_events().age) == (0, timedelta())
    assert not lag.of_dispatches().is_long


def said(**options: float) -> tuple[str, int]:
    out, code = StringIO(), 0
    try:
        call_command("lag", stdout=out, **options)
    except SystemExit as end:
        code = end.code
    return out.getvalue(), code


def test_monitoring_is_told_by_the_exit_code(long_ago):
    text, code = said()

    assert code == 1
    assert "events         1 waiting, the oldest for 300 s" in text
    assert said(most=1000)[1] == 0


@pytest.mark.parametrize(("who", "seen"), [("ada", True), ("audrey", True), ("sam", False)])
def test_the_start_page_warns_those_who_look_after_the_desk(
    client, request, who, seen, long_ago, module
):
    client.force_login(request.getfixturevalue(who))
    html = client.get(INDEX).content.decode()

    assert (f"{reverse('admin:messaging_event_changelist')}?dead=0" in html) is seen
    assert ("the oldest for 5\xa0minutes" in html) is seen
    assert ('class="sd-hot"' in html) is seen


def test_the_figures_lead_to_what_they_count(client, ada, long_ago):
    client.force_login(ada)

    for name, query in [("event", "?dead=0"), ("dispatch", "?state__exact=waiting")]:
        page = client.get(reverse(f"admin:messaging_{name}_changelist") + query)
        assert page.context["cl"].result_count == 1
