"""Rows of training: what is taught, when and where, who takes part, and what has to be learnt."""

from training.models.certificate import Certificate, DayCode
from training.models.count import CauseCount
from training.models.course import Course
from training.models.enrolment import (
    ENDED,
    HOLDING,
    MOST_WRONG_CODES,
    NEXT,
    Enrolment,
    State,
    booked_for,
)
from training.models.feed import TrainingFeed
from training.models.feedback import Feedback
from training.models.material import Material
from training.models.meeting import (
    CONTRIBUTION_NEXT,
    Ballot,
    Contribution,
    ContributionState,
    Decision,
    Meeting,
    Slot,
    Vote,
)
from training.models.proposal import Proposal
from training.models.session import SESSION_NEXT, Assignment, Session, SessionState
from training.models.topic import Topic

__all__ = [
    "CONTRIBUTION_NEXT",
    "ENDED",
    "HOLDING",
    "MOST_WRONG_CODES",
    "NEXT",
    "SESSION_NEXT",
    "Assignment",
    "Ballot",
    "CauseCount",
    "Certificate",
    "Contribution",
    "ContributionState",
    "Course",
    "DayCode",
    "Decision",
    "Enrolment",
    "Feedback",
    "Material",
    "Meeting",
    "Proposal",
    "Session",
    "SessionState",
    "Slot",
    "State",
    "Topic",
    "TrainingFeed",
    "Vote",
    "booked_for",
]
