"""The demo's pages: a policy for nights and critical days, one page that is over, one in hand."""

from __future__ import annotations

from datetime import time

from oncall import actions
from oncall.models import Heartbeat, Policy, PolicyStep, Schedule
from supportdesk.accounts.models import User

LEA = "lea@desk.example"
PAGES = [
    ("demo:run", "Nachtlauf ZAHL_TAG hat nicht gemeldet"),
    ("demo:print", "Druckstraße nimmt keine Bescheide an"),
]
JOBS = [
    ("ZAHL_TAG", time(5), [0, 1, 2, 3, 4, 5, 6]),
    ("DRUCK_BESCHEIDE", time(6, 30), [0, 1, 2, 3, 4]),
]


def write(desk: User) -> int:
    """Opened, called, taken and handed over by the verbs; nothing is left to be sent."""
    lea = User.objects.get(email=LEA)
    policy = Policy.objects.create(name="Nachts und an kritischen Tagen", is_default=True)
    policy.last_resort.add(lea)
    for position, minutes in enumerate((10, 15)):
        step = PolicyStep.objects.create(policy=policy, position=position, minutes=minutes)
        step.schedules.set(Schedule.objects.all())
    over = actions.open_page(
        "demo:run", "Nachtlauf ZAHL_TAG hat nicht gemeldet", by=desk, policy=policy
    )
    held = actions.open_page(
        "demo:print", "Druckstraße nimmt keine Bescheide an", by=desk, policy=policy
    )
    while actions.tick():
        pass
    for page in (over, held):
        actions.acknowledge(page, by=lea)
    actions.resolve(over, by=lea)
    note = "Druckerei ist verständigt, Rückruf bis 7 Uhr."
    actions.hand_over(held, by=lea, note=note)
    _await_jobs(policy, desk, lea)
    return policy.pages.count()


def _await_jobs(policy: Policy, desk: User, lea: User) -> None:
    """One that has reported this night, one that reports on workdays only."""
    for name, by, weekdays in JOBS:
        row = Heartbeat(name=name, reports_by=by, grace=15, weekdays=weekdays, policy=policy)
        actions.expect(row, by=lea)
        actions.report_beat(row, by=desk)
