"""Rows of the roster: schedules, and the duties that everybody reads."""

from oncall.models.duty import Duty
from oncall.models.schedule import Schedule

__all__ = ["Duty", "Schedule"]
