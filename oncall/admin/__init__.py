"""Rosters in the back office: the calendar, one's own duties, changes, rotations, critical days."""

from django.contrib import admin

from oncall.admin.change import ChangeAdmin
from oncall.admin.critical import CriticalPeriodAdmin, CriticalRuleAdmin
from oncall.admin.duty import DutyAdmin
from oncall.admin.rotation import RotationAdmin
from oncall.admin.schedule import ScheduleAdmin
from oncall.models import Change, CriticalPeriod, CriticalRule, Duty, Rotation, Schedule

# In the order of the menu.
admin.site.register(Duty, DutyAdmin)
admin.site.register(Change, ChangeAdmin)
admin.site.register(Rotation, RotationAdmin)
admin.site.register(Schedule, ScheduleAdmin)
admin.site.register(CriticalPeriod, CriticalPeriodAdmin)
admin.site.register(CriticalRule, CriticalRuleAdmin)
