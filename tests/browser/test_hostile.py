"""Words that would be programs, read in a real browser: none of them runs."""

import pytest

from tests.factories import OrganisationFactory, SystemFactory, UserFactory, a_ticket
from tests.web.hostile import OWN
from tickets import actions
from tickets.models import Message

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PROGRAMS = [
    *(OWN[name] for name in ("html", "attribute", "markup ends", "link", "django", "formats")),
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe><math><mi//xlink:href='data:x'>",
    "<a href=javascript:alert(1) autofocus onfocus=alert(2)>x</a><details open ontoggle=alert(3)>",
    "<style>*{display:none}</style><base href=//x.example/><meta http-equiv=refresh content=0>",
]
MARK = "<script>window.ran=1</script><img src=x onerror=window.ran=1>"


@pytest.fixture
def ticket(sam, module):
    """Every text of it is a program."""
    theirs = OrganisationFactory(name=f"{MARK} Kasse")
    member = UserFactory(name=f"{MARK} member", organisation=theirs, roles=["coordinator"])
    everything = "\n".join([MARK, *PROGRAMS])
    ticket = a_ticket(
        by=member,
        module=module,
        organisation=theirs,
        system=SystemFactory(organisation=theirs, code=MARK[:12]),
        subject=f"{MARK} subject",
        text=everything,
        steps=everything,
        already_checked=everything,
        external_number=MARK[:60],
        message_id=MARK,
        job=MARK,
    )
    actions.take(ticket, by=sam)
    for words in PROGRAMS:
        actions.reply(ticket, by=member, text=words, channel=Message.Channel.PORTAL)
        actions.note(ticket, by=sam, text=words, channel=Message.Channel.OFFICE)
    actions.keep_draft({"text": everything}, by=member, ticket=ticket)
    actions.keep_draft({"text": everything}, by=sam, ticket=ticket)
    return ticket


def test_no_word_of_a_ticket_runs_as_a_program(browsing_as, ticket, sam):
    readers = {
        ticket.opened_by: ["/", "/tickets/?view=all", f"/tickets/{ticket.pk}/", "/organisation/"],
        sam: [
            "/office/",
            "/office/tickets/ticket/?list=all",
            f"/office/tickets/ticket/{ticket.pk}/change/",
            f"/office/tickets/ticket/{ticket.pk}/history/",
            "/office/accounts/user/",
        ],
    }
    opened: list[str] = []
    for reader, addresses in readers.items():
        page = browsing_as(reader)
        page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
        for address in addresses:
            page.goto(address)
            page.wait_for_load_state("networkidle")
            # The words are there, as words; that is what makes the rest mean something.
            assert page.get_by_text("window.ran=1").count() or address == "/office/", address
            assert page.evaluate("window.ran") is None, address
            assert page.url.endswith(address), "some word led the browser elsewhere"
            assert page.locator("base, iframe, math, [onerror], [onfocus]").count() == 0, address

    assert opened == []
