"""Letters that did not arrive: the dispatch knows, the ticket shows it, its specialist is told."""

from __future__ import annotations

from django.utils.translation import gettext as _

from supportdesk.accounts.models import User
from supportdesk.intake.parsed import ParsedMail
from supportdesk.messaging.actions import record_return
from supportdesk.messaging.models import Dispatch
from tickets import reply_address
from tickets.actions.conversation import note
from tickets.models import Message, Ticket


def record_bounce(said: ParsedMail, *, by: User) -> Ticket | None:
    """Find the letter by its Message-ID among ours; the ticket it was about, where there is one.

    Without that id nothing is believed: anybody can write a report. A delay is only kept.
    """
    if said.bounce is None:
        return None
    ticket = None
    for letter in reply_address.letters(said.bounce.original_ids):
        ticket = _ticket(letter)
        if said.bounce.permanent and record_return(letter, by=by, diagnosis=said.bounce.diagnosis):
            _tell(ticket, letter, said.bounce.diagnosis, by)
    return ticket


def _ticket(letter: Dispatch) -> Ticket | None:
    if letter.about_type != Ticket._meta.label_lower or letter.about_id is None:
        return None
    return Ticket.objects.filter(pk=letter.about_id).first()


def _tell(ticket: Ticket | None, letter: Dispatch, diagnosis: str, by: User) -> None:
    if ticket is None:
        return
    text = _("Our letter to %(address)s came back: %(diagnosis)s") % {
        "address": letter.address,
        "diagnosis": diagnosis or _("no reason given"),
    }
    note(ticket, by=by, text=text, channel=Message.Channel.DESK)
