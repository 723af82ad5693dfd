"""Tickets in the back office: work lists, the workbench, competences, reports."""

from tickets.admin import recomputation  # noqa: F401 - shown on the pages of others
from tickets.admin.access_request import AccessRequestAdmin
from tickets.admin.agreement import AgreementAdmin
from tickets.admin.competence import CompetenceAdmin
from tickets.admin.defect import DefectAdmin
from tickets.admin.escalation import EscalationAdmin
from tickets.admin.hand_back import CheckPointAdmin
from tickets.admin.level import AgeLimitAdmin, EscalationLevelAdmin
from tickets.admin.major_fault import MajorFaultAdmin
from tickets.admin.raw_mail import BlockedSenderAdmin, MailboxAdmin, RawMailAdmin
from tickets.admin.reply_template import ReplyTemplateAdmin
from tickets.admin.ticket import TicketAdmin

__all__ = [
    "AccessRequestAdmin",
    "AgeLimitAdmin",
    "AgreementAdmin",
    "BlockedSenderAdmin",
    "CheckPointAdmin",
    "CompetenceAdmin",
    "DefectAdmin",
    "EscalationAdmin",
    "EscalationLevelAdmin",
    "MailboxAdmin",
    "MajorFaultAdmin",
    "RawMailAdmin",
    "ReplyTemplateAdmin",
    "TicketAdmin",
]
