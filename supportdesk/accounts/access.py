"""Rights on one page: which role may say which verb.

Pages, API, mail, tasks and Django's admin all ask here. `require` raises NotAllowed; rows are
filtered by `visible_to` on their querysets, never here. Rights are named `noun.verb`; `noun.view`
and `noun.configure` open the admin's pages of that noun.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from supportdesk.errors import NotAllowed

if TYPE_CHECKING:
    from supportdesk.accounts.models import User


class Role(models.TextChoices):
    MEMBER = "member", _("Member")
    COORDINATOR = "coordinator", _("Coordinator")
    AGENT = "agent", _("Agent")
    LEAD = "lead", _("Lead")
    DEVELOPER = "developer", _("Developer")
    RELEASE_MANAGER = "release_manager", _("Release manager")
    TRAINER = "trainer", _("Trainer")
    AUDITOR = "auditor", _("Auditor")
    ADMIN = "admin", _("Administrator")
    SYSTEM = "system", _("The desk itself")


CUSTOMER_ROLES = [Role.MEMBER, Role.COORDINATOR]
VENDOR_ROLES = [role for role in Role if role not in CUSTOMER_ROLES]

SELF = {"profile.change", "session.end", "token.create", "token.revoke"}
MEMBER = SELF | {
    "ticket.open",
    "ticket.prevent",
    "ticket.reply",
    "ticket.attach",
    "ticket.confirm",
    "ticket.rate",
    "ticket.reopen",
    "ticket.object",
    "ticket.escalate",
    "validity.doubt",
    "session.enrol",
    "meeting.contribute",
    "package.download",
}
COORDINATOR = MEMBER | {
    "meeting.vote",
    "user.invite",
    "user.disable",
    "user.enable",
    "user.grant",
    "webhook.manage",
    "agreement.view",
    "figures.view",
    "access.decide",
    "access.revoke",
    "system.report",
    "import.plan",
    "import.confirm",
    "calendarfeed.open",
    "recall.confirm",
    "preparation.view",
}

PRODUCT = {
    "developmentarea.view",
    "wish.view",
    "module.view",
    "line.view",
    "system.view",
    "correction.view",
    "package.view",
    "import.view",
}
STAFF = SELF | {"office.enter"} | PRODUCT
ASSESSING = {"validity.assess", "correction.release", "validity.doubt"}
TICKETS = {
    "ticket.view",
    "organisation.view",
    "user.view",
    "team.view",
    "competence.view",
    "absence.view",
    "escalation.view",
    "accessrequest.view",
    "agreement.view",
    "checkpoint.view",
    "topic.view",
    "causecount.view",
    "course.view",
    "session.view",
    "enrolment.view",
    "defect.view",
    "majorfault.view",
    "schedule.view",
    "duty.view",
    "change.view",
    "rotation.view",
    "criticalperiod.view",
    "criticalrule.view",
    "page.view",
    "policy.view",
    "heartbeat.view",
}
ON_CALL = {
    "duty.swap",
    "duty.confirm",
    "page.acknowledge",
    "page.resolve",
    "page.test",
    "contactchannel.change",
}
MAIL = {"rawmail.view", "rawmail.decide"}
AGENT = (
    STAFF
    | TICKETS
    | MAIL
    | ON_CALL
    | {
        "validity.doubt",
        "gate.sign",
        "ticket.open",
        "ticket.reply",
        "ticket.note",
        "ticket.attach",
        "ticket.assign",
        "ticket.take",
        "ticket.hand_on",
        "ticket.change_priority",
        "ticket.escalate",
        "ticket.ask_access",
        "access.use",
        "escalation.watch",
        "ticket.wait_for_customer",
        "ticket.hand_back",
        "ticket.resume",
        "ticket.diagnose",
        "ticket.propose_course",
        "course.propose",
        "ticket.link_correction",
        "defect.report",
        "defect.comment",
        "defect.inform",
        "majorfault.link",
        "wish.put",
        "ticket.resolve",
        "ticket.reopen",
        "dispatch.retry",
    }
)
TRAININGS = {
    "topic.configure",
    "course.configure",
    "session.plan",
    "session.enrol",
    "enrolment.decide",
    "attendance.record",
    "certificate.revoke",
    "material.add",
    "course.propose",
}
DEFECTS = {"defect.accept", "defect.fix", "defect.reject", "defect.comment"}
LEAD = AGENT | {
    "roster.plan",
    "page.open",
    "policy.configure",
    "heartbeat.configure",
    "schedule.configure",
    "criticalperiod.configure",
    "criticalrule.configure",
    "gate.waive",
    "wave.waive",
    "escalation.handle",
    "escalationlevel.view",
    "escalationlevel.configure",
    "agelimit.view",
    "agelimit.configure",
    "replytemplate.view",
    "replytemplate.configure",
    "objection.decide",
    "majorfault.handle",
    "agreement.configure",
    "checkpoint.configure",
    "competence.configure",
    "absence.configure",
    "calendar.view",
    "calendar.configure",
    "mandate.view",
    "report.view",
}
ADMIN = (
    STAFF
    | TICKETS
    | {
        f"{noun}.{verb}"
        for noun in [
            "organisation",
            "mandate",
            "team",
            "user",
            "module",
            "line",
            "system",
            "correction",
            "package",
        ]
        for verb in ["view", "configure"]
    }
    | {
        f"{noun}.{verb}"
        for noun in [
            "competence",
            "absence",
            "calendar",
            "escalationlevel",
            "agelimit",
            "replytemplate",
            "topic",
            "course",
            "schedule",
            "policy",
            "heartbeat",
        ]
        for verb in ["view", "configure"]
    }
    | {"developmentarea.configure", "gatekind.view", "gatekind.configure"}
    | {"user.invite", "user.disable", "user.enable", "user.grant", "user.reset_mfa"}
    | {"agreement.configure", "policy.configure", "checkpoint.configure"}
    | ASSESSING
    | {"system.report"}
    | {"webhook.manage", "invitation.view", "report.view"}
    | {"event.view", "event.retry", "dispatch.view", "dispatch.retry", "webhook.view"}
    | MAIL
    | {f"{noun}.{verb}" for noun in ["mailbox", "blockedsender"] for verb in ["view", "configure"]}
)
AUDITOR = (
    STAFF
    | TICKETS
    | {"escalationlevel.view", "agelimit.view", "replytemplate.view"}
    | {"mandate.view", "calendar.view", "report.view", "entry.view", "event.view", "dispatch.view"}
    | {"webhook.view", "invitation.view", "rawmail.view", "mailbox.view", "blockedsender.view"}
)
SYSTEM = {
    "package.recall",
    "mail.receive",
    "mail.sort",
    "ticket.note",
    "dispatch.return",
    "roster.build",
    "page.open",
    "page.resolve",
    "duty.remind",
    "offer.expire",
    "heartbeat.report",
    "ticket.route",
    "ticket.assign",
    "ticket.announce_closing",
    "ticket.close",
    "ticket.scan",
    "user.reset_mfa",
    "ticket.rewind",
    "ticket.follow_correction",
    "ticket.resolve",
    "ticket.hand_on",
    "ticket.escalate",
}

MAY: dict[Role, set[str]] = {
    Role.MEMBER: MEMBER,
    Role.COORDINATOR: COORDINATOR,
    Role.AGENT: AGENT,
    Role.LEAD: LEAD,
    Role.DEVELOPER: STAFF
    | TICKETS
    | ON_CALL
    | DEFECTS
    | ASSESSING
    | {"correction.configure", "ticket.note", "ticket.attach", "gate.sign"},
    Role.RELEASE_MANAGER: STAFF
    | TICKETS
    | ASSESSING
    | {"gate.sign", "gate.waive", "gatekind.view", "gatekind.configure"}
    | {f"{noun}.configure" for noun in ["line", "system", "module", "correction", "package"]}
    | {"system.report"}
    | {"developmentarea.configure"},
    Role.TRAINER: STAFF | TICKETS | TRAININGS,
    Role.AUDITOR: AUDITOR,
    Role.ADMIN: ADMIN,
    Role.SYSTEM: SYSTEM,
}


def may(user: User, verb: str) -> bool:
    """Whether one of the user's roles includes the verb. A disabled user may nothing."""
    return user.is_active and any(verb in MAY[Role(role)] for role in user.roles)


def require(user: User, verb: str) -> None:
    """Raise NotAllowed unless `may`."""
    if not may(user, verb):
        raise NotAllowed(verb)
