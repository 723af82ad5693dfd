"""What verbs raise. Doors do not catch these: `supportdesk.web` renders them, page or API."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Refused(Exception):
    """A verb said no. `code` is for machines, the text for the reader who sees it."""

    code = "refused"
    status = 409
    title = gettext_lazy("This is not possible")


class NotAllowed(Refused):
    code = "not_allowed"
    status = 403
    title = gettext_lazy("You may not do this")

    def __init__(self, verb: str) -> None:
        super().__init__(_("Your role does not include this step (%(verb)s).") % {"verb": verb})
        self.verb = verb


class WrongState(Refused):
    """The row has moved on. Names the state it is in and the state that was asked for."""

    code = "wrong_state"
    title = gettext_lazy("The state has changed")

    def __init__(self, now: object, wanted: object) -> None:
        names = {"now": getattr(now, "label", now), "wanted": getattr(wanted, "label", wanted)}
        super().__init__(_("It is “%(now)s” and cannot become “%(wanted)s”.") % names)
        self.now, self.wanted = now, wanted


class Invalid(Refused):
    """The input cannot be used. `field` names where, None means the whole."""

    code = "invalid"
    status = 422
    title = gettext_lazy("Please check your input")

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field

    @classmethod
    def blank(cls, field: str) -> Invalid:
        return cls(_("Please write something here."), field)
