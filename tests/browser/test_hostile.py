"""Words that would be programs, read in a real browser: none of them runs.

`make corpus DATA_DIR=...` reads a folder of such words the same way.
"""

import pytest

from tests.factories import OrganisationFactory, SystemFactory, UserFactory, a_ticket
from tests.web.hostile import OWN, strings
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


A_PAGE = 25  # of the list of tickets
# What no door takes is left out: blanks, and what PostgreSQL knows no place for.
WORDS = [
    words for words in strings().values() if words.strip() and not {"\0", "\ud800"} & set(words)
]
BATCHES = [WORDS[at : at + A_PAGE] for at in range(0, len(WORDS), A_PAGE)]


def _strayed(page) -> list[str]:
    """Filled with what a program in the page would do: open, break, or call elsewhere."""
    strayed: list[str] = []
    page.on("dialog", lambda dialog: (strayed.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: strayed.append(str(error)))
    page.on("request", lambda request: strayed.append(request.url))
    return strayed


@pytest.mark.parametrize("n", range(len(BATCHES)))
def test_every_word_is_shown_to_its_end(n, browsing_as, live_server, alice, sam, module):
    """Behind each string stands a mark: what the browser took for markup would swallow it."""
    theirs = {"by": alice, "module": module, "organisation": alice.organisation}
    short = [words for words in BATCHES[n] if len(words) <= 190][: A_PAGE - 1]
    for words in short:
        a_ticket(**theirs, subject=f"{words} ¶end¶", text=words)
    thread = a_ticket(**theirs)
    actions.take(thread, by=sam)
    for at, words in enumerate(BATCHES[n]):
        text = f"{words[:99_000]}\n¶{at}¶"
        actions.reply(thread, by=alice, text=text, channel=Message.Channel.PORTAL)
    marks = {f"¶{at}¶": 1 for at in range(len(BATCHES[n]))}
    for reader, address, expected in [
        (alice, "/tickets/?view=all", {"¶end¶": len(short)}),
        (alice, f"/tickets/{thread.pk}/", marks),
        (sam, "/office/tickets/ticket/?list=all", {"¶end¶": len(short)}),
        (sam, f"/office/tickets/ticket/{thread.pk}/change/", marks),
    ]:
        page = browsing_as(reader)
        strayed = _strayed(page)
        page.goto(address)
        page.wait_for_load_state("networkidle")
        shown = page.locator("body").inner_text()
        lost = [mark for mark, times in expected.items() if shown.count(mark) < times]

        assert lost == [], address
        assert page.url.endswith(address), "some word led the browser elsewhere"
        assert [said for said in strayed if not said.startswith(live_server.url)] == [], address
