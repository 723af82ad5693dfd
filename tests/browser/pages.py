"""Which page is whose: one line per address that answers a browser with a page.

The first pattern that fits a route's name counts. An address without a line fails the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from django.urls import URLPattern, get_resolver

from oncall.admin.change import VERBS as CHANGE_VERBS
from oncall.admin.duty import VERBS as DUTY_VERBS
from oncall.admin.page import STEPS as PAGE_STEPS
from releases.admin.package import VERBS as PACKAGE_VERBS
from supportdesk.accounts.admin import InvitationAdmin, UserAdmin
from tickets.admin import access_request, defect, escalation, major_fault
from tickets.admin.raw_mail import STEPS as MAIL_STEPS
from tickets.admin.verbs import VERBS
from training.admin.meeting import STEPS
from training.admin.session import VERBS as SESSION_VERBS

ALICE, CAROL = "alice@alpina.example", "carol@alpina.example"
SAM, LEA = "sam@desk.example", "lea@desk.example"
ADA, AUDREY, TOM = "ada@desk.example", "audrey@desk.example", "tom@desk.example"
NOBODY = ""  # signed out


@dataclass(frozen=True)
class Page:
    """A route, who mainly reads it, and whether the markup is ours or Django's stock."""

    route: str
    persona: str
    ours: bool = True


PERSONAS = [
    # portal
    Page("home", ALICE),
    Page("ticket_list", ALICE),
    Page("search", ALICE),
    Page("ticket_new", ALICE),
    Page("ticket", ALICE),
    Page("inbox", ALICE),
    Page("fault", ALICE),
    Page("systems", CAROL),
    Page("deliveries", CAROL),
    Page("delivery", CAROL),
    Page("system_imports", CAROL),
    Page("release_calendar", CAROL),
    Page("inventory", CAROL),
    Page("organisation", CAROL),
    Page("colleague", CAROL),
    Page("webhooks", CAROL),
    Page("webhook", CAROL),
    Page("agreement", CAROL),
    Page("preparation", CAROL),
    Page("accesses", CAROL),
    Page("figures", CAROL),
    Page("access", CAROL),
    Page("trainings", CAROL),
    Page("trainings_mine", CAROL),
    Page("meeting", CAROL),
    Page("trainings_history", CAROL),
    Page("trainings_readiness", CAROL),
    Page("place_feedback", ALICE),
    Page("certificate_check", NOBODY),
    Page("certificate", NOBODY),
    Page("course", ALICE),
    Page("training_session", CAROL),
    Page("profile", ALICE),
    Page("tokens", CAROL),
    Page("api_docs", CAROL, ours=False),
    # signing in
    Page("account_login", NOBODY),
    Page("account_inactive", NOBODY),
    Page("account_reset_password", NOBODY),
    Page("account_reset_password_done", NOBODY),
    Page("account_reset_password_from_key_done", NOBODY),
    Page("socialaccount_login_cancelled", NOBODY),
    Page("account_logout", ALICE),
    Page("account_change_password", ALICE),
    Page("mfa_index", ALICE),
    # back office: our own pages
    Page("admin:index", SAM),
    Page("admin:tickets_ticket_changelist", SAM),
    Page("admin:tickets_ticket_add", SAM),
    Page("admin:tickets_ticket_change", SAM),
    Page("admin:tickets_ticket_priority", LEA),
    Page("admin:tickets_ticket_escalate", SAM),
    Page("admin:tickets_ticket_verdict", SAM),
    Page("admin:tickets_ticket_hand_back", SAM),
    Page("admin:tickets_ticket_correction", SAM),
    Page("admin:tickets_figures", LEA),
    Page("admin:tickets_search", SAM),
    Page("admin:tickets_ticket_access", SAM),
    Page("admin:tickets_accessrequest_changelist", SAM),
    Page("admin:tickets_accessrequest_change", SAM),
    Page("admin:tickets_accessrequest_history", AUDREY),
    Page("admin:tickets_escalation_changelist", LEA),
    Page("admin:tickets_majorfault_changelist", LEA),
    Page("admin:tickets_majorfault_add", LEA),
    Page("admin:tickets_majorfault_change", LEA),
    Page("admin:tickets_majorfault_history", AUDREY),
    Page("admin:tickets_defect_changelist", SAM),
    Page("admin:tickets_defect_change", SAM),
    Page("admin:tickets_defect_history", AUDREY),
    Page("admin:tickets_escalation_change", LEA),
    Page("admin:tickets_escalation_history", AUDREY),
    Page("admin:tickets_rawmail_changelist", SAM),
    Page("admin:tickets_rawmail_change", SAM),
    Page("admin:tickets_rawmail_history", AUDREY),
    Page("admin:tickets_mailbox_*", ADA, ours=False),
    Page("admin:tickets_blockedsender_*", ADA, ours=False),
    Page("admin:tickets_agreement_*", LEA, ours=False),
    Page("admin:tickets_escalationlevel_sample", LEA),
    Page("admin:tickets_escalationlevel_*", LEA, ours=False),
    Page("admin:tickets_replytemplate_change", LEA),
    Page("admin:tickets_replytemplate_*", LEA, ours=False),
    Page("admin:tickets_agelimit_*", LEA, ours=False),
    Page("admin:tickets_ticket_history", AUDREY),
    Page("admin:tickets_report", LEA),
    Page("admin:tickets_preparation", LEA),
    Page("admin:tickets_checkpoint_*", LEA, ours=False),
    Page("admin:tickets_competence_changelist", LEA),
    Page("admin:oncall_duty_changelist", LEA),
    Page("admin:oncall_duty_mine", SAM),
    Page("admin:oncall_duty_statement", LEA),
    Page("admin:oncall_duty_check", LEA),
    Page("admin:oncall_change_changelist", LEA),
    Page("admin:oncall_change_add", LEA),
    Page("admin:oncall_rotation_add", LEA),
    Page("admin:oncall_rotation_change", LEA),
    Page("admin:releases_correction_validity", ADA),
    Page("admin:releases_package_change", ADA),
    Page("admin:releases_package_calendar", ADA),
    Page("admin:releases_package_cockpit", ADA),
    Page("admin:releases_gatekind_*", ADA, ours=False),
    Page("admin:oncall_page_changelist", LEA),
    Page("admin:oncall_page_change", SAM),
    Page("admin:oncall_page_lines", SAM),
    Page("admin:oncall_policy_simulate", LEA),
    # back office: lists and forms
    Page("admin:oncall_policy_*", LEA, ours=False),
    Page("admin:oncall_rotation_changelist", LEA, ours=False),
    Page("admin:oncall_*_history", AUDREY, ours=False),
    Page("admin:oncall_schedule_*", LEA, ours=False),
    Page("admin:oncall_heartbeat_*", LEA, ours=False),
    Page("admin:oncall_critical*", LEA, ours=False),
    Page("admin:worktime_*", LEA, ours=False),
    Page("admin:audit_*", AUDREY, ours=False),
    Page("admin:messaging_*", ADA, ours=False),
    Page("admin:accounts_invitation_add", ADA),
    Page("admin:accounts_user_change", ADA),
    Page("admin:accounts_*", ADA, ours=False),
    Page("admin:releases_*", ADA, ours=False),
    Page("admin:training_session_meeting", TOM),
    Page("admin:training_causecount_need", TOM),
    Page("admin:training_session_board", TOM),
    Page("admin:tickets_effect", LEA),
    Page("admin:training_session_add", TOM),
    Page("admin:training_session_change", TOM),
    Page("admin:training_*", ADA, ours=False),
]

# Addresses that are no page of their own: pattern, and why.
NO_PAGES = {
    "duty_feed": "for calendars",
    "release_feed": "for calendars",
    "release_feed_*": "a verb: takes a click",
    "duty_reachable": "opened by a letter's link: tests/oncall walks it",
    "health_pages": "for machines",
    "rating": "opened by a link in a letter: tests/tickets walks it",
    "heartbeat_report": "for jobs",
    "admin:oncall_heartbeat_address": "a verb: shows its secret once",
    "page_take": "opened by a link in a call: tests/oncall walks it",
    **{
        f"admin:oncall_duty_{verb}": "a verb: takes a click"
        for verb in [*DUTY_VERBS, "feed", "add", "delete"]
    },
    "admin:oncall_duty_change": "leads to the calendar",
    **{f"admin:oncall_change_{verb}": "a verb: takes a click" for verb in CHANGE_VERBS},
    "admin:oncall_change_change": "leads to the list",
    **{f"admin:oncall_page_{verb}": "a verb: takes a click" for verb in [*PAGE_STEPS, "test"]},
    "admin:oncall_page_line_*": "a verb: takes a click",
    "admin:oncall_page_add": "pages are opened by what happens",
    "admin:oncall_page_delete": "pages are evidence",
    "admin:oncall_change_delete": "changes are withdrawn, never deleted",
    "admin:oncall_rotation_delete": "rotations end, and are never deleted",
    "attachment": "a file",
    "ticket_new_draft": "takes what is written",
    "ticket_new_proposal": "takes what is written",
    "ticket_new_verdicts": "takes what is written",
    "ticket_new_solved": "takes a click",
    "ticket_new_similar": "takes what is written",
    "admin:tickets_ticket_similar": "a part of the workbench",
    "system_report": "a verb: takes what is written",
    "system_doubt": "a verb: takes what is written",
    "import_*": "a verb: takes a click",
    "ticket_reply": "takes what is written",
    "ticket_confirm": "takes what is written",
    "ticket_escalate": "takes what is written",
    "ticket_withdraw": "a verb: takes a click",
    "access_*": "a verb: takes a click",
    **{
        f"admin:tickets_accessrequest_{verb}": "a verb: takes a click"
        for verb in [*access_request.STEPS, "add", "delete"]
    },
    **{
        f"admin:tickets_escalation_{verb}": "a verb: takes what is written"
        for verb in [*escalation.STEPS, "add", "delete"]
    },
    **{
        f"admin:tickets_majorfault_{verb}": "a verb: takes what is written"
        for verb in [*major_fault.STEPS, "delete"]
    },
    **{
        f"admin:tickets_defect_{verb}": "a verb: takes what is written"
        for verb in [*defect.STEPS, "add", "delete"]
    },
    **{
        f"admin:tickets_rawmail_{verb}": "a verb: takes what is written"
        for verb in [*MAIL_STEPS, "add", "delete"]
    },
    "admin:tickets_rawmail_raw": "a file",
    "admin:tickets_ticket_send_again": "a verb: takes a click",
    "admin:tickets_blockedsender_add": "a sender is blocked where their mail waits",
    "ticket_object": "takes what is written",
    "ticket_reopen": "takes what is written",
    "ticket_draft": "takes what is written",
    "inbox_read": "takes what is written",
    "notice_read": "takes what is written",
    "organisation_invite": "takes what is written",
    "webhook_*": "a verb: takes what is written",
    "colleague_*": "a verb: takes what is written",
    "profile_*": "takes what is written",
    "trainings_feed*": "for calendars",
    "certificate_file": "a file",
    "material": "a file",
    "meeting_*": "a verb: takes what is written",
    **{f"admin:training_session_meeting_{step}": "a verb: takes a click" for step in STEPS},
    **{f"admin:training_session_{verb}": "a verb: takes a click" for verb in SESSION_VERBS},
    "admin:training_session_delete": "sessions are cancelled, never deleted",
    "admin:training_course_delete": "courses are switched off, never deleted",
    "training_book": "a verb: takes a click",
    "place_*": "a verb: takes a click",
    "session*_end*": "a verb: takes a click",
    "token_revoke": "a verb: takes a click",
    "delivery_file": "a file",
    "delivery_notes": "a file",
    "recall_confirm": "a verb: takes a click",
    "invitation": "opened by a letter's link: test_invitation.py walks it",
    "invitation_*": "a verb: takes a click",
    "api_schema": "for programs",
    # tests/entrance says of each page of the library whether it is open
    "account_signup": "closed",
    "account_email*": "closed",
    "account_confirm_*": "closed",
    "account_set_password": "for who has no password",
    "account_reset_password_from_key": "a step: tests/entrance walks it",
    "account_reauthenticate": "a step: test_sign_in walks it",
    "mfa_*authenticate*": "a step: test_sign_in walks it",
    "mfa_*_webauthn": "a step: test_sign_in walks it",
    "mfa_*_recovery_codes": "a step: test_sign_in walks it",
    "mfa_*_totp": "a step: test_sign_in walks it",
    "socialaccount_[!l]*": "closed",
    "usersessions_list": "closed: the profile does it",
    "favicon": "a picture",
    "robots": "for programs",
    "socialaccount_login_error": "closed",
    "openid_connect_*": "leads to another house",
    "admin:autocomplete": "JSON",
    "admin:jsi18n": "a script",
    "admin:view_on_site": "leads elsewhere",
    "admin:log*": "the portal's sign-in does it",
    "admin:password_change*": "the portal's profile does it",
    "admin:app_list": "closed: the menu leads to each page",
    "admin:tickets_ticket_bulk_*": "takes what is ticked",
    **{
        f"admin:tickets_ticket_{verb}": "a verb: takes what is written"
        for verb in [*VERBS, "draft", "template", "delete"]
    },
    **{
        f"admin:tickets_competence_{kind}": "the matrix does it"
        for kind in ["add", "change", "delete", "history"]
    },
    "admin:accounts_user_delete": "people are disabled, never deleted",
    "admin:releases_gatekind_delete": "gates are switched off, never deleted",
    "admin:releases_package_delete": "packages are withdrawn, never deleted",
    **{f"admin:releases_package_{verb}": "a verb: takes a click" for verb in PACKAGE_VERBS},
    **{
        f"admin:releases_correction_{verb}": "a verb: takes what is written"
        for verb in ("assess", "release", "settle")
    },
    "admin:accounts_invitation_delete": "invitations are withdrawn, never deleted",
    **{f"admin:accounts_user_{verb}": "a verb: takes a click" for verb in UserAdmin.verbs},
    **{f"admin:accounts_invitation_{v}": "a verb: takes a click" for v in InvitationAdmin.verbs},
    "admin:accounts_user_add": "people are invited",
    "admin:accounts_webhook_add": "customers register their own, through the API",
    "admin:accounts_webhook_delete": "customers remove their own",
    "admin:releases_import_[!ch]*": "planned and ended by customers",
    "admin:releases_wish_[!ch]*": "put from tickets",
    "admin:training_causecount_[!ch]*": "tickets count",
    "admin:audit_*_add": "the record writes itself",
    "admin:audit_*_delete": "the record stays",
    "admin:messaging_*_add": "written by what happens",
    "admin:messaging_*_delete": "written by what happens",
}


def routes(under: object = None, namespace: str = "") -> Iterator[str]:
    """The name of every address there is, API left out: its doors speak JSON."""
    for entry in (under or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            if entry.name:
                yield namespace + entry.name
        elif "v1/" not in str(entry.pattern):
            yield from routes(entry, f"{entry.namespace}:" if entry.namespace else namespace)


def pages() -> list[tuple[str, Page]]:
    found = ((route, page_of(route)) for route in sorted(set(routes())) if not is_no_page(route))
    return [(route, page) for route, page in found if page]


def unknown() -> list[str]:
    return [route for route in routes() if not is_no_page(route) and not page_of(route)]


def unused() -> list[str]:
    """Lines of these tables that no address answers to any more."""
    patterns = [page.route for page in PERSONAS] + list(NO_PAGES)
    names = set(routes())
    return [one for one in patterns if not any(fnmatchcase(name, one) for name in names)]


def page_of(route: str) -> Page | None:
    return next((page for page in PERSONAS if fnmatchcase(route, page.route)), None)


def is_no_page(route: str) -> bool:
    return any(fnmatchcase(route, pattern) for pattern in NO_PAGES)
