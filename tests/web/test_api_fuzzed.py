"""Schemathesis reads the API's description and holds the doors to it, on real rows.

`API_FUZZING=500` tries so many cases per operation, new ones each time.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import hypothesis
import pytest
import requests
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from schemathesis.core.parameters import ParameterLocation
from schemathesis.transport.requests import multipart_serializer
from schemathesis.transport.serialization import contains_binary
from schemathesis.transport.wsgi import WSGI_TRANSPORT

from oncall.actions import open_page
from oncall.models import Duty, Policy, Schedule
from releases.actions import plan_import, put_wish
from releases.inventory import MOST_BYTES
from supportdesk.accounts.actions import create_webhook, ping_webhook
from supportdesk.accounts.models import Scope, Token
from supportdesk.wsgi import application
from tests.factories import (
    CorrectionFactory,
    PackageFactory,
    SystemFactory,
    TopicFactory,
    UserFactory,
    a_defect,
    a_major_fault,
    a_package_file,
    a_session,
    a_ticket,
)
from tests.releases import fleet
from tickets import actions
from tickets.models import CheckPoint
from training.actions import enrol

LONG = int(os.environ.get("API_FUZZING", "0"))
FUZZED = hypothesis.settings(
    max_examples=LONG or 5,
    derandomize=not LONG,
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
CONFIG = {
    "generation": {
        # Each case carries the persona's token; what happens without, a check of its own tries.
        "with-security-parameters": False,
        # PostgreSQL's text knows no NUL. That it is refused is held in tests/tickets/test_api.py.
        "allow-x00": False,
    }
}

NEAR = "http://127.0.0.1:9/hook"  # resolved without a network
STANDSTILL = {"workaround": "none", "contact_name": "Alice Moser", "contact_phone": "0351 55 100"}
STANDS = {"contact_name": "Nora Lenz", "contact_phone": "030 5557 81", "no_workaround": True}
UNSEEN = {"defect", "wish"}  # by customers, who may not diagnose anyway
NAMED = ["topic", "defect", "correction", "system", "wish"]
FOLLOW_UP = {"difference": "The test system has another key.", "differs_since": "2026-01-05"}
WHOLE = {"level": (0, 10_000), "session": (1, 2**63)}  # what the description allows
DESCRIPTION = SchemaGenerator().get_schema(public=True)


@WSGI_TRANSPORT.serializer("multipart/form-data")
def as_real_clients_do(context: Any, value: Any) -> dict[str, Any]:
    """Schemathesis leaves forms to Werkzeug here, which writes empty parts that nobody can read."""
    prepared = requests.Request("POST", "http://localhost", **multipart_serializer(context, value))
    sent = prepared.prepare()
    return {"data": sent.body, "content_type": sent.headers["Content-Type"]}


@pytest.fixture
def known(open_ticket, alice, carol, sam, module, system, alpina) -> dict[str, Any]:
    """Names of rows that exist, by the names of the parameters and fields they can stand in.

    Any other would be refused as well-formed but unknown, and nothing behind that be tried.
    """
    file = SimpleUploadedFile("protokoll.txt", b"RC=12 in step 4\n")
    actions.reply(open_ticket, by=alice, text="Log", channel="portal", files=[file])
    a_ticket(by=alice, module=module, organisation=alpina)  # lists have a second page
    SystemFactory(organisation=alpina)
    webhook = create_webhook(alpina, by=carol, name="ITSM", url=NEAR)
    ping_webhook(webhook, by=carol)
    ping_webhook(webhook, by=carol)
    return {
        "tickets number": open_ticket.number,
        "defects number": a_defect(module, by=sam).number,
        "defect": a_defect(module, by=sam).number,
        "check points": [CheckPoint.objects.create(module=module, text="Read the log.").pk],
        "correction": CorrectionFactory(module=module).number,
        "wish": put_wish(module, by=sam, title="Sort", text="By day.").number,
        "major-faults id": a_major_fault(module, by=UserFactory(roles=["lead"])).pk,
        "attachments id": open_ticket.attachments.get().pk,
        "systems id": system.pk,
        **_given(alpina),
        "webhooks id": webhook.pk,
        **_places(alice, carol),
        "imports id": _imports(system, carol),
        "access-requests id": _access(open_ticket, sam, system),
        "pages id": _pages(),
        "policy": "Nights",
        "duties id": _duties(module.team),
        "modules code": module.code,
        "organisations code": alpina.code,
        "lines name": system.installed.line.name,
        "line": system.installed.line.name,
        "level": system.installed.level + 2,
        "planned_for": str(timezone.localdate()),
        "content": f"system;line;level\n{system.code};{system.installed.line};4",
        "module": module.code,
        "system": system.code,
        "organisation": alpina.code,
        "caller": alice.email,
        "url": NEAR,
        "team": module.team.name,
        "topic": TopicFactory(name="Zahlstellen").name,
    }


def _places(alice, carol) -> dict[str, Any]:
    """A session with room, which carol has a place in, too; and two of all, for second pages."""
    a_session(starts_at=timezone.now() + timedelta(days=40))
    session = a_session(capacity=9)
    rows = [enrol(session, [one], by=one)[0] for one in (carol, alice)]
    return {
        "courses id": session.course_id,
        "sessions id": session.pk,
        "session": session.pk,
        "enrolments id": rows[1].pk,
        "person": alice.email,
    }


def _given(organisation) -> dict[str, int]:
    """Two, so that lists have a second page."""
    for level in (3, 4):
        package = PackageFactory(level=level)
        a_package_file(package, "other.sar")
        file = a_package_file(package)
        delivery = fleet.deliver(package, organisation)
    return {"deliveries id": delivery.pk, "deliveries file": file.pk}


def _access(ticket, by, system) -> int:
    """Two, so that lists have a second page; the log has two lines."""
    start, purpose = timezone.now(), "To read the log."
    window = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
    for _n in range(2):
        wanted = actions.ask_access(ticket, by=by, system=system, purpose=purpose, **window)
        actions.withdraw_access(wanted, by=by)
    return wanted.pk


def _imports(system, by) -> int:
    """Two, so that lists have a second page; the first system has room for a plan."""
    runs = system.installed
    package = fleet.given_to(system.organisation, runs.line, runs.level + 2)
    for _n in range(2):
        other = SystemFactory(organisation=system.organisation, runs=(runs.line, runs.level))
        plan = plan_import(other, package, by=by, planned_for=timezone.localdate())
    return plan.pk


def _pages() -> int:
    """Two, so that lists have a second page."""
    policy, lead = (
        Policy.objects.create(name="Nights", is_default=True),
        UserFactory(roles=["lead"]),
    )
    for key in ("a", "b"):
        page = open_page(key, "Zahllauf steht", by=lead, policy=policy)
    return page.pk


def _duties(team) -> int:
    """Two, so that lists have a second page."""
    schedule, now = Schedule.objects.create(name="Nachts", team=team), timezone.now()
    for n in range(2):
        during = (now + timedelta(hours=n), now + timedelta(hours=n + 1))
        duty = Duty.objects.create(schedule=schedule, person=UserFactory(), during=during)
    return duty.pk


@pytest.fixture(autouse=True)
def one_connection(settings):
    """The requests run in the test's transaction: nobody closes its connection between them."""
    settings.WEBHOOK_TEST_NETWORKS = ["127.0.0.0/8"]
    settings.API_PER_MINUTE = {"reads": 10**9, "writes": 10**9}
    for signal in [request_started, request_finished]:
        signal.disconnect(close_old_connections)
    yield
    for signal in [request_started, request_finished]:
        signal.connect(close_old_connections)


def kept_to(persona: str) -> Any:
    """A test per operation. Each persona has a schema of its own, since cases are changed here."""
    config = schemathesis.Config.from_dict(CONFIG)
    schema = schemathesis.openapi.from_dict(DESCRIPTION, config=config)
    schema.app = application

    @schema.parametrize()
    @FUZZED
    def test(case, request, known):
        user = request.getfixturevalue(persona)
        use_known_names(case, {**known, "to": user.email})
        make_whole(case, known)
        if not user.is_vendor and isinstance(case.body, dict):
            for name in UNSEEN & case.body.keys():
                del case.body[name]
        with transaction.atomic():
            _token, secret = Token.objects.create(user=user, name="all", scopes=Scope.values)
            headers = {"Authorization": f"Token {secret}"}
            response = case.call_and_validate(headers=headers)
            if following := next_page(response):
                case.query["cursor"] = following
                assert case.call_and_validate(headers=headers).status_code == 200
            transaction.set_rollback(True)

    return test


test_the_description_is_kept_to_a_member = kept_to("alice")
test_the_description_is_kept_to_a_coordinator = kept_to("carol")
test_the_description_is_kept_to_an_agent = kept_to("sam")


def use_known_names(case, known: dict[str, Any]) -> None:
    """In place of well-formed ones that belong to nothing; malformed ones stay as they are."""
    case.freeze_metadata()  # or it is judged anew with files in it, and wrongly
    meta, noun = case.meta, case.path.split("/")[3]
    for name in case.path_parameters if not meta.is_negative_at(ParameterLocation.PATH) else []:
        case.path_parameters[name] = known[f"{noun} {name}"]
    if isinstance(case.body, dict):
        if "subject" in case.body:  # staff name the customer, and nobody is hindered by it
            case.body.setdefault("organisation", known["organisation"])
        for name in case.body.keys() & known.keys():
            given, real = case.body[name], known[name]
            if could_be(given, real, name):
                case.body[name] = real
        if contains_binary(files := case.body.get("files")):
            case.body["files"] = [b"RC=12 in step 4"] * len(files)
    if isinstance(case.query.get("cursor"), str):
        case.query["cursor"] = ""  # any other is refused but those we have signed


def could_be(given: Any, real: Any, name: str) -> bool:
    """Whether what was drawn is of the kind that is known by this name."""
    if name in ("level", "session"):
        low, above = WHOLE[name]  # not `in range`, which tries a fraction against each number
        return type(given) in (int, float) and low <= given < above and given % 1 == 0
    if name == "content":
        return isinstance(given, str) and bool(given.strip()) and len(given) <= MOST_BYTES
    if name == "planned_for":
        return is_day(given)
    if isinstance(real, int):
        return type(given) is int or (isinstance(given, str) and given.isdecimal())
    return is_well_formed(given) and (name == "url" or "@" in given or "@" not in real)


def is_day(given: Any) -> bool:
    try:
        return bool(date.fromisoformat(given))
    except (TypeError, ValueError):
        return False


def make_whole(case, known: dict[str, Any]) -> None:
    """What one answer demands of others, a description cannot say."""
    if not isinstance(case.body, dict) or case.meta.is_negative_at(ParameterLocation.BODY):
        return
    if case.body.get("customer_priority") == 1:
        case.body.update(STANDSTILL)
    if case.body.get("priority") == 1:
        case.body.update(STANDS)
    if case.path.endswith("/resolve/"):  # of a ticket that has none yet
        case.body.setdefault("verdict", "settings_difference")
    if case.path.endswith("/link_correction/"):  # of a ticket that names no system
        case.body.setdefault("system", known["system"])
    if "missing" in case.body:
        case.body["missing"] = known["check points"]
    if "verdict" in case.body:
        case.body.update(FOLLOW_UP, **{name: known[name] for name in NAMED})


def is_well_formed(name: Any) -> bool:
    return isinstance(name, str) and bool(name.strip()) and len(name) <= 500


def next_page(response) -> str | None:
    """The cursor of the next page, where there is one."""
    if response.status_code != 200 or not response.headers["content-type"][0].endswith("json"):
        return None
    body = response.json()
    link = body.get("next") if isinstance(body, dict) else None
    return parse_qs(urlsplit(link).query)["cursor"][0] if link else None
