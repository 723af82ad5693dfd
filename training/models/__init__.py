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
from training.models.proposal import Proposal
from training.models.session import SESSION_NEXT, Assignment, Session, SessionState
from training.models.topic import Topic

__all__ = [
    "ENDED",
    "HOLDING",
    "MOST_WRONG_CODES",
    "NEXT",
    "SESSION_NEXT",
    "Assignment",
    "CauseCount",
    "Certificate",
    "Course",
    "DayCode",
    "Enrolment",
    "Feedback",
    "Material",
    "Proposal",
    "Session",
    "SessionState",
    "State",
    "Topic",
    "TrainingFeed",
    "booked_for",
]
