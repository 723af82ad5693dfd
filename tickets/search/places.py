"""What a line of words names beside tickets, within the reader's own scope."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from releases.models import Correction
from supportdesk.accounts import access
from supportdesk.accounts.models import Organisation, User
from tickets.search import words
from tickets.search.find import LARGEST_NUMBER, Sought

MOST = 5  # of a kind; who wants more says more
CORRECTION = re.compile(r"(?:k-?)?(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """`url` is empty where the reader has no page of it: then its words are the answer."""

    name: str
    beside: str
    url: str = ""


@dataclass(frozen=True)
class Kind:
    label: str
    places: list[Place]


def named(sought: Sought, reader: User, pages: Iterable[Place]) -> list[Kind]:
    """Kinds of places with what was found of them. A line with filters asks for tickets only."""
    if not sought.terms or sought.facts or sought.problems:
        return []
    terms = [words.fold(term) for term in sought.terms]
    kinds = [
        Kind(_("Pages"), [page for page in pages if _says(page.name, terms)][:MOST]),
        Kind(_("Customers"), _customers(sought.terms, reader)),
        Kind(_("People"), _people(sought.terms, reader)),
        Kind(_("Corrections"), _corrections(sought, reader)),
    ]
    return [kind for kind in kinds if kind.places]


def of_portal(reader: User) -> list[Place]:
    """The portal's pages that this customer may open."""
    pages = [
        Place(_("Start"), "", reverse("home")),
        Place(_("New ticket"), "", reverse("ticket_new")),
        Place(_("Tickets"), "", reverse("ticket_list")),
        Place(_("Systems"), "", reverse("systems")),
        Place(_("Release calendar"), "", reverse("release_calendar")),
        Place(_("Trainings"), "", reverse("trainings")),
        Place(_("My trainings"), "", reverse("trainings_mine")),
        Place(_("Inbox"), "", reverse("inbox")),
        Place(_("My organisation"), "", reverse("organisation")),
        Place(_("Profile and notifications"), "", reverse("profile")),
        Place(_("API tokens"), "", reverse("tokens")),
    ]
    if access.may(reader, "webhook.manage"):
        pages.append(Place(_("Webhooks"), "", reverse("webhooks")))
    return pages


def _says(name: str, terms: list[str]) -> bool:
    folded = words.fold(name)
    return all(term in folded for term in terms)


def _customers(terms: tuple[str, ...], reader: User) -> list[Place]:
    """For staff: a customer reads about its own organisation on one page, which is among theirs."""
    if not (reader.is_vendor and access.may(reader, "organisation.view")):
        return []
    rows = Organisation.objects.visible_to(reader)
    for term in terms:
        rows = rows.filter(Q(name__icontains=term) | Q(code__iexact=term))
    return [
        Place(row.name, row.code, reverse("admin:accounts_organisation_change", args=[row.pk]))
        for row in rows.order_by("name")[:MOST]
    ]


def _people(terms: tuple[str, ...], reader: User) -> list[Place]:
    rows = User.objects.visible_to(reader).active().select_related("organisation", "team")
    if not reader.is_vendor:
        rows = rows.filter(organisation=reader.organisation_id)
    for term in terms:
        rows = rows.filter(Q(name__icontains=term) | Q(email__iexact=term))
    page = _page_of_people(reader)
    return [
        Place(
            row.name,
            str(row.organisation or row.team or ""),
            reverse(page, args=[row.pk]) if page else "",
        )
        for row in rows.order_by("name")[:MOST]
    ]


def _page_of_people(reader: User) -> str:
    if reader.is_vendor:
        return "admin:accounts_user_change" if access.may(reader, "user.view") else ""
    return "colleague" if access.may(reader, "user.grant") else ""


def _corrections(sought: Sought, reader: User) -> list[Place]:
    """By number, by what it was made of, or by its words. Customers read what is released."""
    line = " ".join(sought.terms)
    said = Q(object_keys__contains=[line.upper()])
    if sought.is_text:
        said |= Q(words__matches=sought.wide)
    number = CORRECTION.fullmatch(line)
    if number and int(number[1]) <= LARGEST_NUMBER:
        said |= Q(number=int(number[1]))
    rows = Correction.objects.visible_to(reader).filter(said).order_by("-number")
    page = "admin:releases_correction_validity"
    return [
        Place(
            f"{row}: {row.symptom}",
            "" if reader.is_vendor else row.solution,
            reverse(page, args=[row.pk]) if reader.is_vendor else "",
        )
        for row in rows.only("number", "symptom", "solution")[:MOST]
    ]
