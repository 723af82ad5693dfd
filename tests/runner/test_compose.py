"""Dockerfile, compose.yaml and .env.example name only what the project has, and all it needs.

Nobody here can start them; so each word that could be wrong is held against the code.
"""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve

from runner.places import PROJECT
from tests.runner import deployment
from tests.runner.deployment import COMPOSE, DOCKERFILE, OURS, SERVICES, THEIRS, command

LASTING = [name for name in OURS if name != "migrate"]


def test_every_process_of_the_runner_is_a_service():
    source = (PROJECT / "runner/__main__.py").read_text("utf-8")
    started = set(re.findall(r'house\.start\(\s*"(\w+)"', source)) - {"demo"}

    assert started == set(LASTING)
    assert {"postgres", "valkey"} <= set(THEIRS)


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name):
    words = command(name)
    if "manage.py" in words:
        assert words[words.index("manage.py") + 1] in get_commands()
    elif "celery" in words:
        assert hasattr(import_module(words[words.index("-A") + 1]).celery, "app")
        assert words[3] in {"worker", "beat"}
    else:
        assert words[0] == "gunicorn"
        assert callable(import_module(words[-1]).application)
        config = import_module(words[words.index("-c") + 1].removeprefix("python:"))
        assert config.bind.endswith(":8000")


def test_the_image_is_made_by_commands_that_exist():
    named = re.findall(r"manage\.py (\w+)", DOCKERFILE)

    assert {"catalogues", "collectstatic"} <= set(named)
    assert set(named) <= set(get_commands())


def test_the_image_holds_every_package_of_ours_and_nothing_that_is_missing():
    sources = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M)
    let_in = re.findall(r"^!(\S+)$", (PROJECT / ".dockerignore").read_text("utf-8"), re.M)
    packages = {app.partition(".")[0] for app in settings.INSTALLED_APPS}
    ours = {name for name in packages if (PROJECT / name).is_dir()}

    assert ours | {"templates", "static", "locale", "manage.py"} <= set(sources)
    assert [name for name in sources if not (PROJECT / name).exists()] == []
    assert {name.partition("/")[0] for name in sources} == set(let_in)


def test_the_queues_that_are_served_are_those_that_are_used():
    served = {words[words.index("-Q") + 1] for words in map(command, OURS) if "-Q" in words}
    used = {"celery"}
    used |= {
        one["options"]["queue"]
        for one in settings.CELERY_BEAT_SCHEDULE.values()
        if "options" in one
    }
    for path in PROJECT.glob("*/**/*.py"):
        if path.relative_to(PROJECT).parts[0] in {"supportdesk", "tickets", "releases"}:
            used |= set(re.findall(r'queue\b[^=\n]*= ?"(\w+)"', path.read_text("utf-8")))

    assert served == used


def test_every_variable_that_is_given_is_read():
    read = {setting.name for setting in deployment.settings_read()}
    read |= set(deployment.interpolated((PROJECT / "compose.yaml").read_text("utf-8")))
    given = {*deployment.example(), *deployment.image_environ(), *OURS["web"]["environment"]}

    assert given - read == set()


@pytest.mark.parametrize("name", OURS)
def test_every_setting_that_is_needed_is_given(name):
    needed = {setting.name for setting in deployment.settings_read() if setting.required}
    given = {*deployment.example(), *deployment.image_environ(), *OURS[name]["environment"]}

    assert {"SECRET_KEY", "DATABASE_URL"} <= needed
    assert needed - given == set()
    assert OURS[name]["env_file"] == ".env"


@pytest.mark.parametrize("name", OURS)
def test_the_addresses_name_services_that_can_be_reached(name):
    for address in OURS[name]["environment"].values():
        server = re.search(r"(?:@|://)(\w+):\d+/", address).group(1)
        assert set(SERVICES[server]["networks"]) & set(OURS[name]["networks"])


def test_the_health_checks_ask_for_pages_that_exist():
    asked = re.findall(r"http://127\.0\.0\.1:8000(/[\w/]+)", str(SERVICES))

    assert asked
    for path in asked:
        assert resolve(path)


def test_the_pings_reach_workers_by_the_names_they_have():
    for name in ["worker", "urgent"]:
        (asked,) = re.findall(r"-d (\w+)@", SERVICES[name]["healthcheck"]["test"][1])
        assert f"{asked}@%h" in command(name)


@pytest.mark.parametrize("name", [*LASTING, *THEIRS])
def test_every_service_that_lasts_is_watched_and_started_again(name):
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "clamav"])
def test_every_service_may_do_as_little_as_possible(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service["user"].startswith("0")
    assert "/tmp" in service["tmpfs"]


def test_the_image_does_not_run_as_root_and_its_user_owns_the_files():
    (user,) = re.findall(r"^USER (\d+)$", DOCKERFILE, re.M)

    assert f"--uid {user}" in DOCKERFILE
    assert all(service["user"] == f"{user}:{user}" for service in OURS.values())
    assert all(service["volumes"] == ["files:/data"] for service in OURS.values())
    assert deployment.image_environ()["DATA_DIR"] == "/data"


def test_nothing_waits_for_what_is_not_there():
    for service in SERVICES.values():
        for name, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert SERVICES[name]["healthcheck"]
            else:
                assert SERVICES[name]["restart"] == "no"
        for volume in service.get("volumes", []):
            assert volume.partition(":")[0] in COMPOSE["volumes"]
        assert set(service["networks"]) <= set(COMPOSE["networks"])


def test_only_the_web_is_reached_from_outside_and_only_by_the_proxy_on_the_machine():
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_images_are_named_without_a_host():
    named = re.findall(r"^FROM (\S+)", DOCKERFILE, re.M)
    named += [service["image"] for service in SERVICES.values()]

    assert [name for name in named if "." in name.partition("/")[0] and "/" in name] == []
