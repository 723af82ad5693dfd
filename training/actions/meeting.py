"""User meetings: prepared, contributed to, voted at, minuted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from releases.models import Wish
from supportdesk.accounts import access
from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.errors import Invalid, Refused, WrongState
from supportdesk.messaging import outbox
from training.actions.seating import claim
from training.models import (
    CONTRIBUTION_NEXT,
    Ballot,
    Contribution,
    ContributionState,
    Course,
    Decision,
    Meeting,
    Session,
    SessionState,
    Slot,
    Vote,
)


@transaction.atomic
def prepare_meeting(
    session: Session,
    *,
    by: User,
    call_until: datetime | None,
    votes_until: datetime | None,
    budget: int,
    wishes: Collection[Wish],
) -> Meeting:
    """Until when topics are called for and votes are taken, how many points each customer has, and
    what they go to. Wishes with votes stay on the list, and the budget once somebody has voted.
    """
    meeting = _claim(session, "session.plan", by=by)
    given = set(Vote.objects.filter(ballot__meeting=meeting).values_list("wish", flat=True))
    if given - {wish.pk for wish in wishes}:
        raise Invalid(_("A wish that has votes stays on the list."), "wishes")
    if budget != meeting.budget and meeting.ballots.exists():
        raise Invalid(_("Somebody has voted already: the points stay as they are."), "budget")
    meeting.call_until, meeting.votes_until, meeting.budget = call_until, votes_until, budget
    meeting.save(update_fields=["call_until", "votes_until", "budget"])
    meeting.wishes.set(wishes)
    audit.record("meeting.prepared", meeting, by=by, wishes=[wish.pk for wish in wishes])
    return meeting


@transaction.atomic
def add_slot(
    session: Session,
    *,
    by: User,
    starts_at: datetime,
    ends_at: datetime,
    title: str,
    speaker: str = "",
) -> Slot:
    """Put something on the agenda, within the meeting and not while something else is on."""
    meeting = _claim(session, "session.plan", by=by)
    if not meeting.session.starts_at <= starts_at < ends_at <= meeting.session.ends_at:
        raise Invalid(_("It must lie within the meeting."), "starts_at")
    during = DateTimeTZRange(starts_at, ends_at)
    if meeting.slots.filter(during__overlap=during).exists():
        raise Invalid(_("Something else is on at that time."), "starts_at")
    slot = meeting.slots.create(during=during, title=title.strip(), speaker=speaker.strip())
    audit.record("meeting.slot_added", meeting, by=by, title=slot.title)
    return slot


@transaction.atomic
def drop_slot(slot: Slot, *, by: User) -> None:
    meeting = _claim(slot.meeting.session, "session.plan", by=by)
    audit.record("meeting.slot_dropped", meeting, by=by, title=slot.title)
    meeting.slots.filter(pk=slot.pk).delete()


@transaction.atomic
def contribute(
    session: Session, *, by: User, title: str, text: str = "", draft: bool = False
) -> Contribution:
    """Say what one wants to talk about; a draft is read by nobody else.

    Raises Refused when the call is over or there is none.
    """
    meeting = _claim(session, "meeting.contribute", by=by)
    if by.organisation is None or not _runs(meeting.call_until):
        raise Refused(_("No topics are called for at the moment."))
    state = ContributionState.DRAFT if draft else ContributionState.SUBMITTED
    facts = {"title": title.strip(), "text": text.strip(), "state": state}
    row = meeting.contributions.create(by=by, organisation=by.organisation, **facts)
    audit.record(f"contribution.{state}", row, by=by)
    return row


@transaction.atomic
def submit_contribution(contribution: Contribution, *, by: User) -> Contribution:
    """Hand in a draft of one's own, while topics are called for."""
    row = _contribution(contribution, "meeting.contribute", by=by)
    if row.by_id != by.pk or not _runs(row.meeting.call_until):
        raise Refused(_("No topics are called for at the moment."))
    return _decide(row, ContributionState.SUBMITTED, by=by)


@transaction.atomic
def accept_contribution(contribution: Contribution, *, by: User) -> Contribution:
    return _decide(
        _contribution(contribution, "session.plan", by=by), ContributionState.ACCEPTED, by=by
    )


@transaction.atomic
def decline_contribution(contribution: Contribution, *, by: User, reason: str) -> Contribution:
    """Say no, and why: whoever handed it in reads it."""
    if not reason.strip():
        raise Invalid.blank("reason")
    row = _contribution(contribution, "session.plan", by=by)
    return _decide(row, ContributionState.DECLINED, by=by, reason=reason.strip())


@transaction.atomic
def vote(session: Session, *, by: User, points: Mapping[Wish, int]) -> Ballot:
    """Give the points of one's house to wishes, all anew: what is not named gets none.

    Raises Refused when no votes are taken, Invalid for more points than the house has.
    """
    meeting = _claim(session, "meeting.vote", by=by)
    if by.organisation is None or not _runs(meeting.votes_until):
        raise Refused(_("No votes are taken at the moment."))
    ballot, _new = Ballot.objects.get_or_create(
        meeting=meeting, organisation=by.organisation, defaults={"budget": meeting.budget}
    )
    on_list = set(meeting.wishes.values_list("pk", flat=True))
    if any(wish.pk not in on_list or n < 0 for wish, n in points.items()):
        raise Invalid(_("This wish is not on the list."))
    if sum(points.values()) > ballot.budget:
        words = _("Your house has %(budget)d points; these are %(spent)d.")
        raise Invalid(words % {"budget": ballot.budget, "spent": sum(points.values())})
    ballot.votes.all().delete()
    given = {wish: n for wish, n in points.items() if n}
    for wish, n in given.items():
        ballot.votes.create(wish=wish, points=n, by=by)
    said = {str(wish.pk): n for wish, n in given.items()}
    audit.record("meeting.voted", meeting, by=by, organisation=ballot.organisation_id, points=said)
    ballot.refresh_from_db(fields=["spent"])
    return ballot


@transaction.atomic
def write_minutes(session: Session, *, by: User, minutes: str) -> Meeting:
    """Keep what was said. Once published it stays as it is."""
    meeting = _claim(session, "session.plan", by=by)
    _refuse_published(meeting)
    meeting.minutes = minutes.strip()
    meeting.save(update_fields=["minutes"])
    audit.record("meeting.minuted", meeting, by=by)
    return meeting


@transaction.atomic
def record_decision(session: Session, *, by: User, what: str, who: str, due_on: date) -> Decision:
    """Who does what by when."""
    meeting = _claim(session, "session.plan", by=by)
    _refuse_published(meeting)
    row = meeting.decisions.create(what=what.strip(), who=who.strip(), due_on=due_on)
    audit.record("meeting.decided", meeting, by=by, what=row.what, who=row.who, due=str(due_on))
    return row


@transaction.atomic
def settle_decision(decision: Decision, *, by: User) -> Decision:
    """It is done. Until then the next meetings show it."""
    meeting = _claim(decision.meeting.session, "session.plan", by=by)
    row = meeting.decisions.select_for_update().get(pk=decision.pk)
    if row.done_at:
        raise Refused(_("This is done already."))
    row.done_at = timezone.now()
    row.save(update_fields=["done_at"])
    audit.record("meeting.settled", meeting, by=by, what=row.what)
    return row


@transaction.atomic
def publish_minutes(session: Session, *, by: User) -> Meeting:
    """Hand the minutes with all decisions to everybody who took part.

    Raises Refused before the meeting is over, without minutes, and the second time.
    """
    meeting = _claim(session, "session.plan", by=by)
    _refuse_published(meeting)
    if meeting.session.ends_at > timezone.now():
        raise Refused(_("The session is not over yet."))
    if not meeting.minutes:
        raise Refused(_("There are no minutes yet."))
    meeting.published_at = timezone.now()
    meeting.save(update_fields=["published_at"])
    audit.record("meeting.published", meeting, by=by)
    outbox.emit("meeting.published", meeting=meeting.pk)
    return meeting


def _claim(session: Session, right: str, *, by: User) -> Meeting:
    """The meeting under the lock of its session; it comes about when it is first spoken of."""
    session = claim(session, right, by=by)
    if session.course.kind != Course.Kind.USER_MEETING:
        raise Refused(_("This is no user meeting."))
    if session.state == SessionState.CANCELLED:
        raise WrongState(SessionState(session.state), SessionState.OPEN)
    meeting, _new = Meeting.objects.get_or_create(session=session)
    meeting.session = session
    return meeting


def _contribution(contribution: Contribution, right: str, *, by: User) -> Contribution:
    access.require(by, right)
    rows = Contribution.objects.visible_to(by).select_for_update(of=("self",))
    return rows.select_related("meeting").get(pk=contribution.pk)


def _decide(
    row: Contribution, to: ContributionState, *, by: User, reason: str = ""
) -> Contribution:
    now = ContributionState(row.state)
    if to not in CONTRIBUTION_NEXT[now]:
        raise WrongState(now, to)
    row.state, row.reason = to, reason
    row.save(update_fields=["state", "reason"])
    audit.record(f"contribution.{to}", row, by=by)
    outbox.emit(f"contribution.{to}", contribution=row.pk)
    return row


def _runs(until: datetime | None) -> bool:
    return until is not None and timezone.now() < until


def _refuse_published(meeting: Meeting) -> None:
    if meeting.published_at:
        raise Refused(_("The minutes are published and stay as they are."))
