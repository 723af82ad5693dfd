"""Tickets, what is said on them, what happened to them, and who can solve what."""

from tickets.models.attachment import Attachment
from tickets.models.competence import Competence, RoutingDecision
from tickets.models.draft import Draft
from tickets.models.message import HistoryEntry, Message
from tickets.models.ticket import NEXT, REOPEN_WINDOW, Priority, Status, Ticket

__all__ = [
    "NEXT",
    "REOPEN_WINDOW",
    "Attachment",
    "Competence",
    "Draft",
    "HistoryEntry",
    "Message",
    "Priority",
    "RoutingDecision",
    "Status",
    "Ticket",
]
