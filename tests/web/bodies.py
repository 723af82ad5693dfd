"""A valid body for each address that takes one: a refusal is then the verb's, not the form's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import MULTIPART_CONTENT
from django.utils import timezone

from oncall.models import Schedule
from releases.models import Correction, Doubt, GateKind, PackageFile
from tests.factories import an_undelivered_letter
from tests.web.routes import Route
from tests.web.world import World
from tickets.models import CheckPoint, ReplyTemplate
from training.models import Course, Session

Body = Callable[[World], dict[str, Any]]
SAID: dict[str, Any] = {"text": "Said."}
INVENTORY = {"content": "system;line;level\nX1;2026.1;4"}
FOUND = {"verdict": "settings_difference", "difference": "Off.", "differs_since": "2026-01-31"}


def _gate() -> dict[str, Any]:
    return {"kind": GateKind.objects.earliest("position").pk}


def _report(world: World) -> dict[str, Any]:
    return {
        "submission": "7d3bd9d6-0000-4000-8000-000000000000",
        "organisation": world.alpina.organisation.pk,
        "module": world.module.pk,
        "subject": "A subject",
        "text": "A text",
        "customer_priority": 3,
    }


def _report_by_name(world: World) -> dict[str, Any]:
    return {
        "organisation": world.alpina.organisation.code,
        "module": world.module.code,
        "subject": "A subject",
        "text": "A text",
        "customer_priority": 3,
    }


def _plan_by_name(world: World) -> dict[str, Any]:
    package = world.alpina.system.imports.get().package
    return {
        "system": world.alpina.system.code,
        "line": package.line.name,
        "level": package.level,
        "planned_for": str(timezone.localdate() + timedelta(days=1)),
    }


def _change(world: World) -> dict[str, Any]:
    return {
        "schedule": world.row(Schedule).pk,
        "kind": "add",
        "person": world.people["lea"].pk,
        "starts": "2099-12-24T08:00",
        "ends": "2099-12-25T08:00",
    }


def _rotation(world: World) -> dict[str, Any]:
    return {
        "schedule": world.row(Schedule).pk,
        "name": "Another",
        "starts_on": "2099-01-01",
        "hands_off_at": "09:00",
        "every": 1,
        "unit": "week",
        "layer": 0,
        "weekdays": [0, 1, 2, 3, 4, 5, 6],
        "turn_1_1": world.people["lea"].pk,
    }


GIVEN: dict[str, Body] = {
    "admin:releases_correction_assess": lambda world: {
        "line": world.alpina.system.installed.line_id,
        "levels": "2-4",
    },
    "admin:releases_correction_settle": lambda world: {
        "doubt": world.row(Doubt).pk,
        "answer": "Said.",
    },
    "ticket_new_similar": lambda world: {"subject": "Said.", "text": "Said again."},
    "ticket_new_verdicts": lambda world: {
        "system": world.alpina.system.pk,
        "message_id": "ZKG1 SE38",
    },
    "ticket_new_solved": lambda world: {
        "system": world.alpina.system.pk,
        "correction": world.row(Correction).pk,
    },
    "system_report": lambda world: {
        "line": world.alpina.system.installed.line_id,
        "level": 4,
    },
    "system_doubt": lambda world: {"correction": world.row(Correction).pk, "text": "Said."},
    "admin:releases_package_add_file": lambda world: {"file": SimpleUploadedFile("a", b"b")},
    "admin:releases_package_remove_file": lambda world: {"file": world.row(PackageFile).pk},
    "system_imports": lambda world: {
        "package": world.alpina.system.imports.get().package_id,
        "planned_for": str(timezone.localdate() + timedelta(days=1)),
    },
    "inventory": lambda world: INVENTORY,
    "inventory-list": lambda world: INVENTORY,
    "import_fail": lambda world: SAID,
    "import_roll_back": lambda world: {"why": "Said."},
    "admin:releases_package_move": lambda world: {"to": "released"},
    "admin:releases_package_replan": lambda world: {"on": "2126-01-31"},
    "admin:releases_package_deliver": lambda world: {
        "wave": "pilot",
        "organisations": [world.hansa.organisation.pk],
    },
    "admin:releases_package_sign": lambda world: {**_gate(), "passed": "yes"},
    "admin:releases_package_ask_waiver": lambda world: {**_gate(), "why": "Said."},
    "admin:releases_package_waive": lambda world: _gate(),
    "admin:releases_package_waive_pilots": lambda world: {"why": "Said."},
    "admin:releases_package_withdraw": lambda world: {"why": "Said."},
    "admin:oncall_change_add": _change,
    "admin:oncall_rotation_add": _rotation,
    "admin:oncall_rotation_change": _rotation,
    "admin:tickets_ticket_propose_course": lambda world: {"course": world.row(Course).pk},
    "place_check_in": lambda world: {"code": "000000"},
    "training_book": lambda world: {"me": "1"},
    "page-list": lambda world: {"key": "job", "title": "Said.", "policy": "Nachts"},
    "page-hand-over": lambda world: {"note": "Said."},
    "profile_quiet": lambda world: {"begins": "20:00", "ends": "07:00"},
    "profile_about": lambda world: {"name": "A name", "language": "en"},
    "tokens": lambda world: {"name": "Another program", "scopes": ["tickets:read"], "lasts": 30},
    "organisation_invite": lambda world: {
        "email": "new@colleague.example",
        "name": "New",
        "roles": ["member"],
        "language": "en",
    },
    "webhooks": lambda world: {"name": "A system", "url": "https://1.1.1.1/hook"},
    "webhook_change": lambda world: {"name": "A system", "url": "https://1.1.1.1/hook"},
    "colleague_grant": lambda world: {"roles": ["member", "coordinator"]},
    "admin:accounts_user_grant": lambda world: {"roles": ["coordinator"]},
    "admin:accounts_invitation_add": lambda world: {
        "email": "new@colleague.example",
        "name": "New",
        "roles": ["agent"],
        "language": "en",
    },
    "ticket_new": _report,
    "ticket_new_draft": lambda world: SAID,
    "ticket_draft": lambda world: SAID,
    "ticket_reply": lambda world: SAID,
    "ticket_reopen": lambda world: SAID,
    "access_decline": lambda world: {"answer": "Said."},
    "admin:tickets_accessrequest_done": lambda world: {"done": "Said."},
    "admin:tickets_ticket_access": lambda world: {
        "system": world.alpina.system.pk,
        "purpose": "Said.",
        "starts_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
        "ends_at": f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}",
    },
    "ticket_escalate": lambda world: SAID,
    "ticket-escalate": lambda world: SAID,
    "admin:tickets_ticket_escalate": lambda world: {
        "reason": "worst_case",
        "level": 2,
        "text": "Said.",
    },
    "admin:tickets_escalation_assess": lambda world: {"stands_back": "no", "why": "Said."},
    "admin:tickets_escalation_decide": lambda world: {"decision": "Said."},
    "admin:tickets_escalation_level": lambda world: {"level": 3, "why": "Said."},
    "admin:tickets_rawmail_new": lambda world: {
        "organisation": world.alpina.organisation.pk,
        "module": world.module.pk,
    },
    "admin:tickets_rawmail_join": lambda world: {"ticket": world.alpina.ticket.pk},
    "admin:tickets_rawmail_reject": lambda world: {"reason": "Said."},
    "admin:tickets_escalation_watch": lambda world: {"on": "1"},
    "defect-fix": lambda world: {"correction": Correction.objects.earliest("pk").pk},
    "defect-reject": lambda world: {"reason": "Said."},
    "defect-comment": lambda world: SAID,
    "admin:tickets_defect_fix": lambda world: {"correction": Correction.objects.earliest("pk").pk},
    "admin:tickets_defect_reject": lambda world: {"reason": "Said."},
    "admin:tickets_defect_comment": lambda world: SAID,
    "admin:tickets_defect_inform": lambda world: SAID,
    "admin:tickets_majorfault_add": lambda world: {
        "title": "Said.",
        "text": "Said again.",
        "modules": [world.module.pk],
    },
    "admin:tickets_majorfault_update": lambda world: SAID,
    "admin:tickets_majorfault_end": lambda world: SAID,
    "admin:tickets_majorfault_review": lambda world: {"review": "Said.", "decisions": "Said."},
    "admin:tickets_majorfault_link": lambda world: {"ticket": world.alpina.resolved.pk},
    "admin:tickets_majorfault_unlink": lambda world: {"ticket": world.alpina.ticket.pk},
    "ticket_object": lambda world: SAID,
    "ticket-object": lambda world: SAID,
    "ticket-withdraw-verdict": lambda world: {"reason": "Said."},
    "ticket-change-priority": lambda world: {"priority": 2, "reason": "Said."},
    "ticket-decide-objection": lambda world: {"priority": 2, "text": "Said."},
    "admin:tickets_ticket_priority": lambda world: {"priority": 2, "reason": "Said."},
    "ticket-list": _report_by_name,
    "enrolment-list": lambda world: {"session": world.row(Session).pk},
    "import-list": _plan_by_name,
    "import-fail": lambda world: SAID,
    "import-roll-back": lambda world: {"why": "Said."},
    "webhook-list": lambda world: {"name": "A system", "url": "https://1.1.1.1/hook"},
    "ticket-reply": lambda world: SAID,
    "ticket-note": lambda world: SAID,
    "ticket-reopen": lambda world: {"reason": "Said."},
    "ticket-resolve": lambda world: {"answer": "Said.", **FOUND},
    "ticket-diagnose": lambda world: FOUND,
    # Without a system: a refusal would repeat its code to whoever sent it.
    "ticket-link-correction": lambda world: {"correction": world.row(Correction).pk},
    "ticket-unlink-correction": lambda world: {"reason": "Said."},
    "admin:tickets_ticket_correction": lambda world: {
        "correction": world.row(Correction).pk,
        "system": world.alpina.system.pk,
    },
    "admin:tickets_ticket_hand_back": lambda world: {
        "reason": "Said.",
        "missing": [CheckPoint.objects.latest("pk").pk],
    },
    "admin:tickets_ticket_verdict": lambda world: FOUND,
    "admin:tickets_ticket_send_again": lambda world: {
        "letter": an_undelivered_letter(world.alpina.ticket, world.alpina.member, uuid4().hex).pk
    },
    "ticket-hand-back": lambda world: {
        "reason": "Said.",
        "missing": [CheckPoint.objects.latest("pk").pk],
    },
    "ticket-wait-for-customer": lambda world: {"question": "Said."},
    "ticket-assign": lambda world: {"to": world.people["lea"].email},
    "ticket-hand-on": lambda world: {"team": world.module.team.name, "reason": "Said."},
    **{
        f"admin:tickets_ticket_{verb}": lambda world: SAID
        for verb in ("reply", "wait_for_customer", "reopen", "note", "draft")
    },
    "admin:tickets_ticket_template": lambda world: {
        **SAID,
        "template": ReplyTemplate.objects.latest("pk").pk,
    },
    "admin:tickets_ticket_resolve": lambda world: {**SAID, **FOUND},
    "admin:tickets_ticket_assign": lambda world: {"to": world.people["lea"].pk},
    "admin:tickets_ticket_hand_on": lambda world: {
        "team": world.module.team_id,
        "reason": "Said.",
    },
}


def of(route: Route, world: World) -> tuple[dict[str, Any], str]:
    """The body, and how it is written."""
    given = GIVEN[route.name](world) if route.name in GIVEN else {}
    return given, "application/json" if route.is_api else MULTIPART_CONTENT
