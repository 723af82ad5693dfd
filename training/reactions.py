"""What else happens when something happens to a place or a session: letters to those concerned."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.messaging import about, notices
from supportdesk.messaging.outbox import reacts_to
from training import mail
from training.models import Certificate, Contribution, Enrolment, Meeting, Proposal, State

about.VISIBLE["training.enrolment"] = Enrolment.objects.visible_to
notices.EVENTS["training.place"] = _("A place of mine in a training is booked, offered or ended")
notices.EVENTS["training.changed"] = _("A training I take part in is moved or renamed")
about.VISIBLE["training.proposal"] = Proposal.objects.visible_to
notices.EVENTS["training.proposed"] = _("A course is proposed to me because of a ticket")
about.VISIBLE["training.meeting"] = Meeting.objects.visible_to
about.VISIBLE["training.contribution"] = Contribution.objects.visible_to
notices.EVENTS["training.minutes"] = _("The minutes of a user meeting I was at are published")
notices.EVENTS["training.contribution"] = _("A topic I brought to a user meeting is answered")
notices.EVENTS["training.certificate"] = _("A certificate of mine is issued")
notices.EVENTS["training.reminded"] = _("A training of mine begins tomorrow")


@reacts_to("enrolment.requested")
def tell_it_is_asked_for(**about: Any) -> None:
    _tell(State.REQUESTED, **about)


@reacts_to("enrolment.booked")
def tell_it_is_booked(**about: Any) -> None:
    _tell(State.BOOKED, **about)


@reacts_to("enrolment.waiting")
def tell_who_waits(**about: Any) -> None:
    _tell(State.WAITING, **about)


@reacts_to("enrolment.offered")
def tell_of_the_offer(**about: Any) -> None:
    _tell(State.OFFERED, **about)


@reacts_to("enrolment.cancelled")
def tell_it_is_cancelled(**about: Any) -> None:
    _tell(State.CANCELLED, **about)


@reacts_to("enrolment.declined")
def tell_it_is_declined(**about: Any) -> None:
    _tell(State.DECLINED, **about)


@reacts_to("enrolment.expired")
def tell_it_ran_out(**about: Any) -> None:
    _tell(State.EXPIRED, **about)


@reacts_to("session.changed")
def tell_of_the_change(people: list[int], at: str, **_more: Any) -> None:
    for row in _rows().filter(pk__in=people).living():
        mail.changed(row, at)


@reacts_to("certificate.issued")
def tell_of_the_certificate(certificate: int) -> None:
    rows = Certificate.objects.valid().select_related(
        "enrolment__session__course", "enrolment__person"
    )
    if row := rows.filter(pk=certificate).first():  # else revoked meanwhile
        mail.certified(row)


@reacts_to("course.proposed")
def tell_of_the_proposal(proposal: int) -> None:
    mail.proposed(Proposal.objects.select_related("course", "person").get(pk=proposal))


@reacts_to("contribution.accepted")
def tell_it_is_on_the_agenda(contribution: int) -> None:
    mail.answered(_contributions().get(pk=contribution))


@reacts_to("contribution.declined")
def tell_it_is_not(contribution: int) -> None:
    mail.answered(_contributions().get(pk=contribution))


@reacts_to("meeting.published")
def hand_out_the_minutes(meeting: int) -> None:
    row = Meeting.objects.select_related("session__course").get(pk=meeting)
    for place in row.session.enrolments.filter(state=State.ATTENDED).select_related("person"):
        mail.minuted(row, place.person)


def _contributions() -> Any:
    return Contribution.objects.select_related("by", "meeting__session__course")


def _tell(state: State, enrolment: int, turn: int, sequence: int | None = None) -> None:
    """Unless it has moved on, and its next letter says what counts; or all is over anyway.

    What a calendar must take up is always sent: messages that come late count lower.
    """
    row = _rows().get(pk=enrolment)
    is_last = row.turn == turn
    if row.session.ends_at > timezone.now() and (is_last or sequence is not None):
        mail.place(row, state, turn, sequence)


def _rows() -> Any:
    return Enrolment.objects.select_related("session__course", "person")
