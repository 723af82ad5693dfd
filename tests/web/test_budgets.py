"""Lists cost the same number of queries for few rows and for many: every list, found by itself."""

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from oncall.models import (
    Change,
    Duty,
    HandOver,
    PageEvent,
)
from releases.models import (
    Correction,
    Delivery,
    Doubt,
    Download,
    Gate,
    Import,
    Line,
    Package,
    PackageFile,
    Recall,
    System,
)
from supportdesk.accounts.models import (
    Invitation,
    Mandate,
    Token,
    User,
    Webhook,
)
from supportdesk.audit.models import Entry
from supportdesk.messaging.models import Dispatch, Notice
from supportdesk.worktime.models import Absence
from tests.web.one_more import ONE_MORE
from tests.web.routes import Route, all_routes
from tests.web.world import World
from tickets.models import (
    AccessEntry,
    AccessRequest,
    Attachment,
    CheckPoint,
    Defect,
    DefectComment,
    Escalation,
    FaultUpdate,
    HistoryEntry,
    Message,
    Ticket,
)
from training.models import (
    CauseCount,
    Certificate,
    Contribution,
    Decision,
    Enrolment,
    Material,
    Proposal,
    Session,
)

pytestmark = pytest.mark.django_db
MANY = 50


# Lists that are no changelist and no list of the API, with their reader and what they list.
PAGES: dict[str, tuple[str, list[type[Model]]]] = {
    "figures": ("carol", [Ticket, Escalation]),
    "admin:tickets_figures": ("lea", [Ticket, Escalation]),
    "accesses": ("carol", [AccessRequest]),
    "access": ("carol", [AccessEntry]),
    "trainings": ("carol", [Session, Enrolment, Proposal]),
    "meeting": ("carol", [Contribution]),
    "admin:training_session_meeting": ("tom", [Contribution, Decision]),
    "trainings_readiness": ("carol", [Session, Enrolment]),
    "admin:training_session_board": ("tom", [Session]),
    "admin:tickets_effect": ("tom", [CauseCount, Session]),
    "admin:training_causecount_need": ("tom", [CauseCount, Import, Session]),
    "trainings_mine": ("carol", [Session, Enrolment, Certificate]),
    "trainings_history": ("carol", [Enrolment, Certificate]),
    "course": ("carol", [Session]),
    "admin:training_session_change": ("tom", [Enrolment, Certificate, Material]),
    "training_session": ("carol", [Session, Enrolment, User, Material]),
    "home": ("alice", [Ticket, Notice, System]),
    "deliveries": ("carol", [Delivery]),
    "delivery": ("carol", [PackageFile, Correction]),
    "systems": ("carol", [System, Package, Import]),
    "system_imports": ("carol", [Import]),
    "release_calendar": ("carol", [Package, Import]),
    "admin:releases_package_calendar": ("rita", [Package]),
    "admin:releases_package_cockpit": ("rita", [Delivery, System, Import]),
    "ticket_list": ("alice", [Ticket]),
    "search": ("alice", [Ticket]),
    "admin:tickets_search": ("sam", [Ticket]),
    "ticket": ("alice", [Message, Attachment]),
    "inbox": ("alice", [Notice]),
    "organisation": ("carol", [User, Invitation, Mandate]),
    "webhooks": ("carol", [Webhook]),
    "webhook": ("carol", [Dispatch]),
    "tokens": ("carol", [Token]),
    "profile": ("carol", [Token]),
    "admin:releases_correction_validity": ("rita", [Line, System, Doubt]),
    "admin:releases_package_change": (
        "rita",
        [System, Correction, Gate, PackageFile, Download, Recall],
    ),
    "admin:index": ("lea", [Ticket]),
    "fault": ("alice", [FaultUpdate]),
    "admin:tickets_majorfault_change": ("lea", [FaultUpdate]),
    "admin:tickets_defect_change": ("lea", [Defect]),
    "admin:tickets_report": ("lea", [Ticket]),
    "admin:tickets_preparation": ("lea", [Ticket]),
    "preparation": ("carol", [Ticket]),
    "admin:tickets_ticket_change": ("lea", [Message, Attachment, System]),
    "admin:tickets_ticket_history": ("audrey", [Entry]),
    "admin:oncall_duty_mine": ("lea", [Change, Duty]),
    "admin:oncall_duty_statement": ("lea", [Duty, PageEvent]),
    "admin:oncall_duty_check": ("lea", [Duty, Absence]),
}
PARTS = {
    "check-points": CheckPoint,
    "comments": DefectComment,
    "updates": FaultUpdate,
    "events": PageEvent,
    "hand-overs": HandOver,
    "log": AccessEntry,
    "messages": Message,
    "history": HistoryEntry,
    "attachments": Attachment,
    "files": PackageFile,
}


def _lists() -> list[tuple[str, Route, str, list[type[Model]]]]:
    found = []
    for route in all_routes():
        last = route.name.split("-", 1)[-1]
        if route.name in PAGES:
            found.append(("pages", route, *PAGES[route.name]))
        elif route.name.endswith("_changelist") and route.model is not None:
            found.append(("pages", route, "", [route.model]))
        elif route.is_api and (last == "list" or last in PARTS) and _reads(route):
            rows = PARTS.get(last, route.model)
            found.append(("api", route, "audrey", [rows] if rows else []))
    return found


def _reads(route: Route) -> bool:
    """Not a door that only takes."""
    return "get" in route.callback.cls.http_method_names


LISTS = _lists()


def _reader(house: World, route: Route, name: str) -> str:
    """Whoever of the vendor may open the list; of notices, nobody."""
    if name:
        return name
    right = f"x.view_{route.model._meta.model_name}"
    return next((one for one in ("ada", "audrey") if house.people[one].has_perm(right)), "")


@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: listed[1].name)
def test_a_list_costs_the_same_for_few_and_for_many(listed, house, knocking):
    door, route, name, models = listed
    reader = _reader(house, route, name)
    if not reader:
        assert route.model is Notice
        return
    unknown = [model.__name__ for model in models if model not in ONE_MORE]
    assert models, f"{route.name} lists rows of an unknown model."
    assert not unknown, f"Say in ONE_MORE how one more {unknown} comes about."

    def cost() -> int:
        knocking[door][reader].ask("GET", route.path(house))  # what is asked for once only
        with CaptureQueriesContext(connection) as queries:
            answer = knocking[door][reader].ask("GET", route.path(house))
        assert answer.status_code == 200
        return len(queries)

    for model in models:
        ONE_MORE[model](house, 0)
    few = cost()
    for n in range(1, MANY):
        for model in models:
            ONE_MORE[model](house, n)

    assert cost() == few


def test_every_list_is_among_them():
    """Those of the office and of the API come by themselves; pages are named above."""
    names = {route.name for _door, route, *_rest in LISTS}
    assert len(names) == len(LISTS) >= len(admin.site._registry) + len(PAGES)
    assert PAGES.keys() <= names
