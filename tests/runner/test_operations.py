"""docs/operations.md says what is so, and its backup can be restored."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.core.management import call_command, get_commands
from django.db import connection
from django.urls import resolve

from runner.environment import site_packages
from runner.places import PROJECT
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.audit import chain
from supportdesk.audit.models import Entry
from tests.runner import deployment

GUIDE = (PROJECT / "docs" / "operations.md").read_text("utf-8")


def test_every_setting_is_explained_and_no_other():
    table = GUIDE.partition("## Settings")[2].partition("\n## ")[0]
    explained = re.findall(r"^\| `(\w+)`", table, re.M)

    assert sorted(explained) == sorted({setting.name for setting in deployment.settings_read()})


def test_what_is_needed_is_told_as_needed():
    needed = re.findall(r"^\| `(\w+)` \| none, needed \|", GUIDE, re.M)

    assert set(needed) == {one.name for one in deployment.settings_read() if one.required}


def test_every_command_and_every_page_that_it_names_exists():
    commands = set(re.findall(r"manage\.py (\w+)", GUIDE))
    services = set(
        re.findall(r"docker compose (?:run|exec|up)[^`\n]*? (web|migrate|postgres)\b", GUIDE)
    )

    assert commands - set(get_commands()) == set()
    assert {"web", "migrate", "postgres"} <= services <= set(deployment.SERVICES)
    for path in re.findall(r"`(/health/\w+)`", GUIDE):
        assert resolve(path)
    for path in re.findall(r"\]\((decisions/[\w.-]+)\)", GUIDE):
        assert (PROJECT / "docs" / path).exists()


def test_its_processes_are_those_of_compose():
    told = re.findall(r"^\| (\w+) \| `", GUIDE.partition("## Install")[0], re.M)

    assert set(told) == set(deployment.OURS) - {"migrate"}


def test_the_first_administrator_comes_in_by_command_and_leaves_a_line(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a-long-one-for-ada-2026")
    call_command("createsuperuser", email="Ada@desk.example", name="Ada", interactive=False)

    ada = User.objects.get(email="ada@desk.example")
    assert ada.roles == [Role.ADMIN]
    assert ada.is_staff
    assert ada.check_password("a-long-one-for-ada-2026")
    assert Entry.objects.get(verb="user.created").subject_id == ada.pk


@pytest.fixture
def empty_server() -> Iterator[str]:
    name = f"restored_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}")
        yield address(name)
        link.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_restored_and_its_audit_record_verified(closed_ticket, empty_server, tmp_path):
    chain.seal(thorough=True)
    position, head = chain.head()
    assert position > 3
    dump = tmp_path / "desk.dump"
    programs = programs_of_the_server()
    source = address(connection.settings_dict["NAME"])

    run(programs / "pg_dump", "--format=custom", f"--file={dump}", f"--dbname={source}")
    restored = ["--no-owner", "--exit-on-error", f"--dbname={empty_server}", dump]
    run(programs / "pg_restore", *restored)

    verify = [sys.executable, "manage.py", "verify_audit", "--head", f"{position}:{head}"]
    told = run(*verify, DATABASE_URL=empty_server)
    assert f"Sealed entries: {position}, head {position}:{head}" in told
    assert "Published heads compared: 1" in told


def address(database: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))


def programs_of_the_server() -> Path:
    """An older dump program refuses a newer server, and an older server a newer program's dump."""
    major = connection.pg_version // 10000
    found = [site_packages() / "pgserver/pginstall/bin", Path(f"/usr/lib/postgresql/{major}/bin")]
    found += [Path(place).parent for place in [shutil.which("pg_dump")] if place]
    fitting = [
        place
        for place in found
        if (place / "pg_dump").exists() and f" {major}." in run(place / "pg_dump", "--version")
    ]
    assert fitting, f"pg_dump of PostgreSQL {major} is needed"
    return fitting[0]


def run(*words: str | Path, **environ: str) -> str:
    done = subprocess.run(
        words,
        cwd=PROJECT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
