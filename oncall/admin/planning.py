"""A form about the plan, and what it would change: looked at first, then saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from oncall import actions
from oncall.actions.materialising import Shifted
from oncall.models import Schedule
from oncall.spans import Span
from supportdesk.accounts.models import User
from supportdesk.errors import Invalid, Refused
from supportdesk.web.forms import DeskForm
from supportdesk.web.office import Room

SHOWN = 6  # spans of a person; of more, how many


@dataclass(frozen=True)
class Told:
    """What changes for a person, who is told of it."""

    person: User
    gone: list[Span]
    came: list[Span]
    more: int


def answer(
    room: Room, request: HttpRequest, form: DeskForm, enter: Callable[[], Any], **page: Any
) -> HttpResponse:
    """Look or save, as the button says. What is refused stands in the form, with all typed."""
    template, done = page.pop("template"), page.pop("done")
    if not form.is_valid():
        return room.page(request, template, form=form, status=422, **page)
    try:
        if "look" in request.POST:
            told = whom(actions.preview(_schedule(form, page), enter))
            return room.page(request, template, form=form, told=told, looked=True, **page)
        enter()
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return room.page(request, template, form=form, status=refusal.status, **page)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return room.page(request, template, form=form, status=refusal.status, **page)
    return HttpResponseRedirect(done)


def whom(shifted: list[Shifted]) -> list[Told]:
    people = User.objects.in_bulk([one.person for one in shifted])
    return [
        Told(
            people[one.person],
            one.gone[:SHOWN],
            one.came[:SHOWN],
            max(len(one.gone) - SHOWN, 0) + max(len(one.came) - SHOWN, 0),
        )
        for one in shifted
    ]


def _schedule(form: DeskForm, page: dict[str, Any]) -> Schedule:
    return page["schedule"] if page.get("schedule") else form.cleaned_data["schedule"]
