"""Which servers it takes, and what it does with those that an earlier run left behind."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psycopg
import pytest

from runner import servers
from runner.places import Trouble

MACHINE = [Path(f"/usr/lib/postgresql/{version}/bin/postgres") for version in range(15, 19)]
VERSION = "from django.db import connection as c; c.connect(); print('version', c.pg_version)"


def test_a_server_that_was_left_behind_is_ended_and_its_data_are_there(place, capsys):
    left = servers.postgres(place / "data", name="test", quick=True, log=place / "log")
    psql(left, "CREATE TABLE kept (n int)")

    again = servers.postgres(place / "data", name="test", quick=True, log=place / "log")
    try:
        assert left.process.wait(10) == 0  # it was asked, not killed
        assert "left behind" in capsys.readouterr().out
        assert psql(again, "SELECT count(*) FROM kept") == [(0,)]
    finally:
        again.stop()


def test_a_stranger_who_has_the_number_of_a_server_that_died_is_let_alone(place):
    dead = servers.postgres(place / "data", name="test", quick=True, log=place / "log")
    lock = place / "data" / "postmaster.pid"
    left = lock.read_text()
    dead.process.kill()
    dead.process.wait()
    with subprocess.Popen(["postgres", "60"], executable="/bin/sleep") as stranger:
        lock.write_text(left.replace(left.splitlines()[0], str(stranger.pid), 1))

        again = servers.postgres(place / "data", name="test", quick=True, log=place / "log")

        again.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_a_path_that_is_too_long_for_a_socket_does_no_harm(place):
    data = place.joinpath(*["a-long-folder-name-of-somebody"] * 5) / "data"
    server = servers.postgres(data, name="test", quick=True, log=place / "log")
    try:
        assert psql(server, "SELECT 1") == [(1,)]
    finally:
        server.stop()


def test_a_broker_that_was_left_behind_is_ended(place):
    left = servers.valkey(place / "data", log=place / "log")
    again = servers.valkey(place / "data", log=place / "log")
    try:
        assert left.process.wait(10) == 0
        assert again.url != left.url
    finally:
        again.stop()


def test_without_the_wheel_the_machines_postgresql_is_used_or_asked_for(clone):
    house = clone()
    for part in house.folder.glob(".venv/lib/*/site-packages/pgserver*"):
        part.unlink()
    run = house.start("manage", "shell", "-c", VERSION)

    if any(path.exists() for path in MACHINE):
        assert 150000 <= int(run.hears("version").split()[1]) < 190000
        assert run.ends() == 0
    else:
        assert run.ends() == 1
        assert "install PostgreSQL 15 or newer, or set DATABASE_URL" in run.text


def test_a_place_without_postgresql_is_answered_by_what_to_do(monkeypatch, place):
    monkeypatch.setenv("POSTGRES_BIN", str(place))

    with pytest.raises(Trouble, match="or set DATABASE_URL"):
        servers.postgres(place / "data", name="test", log=place / "log")


def test_servers_of_ones_own_are_used_and_none_are_started(clone):
    house = clone()
    named = {name: os.environ[name] for name in ("DATABASE_URL", "BROKER_URL")}
    run = house.start("manage", "shell", "-c", VERSION, **named)

    assert run.hears("version")
    assert run.ends() == 0
    assert not (house.folder / "var" / "postgres").exists()
    assert not (house.folder / "var" / "valkey").exists()


def test_servers_of_ones_own_are_not_emptied(clone):
    run = clone().start("fresh", DATABASE_URL=os.environ["DATABASE_URL"])

    assert run.ends() == 1
    assert "That is for you to empty" in run.text


def psql(server: servers.Server, statement: str) -> list[tuple]:
    with psycopg.connect(server.url, autocommit=True) as link:
        done = link.execute(statement)
        return done.fetchall() if done.description else []
