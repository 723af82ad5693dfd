"""News and links at the same moment, by real threads."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from supportdesk.messaging import outbox
from supportdesk.messaging.models import Event
from tests.tickets.corrections.story import deliver, imported, letters, link, now, react, release
from tickets.models import Status


def in_threads(*calls):
    def one(call):
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(one, call) for call in calls]]


@pytest.mark.django_db(transaction=True)
def test_two_workers_move_each_ticket_once(
    alpinas, hansas, package, system, alpina, hansa, rita, carol, alice, mallory
):
    release(package, rita)
    react()
    deliver(package, alpina, hansa, by=rita)
    imported(system, package, carol)
    for name in ("package.delivered", "system.reported"):  # everything told twice
        outbox.emit(name, **Event.objects.filter(name=name).latest("pk").body)

    in_threads(react, react)
    react()

    assert (now(alpinas).status, now(hansas).status) == ("resolved", "waiting_customer")
    assert letters(mallory) == ["fixed", "delivered"]
    assert letters(alice) == ["fixed", "resolved"]


@pytest.mark.django_db(transaction=True)
def test_a_link_and_a_delivery_at_the_same_moment_never_miss_each_other(
    open_ticket, system, correction, package, alpina, sam, rita
):
    release(package, rita)
    react()

    in_threads(
        lambda: link(open_ticket, by=sam, correction=correction, system=system),
        lambda: (deliver(package, alpina, by=rita), react()),
    )
    react()

    assert now(open_ticket).status == Status.WAITING_CUSTOMER
