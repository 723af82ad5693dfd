"""Rows of training: what is taught, when and where, who takes part, and what has to be learnt."""

from training.models.count import CauseCount
from training.models.course import Course
from training.models.enrolment import (
    ENDED,
    HOLDING,
    NEXT,
    Enrolment,
    State,
    booked_for,
)
from training.models.feed import TrainingFeed
from training.models.session import SESSION_NEXT, Assignment, Session, SessionState
from training.models.topic import Topic

__all__ = [
    "ENDED",
    "HOLDING",
    "NEXT",
    "SESSION_NEXT",
    "Assignment",
    "CauseCount",
    "Course",
    "Enrolment",
    "Session",
    "SessionState",
    "State",
    "Topic",
    "TrainingFeed",
    "booked_for",
]
