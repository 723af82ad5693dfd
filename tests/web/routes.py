"""Every address of the desk, from Django's own resolver, and the row that stands behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

from oncall.admin.change import VERBS as CHANGE_VERBS
from oncall.admin.duty import VERBS as DUTY_VERBS
from oncall.admin.page import STEPS as PAGE_STEPS
from oncall.models import Change, ContactChannel, Duty, Heartbeat, Page
from releases.admin.package import VERBS as PACKAGE_VERBS
from releases.models import Correction, Delivery, Import, Line, Package, PackageFile, Recall, System
from supportdesk.accounts.admin import InvitationAdmin, UserAdmin
from supportdesk.accounts.models import Invitation, User, Webhook
from supportdesk.messaging.models import Notice
from tests.web.world import World, rows_of
from tickets.admin import access_request, defect, escalation, major_fault
from tickets.admin.raw_mail import STEPS as MAIL_STEPS
from tickets.models import (
    AccessRequest,
    Attachment,
    Defect,
    Escalation,
    MajorFault,
    RawMail,
    Ticket,
)
from training.admin.meeting import STEPS
from training.admin.session import VERBS as SESSION_VERBS
from training.models import Certificate, Contribution, Course, Enrolment, Material, Meeting, Session


def _meeting(world: World) -> dict[str, Any]:
    return {"pk": Meeting.objects.get(pk=world.row(Meeting).pk).session_id}


def _file(world: World) -> dict[str, Any]:
    return {"pk": world.row(Delivery).pk, "file": world.row(PackageFile).pk}


MEETING_STEPS = [f"_{step}" for step in STEPS]
# What stands in an address where neither the row of the model nor its number says it already.
Words = Callable[[World], dict[str, Any]]


ADDRESSES: dict[str, Words] = {
    **dict.fromkeys(("delivery_file", "delivery-file-content"), _file),
    **dict.fromkeys(("meeting", "meeting_contribute", "meeting_vote"), _meeting),
    **{f"admin:training_session_meeting{step}": _meeting for step in ["", *MEETING_STEPS]},
    "certificate": lambda world: {"code": "none"},
    "trainings_feed": lambda world: {"secret": "none"},
    "release_feed": lambda world: {"secret": "none"},
    "duty_feed": lambda world: {"secret": "none"},
    "duty_reachable": lambda world: {"token": "none"},
    "heartbeat_report": lambda world: {"secret": "none"},
    "page_take": lambda world: {"token": "none"},
    "rating": lambda world: {"token": "none"},
    "ticket_confirm": lambda world: {"number": world.alpina.resolved.pk},
    "ticket_reopen": lambda world: {"number": world.alpina.resolved.pk},
    "ticket-confirm": lambda world: {"number": world.alpina.resolved.pk},
    "ticket-reopen": lambda world: {"number": world.alpina.resolved.pk},
    "admin:tickets_ticket_reopen": lambda world: {"number": world.alpina.resolved.pk},
    "invitation_link": lambda world: {"secret": "none"},
    "session_end": lambda world: {"pk": world.alpina.member.usersession_set.get().pk},
    "token_revoke": lambda world: {"key": world.alpina.member.auth_token_set.first().token_key},
    "account_confirm_email": lambda world: {"key": "none"},
    "account_reset_password_from_key": lambda world: {"uidb36": "1", "key": "none"},
    "mfa_remove_webauthn": lambda world: {"pk": 1},
    "mfa_edit_webauthn": lambda world: {"pk": 1},
    "openid_connect_login": lambda world: {"provider_id": "none"},
    "openid_connect_callback": lambda world: {"provider_id": "none"},
    "admin:app_list": lambda world: {"app_label": "tickets"},
    "admin:view_on_site": lambda world: {
        "content_type_id": ContentType.objects.get_for_model(Ticket).pk,
        "object_id": world.alpina.ticket.pk,
    },
    "/office/<url>": lambda world: {"url": "nowhere/"},
}

WEBHOOK_PAGES = ["", "_change", "_rotate", "_ping", "_on", "_off", "_remove"]
LINE_VERBS = ["confirm", "rules", "remove"]
# Whose rows a page is about, where the view does not say it itself.
MODELS: dict[str, type[Model]] = {
    **{f"admin:oncall_duty_{verb}": Duty for verb in DUTY_VERBS},
    **{f"admin:oncall_change_{verb}": Change for verb in CHANGE_VERBS},
    **{f"admin:oncall_page_{verb}": Page for verb in PAGE_STEPS},
    **{f"admin:oncall_page_line_{verb}": ContactChannel for verb in LINE_VERBS},
    "admin:oncall_heartbeat_address": Heartbeat,
    "attachment": Attachment,
    "notice_read": Notice,
    **dict.fromkeys(("colleague", "colleague_grant"), User),
    **dict.fromkeys(("colleague_disable", "colleague_enable"), User),
    **{
        f"admin:releases_correction_{verb}": Correction
        for verb in ("validity", "assess", "release", "settle")
    },
    **dict.fromkeys(("system_report", "system_doubt", "system_imports"), System),
    **{f"import_{verb}": Import for verb in ("confirm", "drop", "fail", "roll_back")},
    **{f"admin:releases_package_{verb}": Package for verb in PACKAGE_VERBS},
    **dict.fromkeys(("delivery", "delivery_notes"), Delivery),
    "recall_confirm": Recall,
    **{f"webhook{verb}": Webhook for verb in WEBHOOK_PAGES},
    **dict.fromkeys(("invitation_resend", "invitation_withdraw"), Invitation),
    **{f"admin:accounts_user_{verb}": User for verb in UserAdmin.verbs},
    "access": AccessRequest,
    "course": Course,
    **{f"admin:training_session_{verb}": Session for verb in SESSION_VERBS},
    **dict.fromkeys(("training_session", "training_book"), Session),
    "certificate_file": Certificate,
    "material": Material,
    "place_check_in": Enrolment,
    "meeting_submit": Contribution,
    "trainings_readiness": Line,
    "place_feedback": Enrolment,
    **{f"place_{verb}": Enrolment for verb in ("cancel", "accept", "refuse")},
    "fault": MajorFault,
    **{f"admin:tickets_majorfault_{verb}": MajorFault for verb in major_fault.STEPS},
    **{f"access_{verb}": AccessRequest for verb in ("approve", "decline", "revoke")},
    **{f"admin:tickets_accessrequest_{verb}": AccessRequest for verb in access_request.STEPS},
    **{f"admin:tickets_escalation_{verb}": Escalation for verb in escalation.STEPS},
    **{f"admin:tickets_defect_{verb}": Defect for verb in defect.STEPS},
    **{f"admin:tickets_rawmail_{verb}": RawMail for verb in [*MAIL_STEPS, "raw"]},
    **{f"admin:accounts_invitation_{verb}": Invitation for verb in InvitationAdmin.verbs},
}
# A second row behind the same address, asked for as `name@variant`.
VARIANTS: dict[str, Callable[[World], dict[type[Model], Model]]] = {
    "confidential": lambda world: {
        Ticket: world.confidential,
        Attachment: world.confidential.attachments.get(),
    },
    "hansa": lambda world: rows_of(world.hansa),
}


@dataclass(frozen=True)
class Route:
    """`name` is what reverse() takes; the few addresses without one are called by their path."""

    name: str
    pattern: str
    callback: Any

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("/api/")

    @property
    def verbs(self) -> list[str]:
        return ["GET", "POST", *(["PUT", "PATCH", "DELETE"] if self.is_api else [])]

    @property
    def words(self) -> list[str]:
        """The names of what changes in the address."""
        return re.findall(r"<(\w+)>", self.pattern)

    @property
    def model(self) -> type[Model] | None:
        """Whose rows these are, as far as the view says so."""
        owner = getattr(self.callback, "model_admin", None)
        queryset = getattr(getattr(self.callback, "cls", None), "queryset", None)
        if self.name in MODELS:
            return MODELS[self.name]
        return owner.model if owner else getattr(queryset, "model", None)

    @property
    def about(self) -> type[Model] | None:
        """Whose row stands in the address."""
        return (self.model or (Ticket if "number" in self.words else None)) if self.words else None

    def path(self, world: World, variant: str = "") -> str:
        facts = self._facts(world, variant)
        missing = set(self.words) - facts.keys()
        assert not missing, (
            f"{self.name} has {missing} in its address: say in ADDRESSES of tests/web/routes.py "
            "what of the world stands there, or its model in MODELS."
        )
        return re.sub(r"<(\w+)>", lambda found: str(facts[found[1]]), self.pattern)

    def _facts(self, world: World, variant: str) -> dict[str, Any]:
        if not self.words:
            return {}
        rows: dict[Any, Any] = dict(VARIANTS[variant](world)) if variant else {}
        model = self.about
        if self.name in ADDRESSES and model not in rows:
            return ADDRESSES[self.name](world)
        if model is None:
            return {}
        row = rows.get(model) or world.row(model)
        return {word: getattr(row, "pk" if word == "object_id" else word) for word in self.words}


def all_routes() -> list[Route]:
    """In the resolver's order. An address that two patterns share counts once: the first wins."""
    found: dict[str, Route] = {}
    for route in _walk(get_resolver().url_patterns, "/", ""):
        found.setdefault(route.name, route)
    return list(found.values())


def _walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[Route]:
    for one in patterns:
        pattern = prefix + _plain(str(one.pattern))
        if isinstance(one, URLResolver):
            inner = f"{one.namespace}:" if one.namespace else ""
            yield from _walk(one.url_patterns, pattern, namespace + inner)
        elif isinstance(one, URLPattern):
            name = namespace + one.name if one.name else pattern
            yield Route(name, pattern, one.callback)


def _plain(pattern: str) -> str:
    """`^tickets/(?P<number>[0-9]{1,18})/$` and `tickets/<int:number>/` as `tickets/<number>/`."""
    pattern = pattern.removeprefix("^").removesuffix("$")
    pattern = re.sub(r"<\w+:(\w+)>", r"<\1>", pattern)
    return re.sub(r"\(\?P<(\w+)>(?:[^()\\]|\\.)*\)", r"<\1>", pattern)


def office_models() -> list[type[Model]]:
    return list(admin.site._registry)
