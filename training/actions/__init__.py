"""Everything that changes sessions and who takes part in them, one function per verb."""

from training.actions.attending import check_in, finish_session, record_attendance, show_code
from training.actions.certifying import revoke_certificate
from training.actions.counting import count_cause
from training.actions.deciding import approve, decline
from training.actions.enrolling import accept_offer, cancel, enrol, refuse_offer
from training.actions.feeding import open_feed
from training.actions.material import add_material
from training.actions.meeting import (
    accept_contribution,
    add_slot,
    contribute,
    decline_contribution,
    drop_slot,
    prepare_meeting,
    publish_minutes,
    record_decision,
    settle_decision,
    submit_contribution,
    vote,
    write_minutes,
)
from training.actions.planning import (
    Plan,
    cancel_session,
    change_session,
    plan_session,
    publish_session,
)
from training.actions.proposing import propose_course
from training.actions.rating import give_feedback
from training.actions.serving import expire_offers, offer_seats, set_capacity

__all__ = [
    "Plan",
    "accept_contribution",
    "accept_offer",
    "add_material",
    "add_slot",
    "approve",
    "cancel",
    "cancel_session",
    "change_session",
    "check_in",
    "contribute",
    "count_cause",
    "decline",
    "decline_contribution",
    "drop_slot",
    "enrol",
    "expire_offers",
    "finish_session",
    "give_feedback",
    "offer_seats",
    "open_feed",
    "plan_session",
    "prepare_meeting",
    "propose_course",
    "publish_minutes",
    "publish_session",
    "record_attendance",
    "record_decision",
    "refuse_offer",
    "revoke_certificate",
    "set_capacity",
    "settle_decision",
    "show_code",
    "submit_contribution",
    "vote",
    "write_minutes",
]
