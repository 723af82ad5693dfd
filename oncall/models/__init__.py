"""Rows of the roster, with the duties that everybody reads, and of pages that call people."""

from oncall.models.beat import EngineBeat
from oncall.models.change import Change, Instead
from oncall.models.channel import ContactChannel, PersonalRule
from oncall.models.critical import CriticalPeriod, CriticalRule
from oncall.models.duty import Duty
from oncall.models.feed import Feed
from oncall.models.heartbeat import Heartbeat
from oncall.models.page import HandOver, Page, PageEvent, StepRun
from oncall.models.policy import Policy, PolicyStep, PolicyVersion
from oncall.models.rotation import Member, Rotation
from oncall.models.schedule import Schedule

__all__ = [
    "Change",
    "ContactChannel",
    "CriticalPeriod",
    "CriticalRule",
    "Duty",
    "EngineBeat",
    "Feed",
    "HandOver",
    "Heartbeat",
    "Instead",
    "Member",
    "Page",
    "PageEvent",
    "PersonalRule",
    "Policy",
    "PolicyStep",
    "PolicyVersion",
    "Rotation",
    "Schedule",
    "StepRun",
]
