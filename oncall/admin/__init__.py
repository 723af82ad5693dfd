"""On call in the back office: pages, the roster, changes, rotations, critical days, policies."""

from django.contrib import admin

from oncall.admin.change import ChangeAdmin
from oncall.admin.critical import CriticalPeriodAdmin, CriticalRuleAdmin
from oncall.admin.duty import DutyAdmin
from oncall.admin.heartbeat import HeartbeatAdmin
from oncall.admin.page import PageAdmin
from oncall.admin.policy import PolicyAdmin
from oncall.admin.rotation import RotationAdmin
from oncall.admin.schedule import ScheduleAdmin
from oncall.models import (
    Change,
    CriticalPeriod,
    CriticalRule,
    Duty,
    Heartbeat,
    Page,
    Policy,
    Rotation,
    Schedule,
)

# In the order of the menu.
admin.site.register(Page, PageAdmin)
admin.site.register(Duty, DutyAdmin)
admin.site.register(Change, ChangeAdmin)
admin.site.register(Rotation, RotationAdmin)
admin.site.register(Schedule, ScheduleAdmin)
admin.site.register(CriticalPeriod, CriticalPeriodAdmin)
admin.site.register(CriticalRule, CriticalRuleAdmin)
admin.site.register(Policy, PolicyAdmin)
admin.site.register(Heartbeat, HeartbeatAdmin)
