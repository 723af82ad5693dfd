"""Who can solve what: people down, modules across, levels in the cells."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import ngettext

from releases.models import Module
from supportdesk.accounts import access
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import Team, User
from supportdesk.web.office import DeskAdmin, Section, colleague
from tickets import actions
from tickets.models import Competence

Levels = dict[str, int]  # "person.module" -> level; what is missing is not held


@dataclass(frozen=True)
class Cell:
    name: str
    level: int
    module: Module


@dataclass(frozen=True)
class Row:
    person: User
    cells: list[Cell]


@admin.register(Competence)
class CompetenceAdmin(DeskAdmin):
    """The matrix is the list, the form and the overview at once."""

    section = Section.TEAMS

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        people, modules = _people(request.GET.get("team", "")), list(Module.objects.offered())
        if request.method == "POST":
            return self._save(request, people, modules)
        levels = _levels(people)
        return self.page(
            request,
            "admin/tickets/competences.html",
            title=self.opts.verbose_name_plural,
            modules=modules,
            rows=[Row(person, _cells(person, modules, levels)) for person in people],
            covered=_covered(modules, levels),
            shown=json.dumps(levels),
            choices=Competence.Level.choices,
            teams=Team.objects.all(),
            team=request.GET.get("team", ""),
            may_configure=access.may(colleague(request), "competence.configure"),
        )

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(self.url())

    def _save(
        self, request: HttpRequest, people: list[User], modules: list[Module]
    ) -> HttpResponse:
        """Only cells this person changed since they saw them, so that two leads do not collide."""
        shown, changed = _as_levels(request.POST.get("shown", "")), 0
        for person in people:
            for module in modules:
                name = f"{person.pk}.{module.pk}"
                level = request.POST.get(name, "")
                if name in request.POST and level != str(shown.get(name, "")):
                    chosen = int(level) if level.isdecimal() and len(level) == 1 else None
                    actions.set_competence(person, module, chosen, by=colleague(request))
                    changed += 1
        words = ngettext("%(n)d level changed.", "%(n)d levels changed.", changed)
        messages.success(request, words % {"n": changed})
        return HttpResponseRedirect(request.get_full_path())


def _people(team: str) -> list[User]:
    people = User.objects.active().holding(Role.AGENT, Role.LEAD).select_related("team")
    if team.isdecimal() and len(team) < 19:
        people = people.filter(team=int(team))
    return list(people.order_by("team__name", "name"))


def _levels(people: list[User]) -> Levels:
    held = Competence.objects.filter(person__in=people)
    return {f"{one.person_id}.{one.module_id}": one.level for one in held}


def _as_levels(shown: str) -> Levels:
    """What the form showed; anything else counts as an empty matrix."""
    try:
        levels = json.loads(shown)
    except (ValueError, RecursionError):
        return {}
    return levels if isinstance(levels, dict) else {}


def _cells(person: User, modules: list[Module], levels: Levels) -> list[Cell]:
    names = [(f"{person.pk}.{module.pk}", module) for module in modules]
    return [Cell(name, levels.get(name, 0), module) for name, module in names]


def _covered(modules: list[Module], levels: Levels) -> list[int]:
    """How many people know each module at all: 0 and 1 are the holes a lead looks for."""
    holders: dict[int, int] = defaultdict(int)
    for name in levels:
        holders[int(name.split(".")[1])] += 1
    return [holders[module.pk] for module in modules]
