"""Hostile words in every field of every form and of the API: nothing breaks, nothing is changed.

`make corpus DATA_DIR=...` runs the same over a folder of such strings.
"""

import json
from html import unescape

import pytest
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator

from tests.web import bodies
from tests.web.hostile import FOLDER, meet, strings
from tests.web.pages import FORM, Form, forms_of
from tests.web.routes import all_routes

pytestmark = pytest.mark.django_db
JSON = "application/json"
ROUTES = all_routes()
WORDS = strings()
# The corpus is for what customers and programs reach; the office is read with our own strings.
READERS = ["carol"] if FOLDER else ["carol", "lea", "ada"]


@pytest.fixture(autouse=True)
def _unhurried(settings):
    settings.API_PER_MINUTE = {"reads": 10**9, "writes": 10**9}
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture(scope="module")
def forms(house, knocking) -> list[tuple[str, Form]]:
    """Every form with something to type, once, with somebody who sees it."""
    found: dict[tuple, tuple[str, Form]] = {}
    for route in [route for route in ROUTES if not route.is_api]:
        for name in READERS:
            path = route.path(house)
            answer = knocking["pages"][name].ask("GET", path)
            if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
                for form in forms_of(answer.content.decode(), path):
                    found.setdefault(form.kind, (name, form))
    return list(found.values())


def _sent(visitor, form: Form, words: str):
    body = form.filled(words)
    if form.method == "get":
        return visitor.ask("GET", f"{form.action}?{body}")
    return visitor.ask("POST", form.action, body, content_type=FORM)


@pytest.mark.parametrize("name", WORDS)
def test_no_form_breaks(name, forms, knocking, counted):
    broken = []
    for place, (reader, form) in enumerate(forms):
        if not meet(name, place) or (len(WORDS[name]) > 6000 and form.method == "get"):
            continue  # longer than any server takes an address
        answer = _sent(knocking["pages"][reader], form, WORDS[name])
        counted["requests to pages"] += 1
        if answer.status_code >= 500:
            broken.append(f"{form.method} {form.action} {form.typed}")
    counted["strings in forms"] += 1

    assert broken == []


def test_forms_were_found(forms, counted):
    paths = {form.action.partition("?")[0] for _reader, form in forms}
    assert {"/tickets/new/", "/tickets/", "/organisation/invite/", "/profile/about/"} <= paths
    assert FOLDER or {"/office/accounts/user/", "/office/releases/module/add/"} <= paths
    counted["forms"] = len(forms)
    counted["fields in forms"] = sum(len(form.typed) for _reader, form in forms)


@pytest.fixture(scope="module")
def described() -> dict[str, tuple[list[str], list[str]]]:
    """By name of the route: fields for words, and fields that name something else."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    found = {}
    for route in [route for route in ROUTES if route.is_api]:
        post = (
            schema["paths"].get(route.pattern.replace("<", "{").replace(">", "}"), {}).get("post")
        )
        if not post or JSON not in post.get("requestBody", {}).get("content", {}):
            continue
        name = post["requestBody"]["content"][JSON]["schema"]["$ref"].rsplit("/", 1)[1]
        facts = schema["components"]["schemas"][name]["properties"]
        words = [field for field, fact in facts.items() if "maxLength" in fact]
        found[route.name] = words, [field for field in facts if field not in words]
    return found


@pytest.mark.parametrize("name", WORDS)
def test_no_field_of_the_api_breaks(name, described, house, knocking, counted):
    broken = []
    for route in [route for route in ROUTES if route.name in described]:
        valid, _kind = bodies.of(route, house)
        words, others = described[route.name]
        for fields in (words, others):
            body = json.dumps({**valid, **dict.fromkeys(fields, WORDS[name])})
            answer = knocking["api"]["lea"].ask("POST", route.path(house), body, content_type=JSON)
            counted["requests to the API"] += 1
            if answer.status_code >= 500 or (answer.status_code >= 400 and not answer.json()):
                broken.append(f"{route.name} {fields}: {answer.status_code}")

    assert broken == []


LISTS = [route for route in ROUTES if route.name.endswith("-list")]
ASKED = ["q", "cursor", "limit", "ordering", "status", "priority", "module", "system"]
ASKED += ["organisation", "external_number", "opened_after", "changed_since", "none"]


@pytest.mark.parametrize("name", [name for name in WORDS if len(WORDS[name]) < 6000])
def test_no_question_to_a_list_breaks(name, house, knocking, counted):
    broken = []
    for place, route in enumerate(LISTS if not FOLDER else LISTS[-2:]):
        for field in ASKED if meet(name, place) else []:
            query = Form("", "get", {field: [WORDS[name]]}).filled("", [])
            answer = knocking["api"]["lea"].ask("GET", f"{route.path(house)}?{query}")
            counted["questions to lists"] += 1
            if answer.status_code >= 500:
                broken.append(f"{route.name}?{field}=")

    assert broken == []


@pytest.mark.parametrize("name", WORDS)
def test_what_was_taken_comes_back_unchanged(name, house, knocking, counted):
    """Through the API in, and out through API and page. Lines of one line lose outer blanks."""
    words, alice = WORDS[name], knocking["api"]["alice"]
    fits = {"external_number": 60, "message_id": 120, "job": 120}
    facts = {field: words for field, most in fits.items() if len(words) <= most}
    facts |= {"text": words, "steps": words, "already_checked": words}
    if len(words) <= 200:
        facts["subject"] = words
    with transaction.atomic():
        number = _opened(alice, house, facts)
        if number:
            _compare(facts, number, alice, knocking["pages"]["alice"])
            counted["strings came back unchanged"] += 1
        else:
            counted["strings refused with a reason"] += 1
        transaction.set_rollback(True)
    # A refusal is said in words; what may be refused is little.
    assert (
        number or not words.strip() or any([len(words) > 100_000, "\0" in words, "\ud800" in words])
    ), "refused"


def _opened(alice, house, facts: dict[str, str]) -> int | None:
    plain = bodies.GIVEN["ticket-list"](house)
    answer = alice.client.post("/api/v1/tickets/", json.dumps(plain | facts), JSON)
    assert answer.status_code in (201, 400), answer.content
    return answer.json()["number"] if answer.status_code == 201 else None


def _compare(facts: dict[str, str], number: int, alice, reader) -> None:
    shown = alice.client.get(f"/api/v1/tickets/{number}/").json()
    said = alice.client.get(f"/api/v1/tickets/{number}/messages/").json()["results"][0]["text"]
    for field, words in facts.items():
        if field == "subject":
            assert shown[field] == " ".join(words.split())
        elif field in ("external_number", "message_id", "job"):
            assert shown[field] == words.strip()
        else:
            assert {**shown, "text": said}[field] == words, field
    page = reader.ask("GET", f"/tickets/{number}/").content.decode()
    assert facts["text"] in unescape(page) or "\r" in facts["text"]
    for dangerous in ("<script>alert", "<img src=x", "<svg/onload"):
        assert dangerous not in page


CROOKED = [
    ("GET", "/tickets/%ff%fe/", {}),
    ("GET", "/tickets/%00/", {}),
    ("GET", "/tickets/99999999999999999999999/", {}),
    ("GET", "/tickets/?q=%ff%fe&after=%ff~1&before=%00", {}),
    ("GET", "/tickets/?after=0001-01-01T00:00:00%2B23:59~1&order=changed&view=all", {}),
    ("GET", "/tickets/?after=9999-12-31T23:59:59-23:59~1&order=changed&view=all", {}),
    ("GET", "/attachments/99999999999999999999999/", {}),
    ("GET", "/inbox/?x=" + "%C0%80" * 50, {}),
    ("GET", "/tickets/", {"HTTP_ACCEPT_LANGUAGE": "\xff\xfe;q=x, " + "a-" * 3000}),
    ("GET", "/tickets/", {"HTTP_REFERER": "http://[::1", "HTTP_HX_REQUEST": "true"}),
    ("GET", "/tickets/", {"HTTP_COOKIE": "sessionid=\xff\xfe; csrftoken=%00; x"}),
    ("POST", "/tickets/new/", {"data": b"subject=%ff%fe&text=\xff", "content_type": FORM}),
    ("POST", "/tickets/new/", {"data": b"--x", "content_type": "multipart/form-data"}),
    ("POST", "/tickets/new/", {"data": b"--x", "content_type": "multipart/form-data; boundary=x"}),
    ("POST", "/tickets/new/", {"data": b"&".join([b"a=1"] * 2000), "content_type": FORM}),
]
BODIES = [
    b"",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b'{"subject": NaN, "text": Infinity}',
    b'{"subject": "a", "subject": {"b": []}, "text": 1e400}',
    b'{"subject": "\\ud800", "text": "x"}',
    b'{"customer_priority": 99999999999999999999999999, "run_at": "9999-12-31T23:59:59-14:00"}',
    b'{"customer_priority": true, "confidential": "maybe", "run_at": "0001-01-01T00:00:00+14:00"}',
    b'"text"',
    b"null",
    b"[[[]]]",
]


@pytest.mark.parametrize("n", range(len(CROOKED)))
def test_no_crooked_request_breaks_a_page(n, knocking):
    method, path, more = CROOKED[n]
    assert knocking["pages"]["alice"].ask(method, path, **more).status_code < 500


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_no_crooked_body_breaks_the_api(body, described, house, knocking):
    for route in [route for route in ROUTES if route.name in described]:
        for more in ({}, {"HTTP_IDEMPOTENCY_KEY": "\xff\xfe"}, {"HTTP_IDEMPOTENCY_KEY": "k" * 200}):
            answer = knocking["api"]["lea"].ask(
                "POST", route.path(house), body, content_type=JSON, **more
            )
            assert answer.status_code < 500, route.name


@pytest.mark.parametrize("name", [name for name, words in WORDS.items() if len(words) < 6000])
def test_no_file_name_breaks(name, house, knocking):
    """As it comes over the wire: quotes and all."""
    words = WORDS[name].encode("utf-8", "surrogatepass").replace(b'"', b"%22")
    words = words.replace(b"\r", b"%0D").replace(b"\n", b"%0A")
    head = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    body = head % (b"text", b"", b"See the file.")
    body += head % (b"files", b'; filename="%s"' % words, b"rc=8") + b"--x--\r\n"
    for door, path in (("pages", "/tickets/{}/reply/"), ("api", "/api/v1/tickets/{}/reply/")):
        answer = knocking[door]["alice"].ask(
            "POST",
            path.format(house.alpina.ticket.pk),
            body,
            content_type="multipart/form-data; boundary=x",
        )
        assert answer.status_code < 500
