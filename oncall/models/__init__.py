"""Rows of the roster: schedules, rotations, changes, and the duties that everybody reads."""

from oncall.models.change import Change, Instead
from oncall.models.critical import CriticalPeriod, CriticalRule
from oncall.models.duty import Duty
from oncall.models.feed import Feed
from oncall.models.rotation import Member, Rotation
from oncall.models.schedule import Schedule

__all__ = [
    "Change",
    "CriticalPeriod",
    "CriticalRule",
    "Duty",
    "Feed",
    "Instead",
    "Member",
    "Rotation",
    "Schedule",
]
