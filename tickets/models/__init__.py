"""Tickets, what is said on them, what happened to them, and who can solve what."""

from tickets.models.access_request import AccessEntry, AccessRequest
from tickets.models.agreement import AgreedTimes, Agreement
from tickets.models.attachment import Attachment
from tickets.models.clock import ClockReading
from tickets.models.competence import Competence, RoutingDecision
from tickets.models.defect import Defect, DefectComment, DefectState
from tickets.models.diagnosis import Diagnosis, Verdict
from tickets.models.draft import Draft
from tickets.models.escalation import Escalation
from tickets.models.hand_back import CheckPoint, HandBack
from tickets.models.impact import QUESTIONS, Impact
from tickets.models.level import AgeLimit, EscalationLevel, PassedLevel
from tickets.models.major_fault import FaultTicket, FaultUpdate, MajorFault
from tickets.models.message import HistoryEntry, Message
from tickets.models.objection import Objection
from tickets.models.prevented import Prevented
from tickets.models.rating import Rating
from tickets.models.raw_mail import BlockedSender, Mailbox, RawMail
from tickets.models.recomputation import Recomputation
from tickets.models.reply_template import ReplyTemplate
from tickets.models.search import SearchStem, SearchText, SearchWord
from tickets.models.ticket import (
    CLOSING_NOTICE,
    DONE,
    NEXT,
    PRIORITY_MEANINGS,
    REOPEN_WINDOW,
    Priority,
    Status,
    Ticket,
    Turn,
)

__all__ = [
    "CLOSING_NOTICE",
    "DONE",
    "NEXT",
    "PRIORITY_MEANINGS",
    "QUESTIONS",
    "REOPEN_WINDOW",
    "AccessEntry",
    "AccessRequest",
    "AgeLimit",
    "AgreedTimes",
    "Agreement",
    "Attachment",
    "BlockedSender",
    "CheckPoint",
    "ClockReading",
    "Competence",
    "Defect",
    "DefectComment",
    "DefectState",
    "Diagnosis",
    "Draft",
    "Escalation",
    "EscalationLevel",
    "FaultTicket",
    "FaultUpdate",
    "HandBack",
    "HistoryEntry",
    "Impact",
    "Mailbox",
    "MajorFault",
    "Message",
    "Objection",
    "PassedLevel",
    "Prevented",
    "Priority",
    "Rating",
    "RawMail",
    "Recomputation",
    "ReplyTemplate",
    "RoutingDecision",
    "SearchStem",
    "SearchText",
    "SearchWord",
    "Status",
    "Ticket",
    "Turn",
    "Verdict",
]
