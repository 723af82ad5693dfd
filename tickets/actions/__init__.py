"""The verbs of tickets: every change, one function each; doors call `actions.resolve(...)`."""

from tickets.actions.access_requests import (
    approve_access,
    ask_access,
    begin_use,
    decline_access,
    end_access,
    end_use,
    revoke_access,
    withdraw_access,
)
from tickets.actions.assignment import assign, hand_on, take
from tickets.actions.attachments import attach
from tickets.actions.clockwork import rewind
from tickets.actions.closing import announce_closing, close, confirm, reopen, resolve
from tickets.actions.competence import set_competence
from tickets.actions.conversation import note, reply, resume, wait_for_customer
from tickets.actions.defect import (
    Fault,
    accept_defect,
    comment_on_defect,
    fix_defect,
    inform_all,
    reject_defect,
    report_defect,
)
from tickets.actions.diagnosis import Finding, NewWish, diagnose, withdraw_verdict
from tickets.actions.drafts import drop_draft, keep_draft
from tickets.actions.escalation import assess, decide, escalate, set_level, watch, withdraw
from tickets.actions.following import follow_correction
from tickets.actions.hand_back import hand_back
from tickets.actions.intake import note_visit, receive, sort_next
from tickets.actions.linking import link_correction, unlink_correction
from tickets.actions.major_fault import (
    Outage,
    declare_major_fault,
    end_major_fault,
    link_to_fault,
    review_major_fault,
    unlink_from_fault,
    write_update,
)
from tickets.actions.opening import Report, open_ticket
from tickets.actions.prevention import prevent_ticket
from tickets.actions.priority import (
    Standstill,
    change_priority,
    decide_objection,
    object_to_priority,
)
from tickets.actions.quarantine import accept_as_new, accept_to_ticket, reject
from tickets.actions.rating import rate
from tickets.actions.recomputation import begin_recomputation, recompute_some
from tickets.actions.routing import route
from tickets.actions.scanning import claim_for_scan, record_scan
from tickets.actions.sweep import look_again, look_at_next
from tickets.actions.training import propose_course

__all__ = [
    "Fault",
    "Finding",
    "NewWish",
    "Outage",
    "Report",
    "Standstill",
    "accept_as_new",
    "accept_defect",
    "accept_to_ticket",
    "announce_closing",
    "approve_access",
    "ask_access",
    "assess",
    "assign",
    "attach",
    "begin_recomputation",
    "begin_use",
    "change_priority",
    "claim_for_scan",
    "close",
    "comment_on_defect",
    "confirm",
    "decide",
    "decide_objection",
    "declare_major_fault",
    "decline_access",
    "diagnose",
    "drop_draft",
    "end_access",
    "end_major_fault",
    "end_use",
    "escalate",
    "fix_defect",
    "follow_correction",
    "hand_back",
    "hand_on",
    "inform_all",
    "keep_draft",
    "link_correction",
    "link_to_fault",
    "look_again",
    "look_at_next",
    "note",
    "note_visit",
    "object_to_priority",
    "open_ticket",
    "prevent_ticket",
    "propose_course",
    "rate",
    "receive",
    "recompute_some",
    "record_scan",
    "reject",
    "reject_defect",
    "reopen",
    "reply",
    "report_defect",
    "resolve",
    "resume",
    "review_major_fault",
    "revoke_access",
    "rewind",
    "route",
    "set_competence",
    "set_level",
    "sort_next",
    "take",
    "unlink_correction",
    "unlink_from_fault",
    "wait_for_customer",
    "watch",
    "withdraw",
    "withdraw_access",
    "withdraw_verdict",
    "write_update",
]
