"""A house with two insurers in it, built once per module, and everybody who might knock."""

import pytest
from django.db import transaction
from django.test import override_settings

from tests.web import world
from tests.web.personas import visitors


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory):
    files = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"))
    with files, django_db_blocker.unblock(), transaction.atomic():
        yield world.build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def knocking(house):
    return visitors(house)
