"""A verb's refusal as a page, and as a fragment for htmx: never swallowed, never a new page."""

import pytest
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from supportdesk.errors import Invalid, NotAllowed, WrongState
from supportdesk.web.middleware import RefusalMiddleware


@pytest.fixture
def refuse(alice):
    def refused(error: Exception, **headers: str):
        request = RequestFactory().post("/tickets/1/confirm/", headers=headers)
        request.user = alice
        request.htmx = HtmxDetails(request)
        return RefusalMiddleware(lambda request: None).process_exception(request, error)

    return refused


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotAllowed("ticket.confirm"), 403),
        (WrongState("New", "Closed"), 409),
        (Invalid("Nothing to say?", "text"), 422),
    ],
)
def test_a_refusal_is_a_page_with_its_reason(refuse, error, status):
    response = refuse(error)

    assert response.status_code == status
    assert str(error) in response.content.decode()
    assert "<html" in response.content.decode()


def test_htmx_gets_the_refusal_where_notes_are_said(refuse):
    response = refuse(WrongState("New", "Closed"), hx_request="true")

    assert response.status_code == 409
    assert response["HX-Retarget"] == "#notes"
    assert 'role="alert"' in response.content.decode()
    assert "<html" not in response.content.decode()


def test_a_refusal_leads_back_to_our_own_page_only(refuse):
    ours = refuse(WrongState("New", "Closed"), referer="http://testserver/tickets/1/?all=1")
    foreign = refuse(WrongState("New", "Closed"), referer="http://evil.example/tickets/1/")

    assert 'href="/tickets/1/?all=1"' in ours.content.decode()
    assert "evil.example" not in foreign.content.decode()


def test_other_errors_are_not_refusals(refuse):
    assert refuse(ValueError("a mistake of ours")) is None


def test_an_unknown_address_says_nothing_about_what_exists(client, alice):
    client.force_login(alice)

    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert 'id="main"' in response.content.decode()
