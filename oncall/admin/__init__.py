"""Rosters in the back office: schedules, the calendar, rotations, changes, one's own duties."""

from oncall.admin.change import ChangeAdmin
from oncall.admin.critical import CriticalPeriodAdmin, CriticalRuleAdmin
from oncall.admin.duty import DutyAdmin
from oncall.admin.rotation import RotationAdmin
from oncall.admin.schedule import ScheduleAdmin

__all__ = [
    "ChangeAdmin",
    "CriticalPeriodAdmin",
    "CriticalRuleAdmin",
    "DutyAdmin",
    "RotationAdmin",
    "ScheduleAdmin",
]
