"""What a load balancer is told when a part is missing."""

import pytest
from django.db.migrations.recorder import MigrationRecorder

from supportdesk.web import health

LIVE, READY = "/health/live", "/health/ready"


@pytest.fixture(autouse=True)
def a_new_process():
    health.MIGRATED.clear()
    yield
    health.MIGRATED.clear()


def test_all_is_well(client, db):
    answer = client.get(READY)

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": True,
        "migrations": True,
        "broker": True,
    }


def test_migrations_to_come_are_named_and_keep_readers_away(client, db):
    last = MigrationRecorder.Migration.objects.filter(app="messaging").latest("id")
    last.delete()

    answer = client.get(READY)

    assert answer.status_code == 503
    assert answer.json()["status"] == "unavailable"
    assert (answer.json()["database"], answer.json()["migrations"]) == (True, False)


def test_once_migrated_the_question_costs_one_query(client, db, django_assert_num_queries):
    client.get(READY)

    with django_assert_num_queries(1):
        client.get(READY)


def test_without_the_broker_it_is_degraded_and_ready(client, db, settings):
    nobody = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nobody}

    answer = client.get(READY)

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["broker"]) == ("degraded", False)
