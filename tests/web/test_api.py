"""What every API door shares: tokens, scopes, problems, throttles, the description."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from rest_framework import serializers

from supportdesk.accounts.actions import revoke_token
from supportdesk.accounts.models import Token
from supportdesk.web.api.doors import Courtesy, DeskViewSet
from supportdesk.web.api.problems import MEDIA_TYPE
from tests.api import calling_as

ME = "/api/v1/me/"


def doors(resolver=None, path=""):
    """Every address below /api/ with its view class."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = path + str(entry.pattern)
        if isinstance(entry, URLResolver) and here.startswith("api/"):
            yield from doors(entry, here)
        elif isinstance(entry, URLPattern) and here.startswith("api/"):
            yield here, getattr(entry.callback, "cls", None)


def test_every_door_is_one_of_ours():
    found = dict(doors())

    assert len(found) > 25
    pages = {path for path, door in found.items() if door is None}
    assert pages == {"api/docs/"}
    assert all(issubclass(door, Courtesy) for path, door in found.items() if path not in pages)


def test_serializers_name_their_fields():
    """No `ModelSerializer`: what comes in and goes out is written down, never derived."""
    derived, waiting = [], list(serializers.Serializer.__subclasses__())
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        ours = one.__module__.partition(".")[0] in {"supportdesk", "tickets", "releases"}
        if ours and issubclass(one, serializers.ModelSerializer):
            derived.append(one)
    assert derived == []


def test_a_token_says_whose_it_is_and_what_it_may_touch(alice):
    assert calling_as(alice, scopes=["tickets:read"]).get(ME).json() == {
        "id": alice.pk,
        "email": alice.email,
        "name": "Alice Moser",
        "organisation": "ALP",
        "roles": ["member"],
        "language": "en",
        "scopes": ["tickets:read"],
    }


@pytest.mark.parametrize(
    "header",
    ["", "Token", "Token x", "Token a b", "Token \xff\xfe", "Token \0", "Basic YTpi", "Bearer x"],
)
def test_without_a_valid_token_nobody_comes_in(db, header):
    response = Client(headers={"Authorization": header}).get(ME)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Token"
    assert response.headers["Content-Type"] == MEDIA_TYPE


def test_an_expired_token_is_refused(alice):
    client = calling_as(alice)
    Token.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    assert client.get(ME).status_code == 401


def test_a_revoked_token_is_refused(alice):
    client = calling_as(alice)
    assert client.get(ME).status_code == 200
    revoke_token(Token.objects.get(), by=alice)

    assert client.get(ME).status_code == 401


def test_the_token_of_a_disabled_person_is_refused(alice):
    client = calling_as(alice)
    alice.is_active = False
    alice.save()

    assert client.get(ME).status_code == 401


def test_the_use_of_a_token_is_noted_but_not_each_time(alice, time_machine):
    time_machine.move_to("2026-11-25 08:00:00Z", tick=False)
    client = calling_as(alice)
    for minute in [0, 4, 6]:
        time_machine.move_to(f"2026-11-25 08:0{minute}:00Z", tick=False)
        client.get(ME)
        assert Token.objects.get().last_used_at.minute == (0 if minute < 5 else 6)


def test_a_session_opens_no_api(client, alice):
    """Or another site could act in the name of whoever is signed in."""
    client.force_login(alice)

    assert client.get(ME).status_code == 401


@pytest.mark.parametrize("door", ["tickets", "attachments", "modules", "lines", "systems"])
def test_reading_asks_for_the_scope_to_read(alice, door):
    response = calling_as(alice, scopes=["webhooks"]).get(f"/api/v1/{door}/")

    assert response.status_code == 403
    assert response.json()["code"] == "scope"


def test_a_door_that_names_no_scope_is_closed(alice, rf):
    class Forgetful(DeskViewSet):
        queryset = Token.objects.all()

    _token, secret = Token.objects.create(user=alice, name="all", scopes=["tickets:read"])
    request = rf.get("/", headers={"Authorization": f"Token {secret}"})

    assert Forgetful.as_view({"get": "list"})(request).status_code == 403


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
@pytest.mark.parametrize("path", ["tickets/", "tickets/7/", "tickets/7/reply/", "me/"])
def test_unmapped_methods_are_refused(alice, method, path):
    response = getattr(calling_as(alice), method)(f"/api/v1/{path}")

    assert response.status_code == 405
    assert response.headers["Allow"]
    assert response.headers["Content-Type"] == MEDIA_TYPE


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v1/tickets/x/"])
def test_an_address_that_is_none_is_a_problem(alice, path):
    response = calling_as(alice).get(path)

    assert response.status_code == 404
    assert response.json() == {
        "type": "urn:supportdesk:problem:not_found",
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": "Not found.",
        "errors": [],
    }
    assert Client().get(path).status_code == 401


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"text": "\xff"}', "application/json", 400),
        (b'{"text": "\\ud800"}', "application/json", 400),
        (b'{"text": NaN}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"", "application/json", 400),
        (b'{"text": "' + b"x" * 3_000_000 + b'"}', "application/json", 413),
        (b"<a/>", "text/xml", 415),
        (b"text=x", "application/x-www-form-urlencoded", 415),
        (b"no boundary", "multipart/form-data", 400),
        (b"--x\r\n", "multipart/form-data; boundary=x", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem(alice, new_ticket, body, content_type, status):
    address = f"/api/v1/tickets/{new_ticket.number}/reply/"

    response = calling_as(alice).post(address, body, content_type)

    assert response.status_code == status
    assert response.headers["Content-Type"] == MEDIA_TYPE


def test_more_files_than_anybody_sends_are_a_problem(alice, new_ticket):
    part = '--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\na\r\n'
    body = (part * 30 + "--x--\r\n").encode()
    address = f"/api/v1/tickets/{new_ticket.number}/reply/"

    assert (
        calling_as(alice).post(address, body, "multipart/form-data; boundary=x").status_code == 400
    )


def test_an_answer_nobody_asked_for_is_a_problem(alice):
    response = calling_as(alice).get(ME, headers={"Accept": "application/xml"})

    assert response.status_code == 406


def test_our_own_fault_tells_nothing(alice, monkeypatch):
    client = calling_as(alice)
    client.raise_request_exception = False

    def broken(*_args):
        raise RuntimeError("secret: the table is gone")

    monkeypatch.setattr("supportdesk.accounts.api.MeOut.of", broken)
    response = client.get(ME)

    assert response.status_code == 500
    assert response.json()["code"] == "error"
    assert b"secret" not in response.content


def test_answers_are_not_kept_by_anybody(alice):
    assert calling_as(alice).get(ME).headers["Cache-Control"] == "no-store"


def test_problems_speak_the_readers_language(alice):
    client = calling_as(alice)
    german = client.get("/api/v1/nothing/", headers={"Accept-Language": "de"}).json()

    assert german["code"] == "not_found"
    assert german["detail"] != client.get("/api/v1/nothing/").json()["detail"]


def test_without_a_language_the_settings_of_the_person_count(alice):
    _token, secret = Token.objects.create(user=alice, name="plain", scopes=[])
    alone = Client(headers={"Authorization": f"Token {secret}"})

    assert alone.get("/api/v1/nothing/").json()["detail"] == "Not found."


@pytest.fixture
def narrow(settings):
    settings.API_PER_MINUTE = {"reads": 2, "writes": 1}
    cache.clear()


def test_whoever_calls_too_often_is_told_when_to_come_back(narrow, alice, carol, time_machine):
    time_machine.move_to("2026-11-25 08:00:10Z", tick=False)
    client = calling_as(alice)

    told = [client.get(ME).headers["RateLimit-Remaining"] for _ in range(2)]
    refused = calling_as(alice).get(ME)  # another token, the same person

    assert told == ["1", "0"]
    assert refused.status_code == 429
    assert refused.json()["code"] == "throttled"
    assert refused.headers["Retry-After"] == refused.headers["RateLimit-Reset"] == "50"
    assert refused.headers["RateLimit-Limit"] == "2"
    assert calling_as(carol).get(ME).status_code == 200
    time_machine.move_to("2026-11-25 08:01:00Z", tick=False)
    assert client.get(ME).status_code == 200


def test_writes_are_counted_apart(narrow, alice, new_ticket):
    client = calling_as(alice)
    address = f"/api/v1/tickets/{new_ticket.number}/reply/"

    assert client.post(address, {"text": "One"}).status_code == 201
    assert client.post(address, {"text": "Two"}).status_code == 429
    assert client.get(ME).status_code == 200


def test_counters_end_by_themselves():
    cache.clear()
    cache.count("calls", seconds=120)

    assert cache.count("calls", seconds=120) == 2
    client = cache._cache.get_client("calls")
    assert 110 < client.ttl(cache.make_key("calls")) <= 120


def test_nobody_is_refused_while_the_counters_are_away(narrow, settings, alice):
    away = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {**settings.CACHES, "default": away}
    client = calling_as(alice)

    assert [client.get(ME).status_code for _ in range(4)] == [200] * 4


def test_the_description_is_whole():
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")


def test_the_description_names_each_operation_once_and_its_problems(alice):
    schema = calling_as(alice).get("/api/schema/?format=json").json()
    operations = [
        (method, operation)
        for path in schema["paths"].values()
        for method, operation in path.items()
    ]
    names = [operation["operationId"] for _method, operation in operations]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+_[a-z_]+", name) for name in names)
    for method, operation in operations:
        told = set(operation["responses"])
        assert told >= {"400", "401", "403", "404", "429"}, operation["operationId"]
        assert method == "get" or told >= {"409", "415", "422"}
        assert operation["description"], operation["operationId"]


def test_strangers_see_no_description(client, db):
    assert client.get("/api/schema/").status_code == 401
    assert client.get("/api/docs/").status_code == 302


def test_the_page_of_the_description_runs_no_script_but_ours(client, alice):
    client.force_login(alice)
    response = client.get("/api/docs/")
    policy = dict(
        part.strip().split(" ", 1)
        for part in response.headers["Content-Security-Policy"].split(";")
    )

    assert "unsafe-inline" not in policy["script-src"]
    assert "unsafe-inline" in policy["style-src"]
    assert b"<script>" not in response.content
    assert client.get("/api/schema/").status_code == 200
