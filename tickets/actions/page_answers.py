"""Answers to a page's letter: whoever it went to takes the page by answering it."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.utils import translation

from oncall import actions as oncall
from oncall import mail, reply_address
from oncall.models import Page
from supportdesk.accounts.models import User
from supportdesk.errors import Refused
from supportdesk.intake import authenticity
from supportdesk.intake.automatic import Kind
from supportdesk.intake.parsed import ParsedMail
from tickets.models.raw_mail import Because, State

MACHINES = (Kind.ANSWER, Kind.GENERATED, Kind.LIST)


class Ending(NamedTuple):
    """What becomes of the mail."""

    state: State
    because: Because
    error: str = ""


def answer(said: ParsedMail, *, key: object) -> Ending | None:
    """Take the page it answers. None where it answers none.

    A machine's answer takes nothing, and neither does anybody but the person the letter went to.
    The desk tells them what became of it, once per `key`.
    """
    meant = reply_address.named(said.recipients)
    if meant is None or said.bounce is not None:
        return None
    if said.kind in MACHINES:
        return Ending(State.FILED, Because.AUTOMATIC)
    servers = [name.lower() for name in settings.MAIL_AUTHENTICATED_BY]
    if authenticity.is_forged(said.results, servers):
        return Ending(State.QUARANTINED, Because.FORGED)
    number, token = meant
    person = reply_address.holder(number, token, said.sender)
    page = Page.objects.visible_to(person).filter(pk=number).first() if person else None
    if person is None or page is None:
        return Ending(State.QUARANTINED, Because.PAGE_OF_ANOTHER)
    return _take(page, person, said, key)


def _take(page: Page, person: User, said: ParsedMail, key: object) -> Ending:
    note_read = reply_address.showed_the_note(page, person, said.references)
    refusal = ""
    with translation.override(person.language):
        try:
            page = oncall.acknowledge(page, by=person, note_read=note_read)
        except Refused as error:
            refusal = str(error)
            page.refresh_from_db()
    if refusal and page.acknowledged_by_id == person.pk:  # answered twice
        return Ending(State.FILED, Because.PAGE_TAKEN)
    mail.answered(page, person, refusal=refusal, key=key)
    because = Because.PAGE_REFUSED if refusal else Because.PAGE_TAKEN
    return Ending(State.FILED, because, refusal)
