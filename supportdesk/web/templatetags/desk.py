"""Template words of the desk: signs, chips, times. Loaded into every template.

Each is a plain function too, so that the back office's columns say things the same way.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from supportdesk.web.fields import in_days
from supportdesk.web.icons import ICONS

if TYPE_CHECKING:
    from supportdesk.accounts.models import User

register = template.Library()

# Shape and word: read without colour, in grey and when printed.
PRIORITIES: dict[int, tuple[str, Any]] = {
    1: ("M6.2 1h7.6L19 6.2v7.6L13.8 19H6.2L1 13.8V6.2z", gettext_lazy("Standstill")),
    2: ("M10 .8L19.2 10 10 19.2.8 10z", gettext_lazy("Severe")),
    3: (
        "M3.5 2.5h13a1 1 0 011 1v13a1 1 0 01-1 1h-13a1 1 0 01-1-1v-13a1 1 0 011-1z",
        gettext_lazy("Normal"),
    ),
    4: ("M10 2a8 8 0 110 16 8 8 0 010-16z", gettext_lazy("Question")),
}
# The look of a state for staff; a customer sees their own turn in amber and in their own words.
CHIPS: dict[str, tuple[str, str, Any]] = {
    "new": ("", "new", gettext_lazy("New")),
    "open": ("us", "half", gettext_lazy("In progress")),
    "waiting_customer": ("off", "pause", gettext_lazy("Waiting for customer")),
    "waiting_development": ("us", "code", gettext_lazy("In development")),
    "waiting_delivery": ("us", "package", gettext_lazy("Waiting for delivery")),
    "resolved": ("ok", "check", gettext_lazy("Resolved")),
    "closed": ("off", "tick", gettext_lazy("Closed")),
}
YOURS = {"waiting_customer": ("you", "back", gettext_lazy("Waiting for you"))}

BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
]
SYSTEMS = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
]
DAY = {"de": "D d.m.", "en": "D j M"}
DAY_OF_ANOTHER_YEAR = {"de": "D d.m.Y", "en": "D j M Y"}
TIME = "G:i"


@register.simple_tag
def icon(name: str) -> SafeString:
    """A sign beside a word that says the same; readers of the page never hear it."""
    drawing = mark_safe(ICONS[name])  # noqa: S308 - our own table
    return format_html(
        '<svg class="sd-icon" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', drawing
    )


@register.simple_tag
def priority(value: int, short: bool = False) -> SafeString:
    """Shape, number and word; `short` shows the shape and says the rest to screen readers."""
    path, word = PRIORITIES[value]
    sign = format_html(
        '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="{}"/>'
        '<text x="10" y="14">{}</text></svg>',
        path,
        value,
    )
    words = {"sign": sign, "value": value, "word": word, "priority": _("Priority")}
    if short:
        return format_html(
            '<span class="sd-prio sd-p{value}" title="{priority} {value}: {word}">{sign}'
            '<span class="sd-sr">{priority} {value}, {word}</span></span>',
            **words,
        )
    return format_html(
        '<span class="sd-prio sd-p{value}">{sign}'
        '<span><span class="sd-sr">{priority} </span>{value} · {word}</span></span>',
        **words,
    )


@register.simple_tag
def status(value: str, reader: User | None = None) -> SafeString:
    """The state as a chip: sign and word, and the word says whose turn it is."""
    look = CHIPS[value]
    if reader is not None and not reader.is_vendor:
        look = YOURS.get(value, look)
    return chip(*look)


@register.simple_tag
def chip(kind: str, sign: str, words: Any) -> SafeString:
    """A sign and a word in a frame. Kinds: you, us, ok, bad, off, or empty for neutral."""
    look = f"sd-chip sd-chip-{kind}" if kind else "sd-chip"
    return format_html('<span class="{}">{}{}</span>', look, icon(sign), words)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A point in time as people say it: today, 8:20; Fri 20 Nov, 7:48."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    time = formatted(local, TIME)
    if local.date() == timezone.localdate():
        words = _("today, %(time)s") % {"time": time}
    else:
        words = f"{_day(local.date())}, {time}"
    return _time(value.isoformat(timespec="minutes"), words)


@register.filter
def due(value: datetime) -> SafeString:
    """Until when something is promised, or since when it is overdue, with a sign of its own."""
    late = value < timezone.now()
    words = _("overdue since %(when)s") if late else _("by %(when)s")
    return format_html(
        '<span class="sd-clock{}">{}<span>{}</span></span>',
        " sd-clock-late" if late else "",
        icon("alert" if late else "clock"),
        format_html(words.replace("%(when)s", "{}"), moment(value)),
    )


@register.filter
def day(value: date | None) -> SafeString | str:
    """A calendar day with its weekday; the year only where it is not this one."""
    if value is None:
        return ""
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return _time(local.isoformat(), _day(local))


register.filter("in_days", in_days)


@register.filter
def size(value: int) -> str:
    """A file's size in the reader's language."""
    return filesizeformat(value)


@register.filter
def span(value: timedelta) -> str:
    """A length of time in the unit people would choose: 40 s, 12 min, 3:05 h, 2 days."""
    seconds = int(value.total_seconds())
    if seconds < 60:
        return _("%(n)d s") % {"n": seconds}
    minutes, hours = seconds // 60, seconds // 3600
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    if hours < 48:
        return _("%(hours)d:%(minutes)02d h") % {"hours": hours, "minutes": minutes % 60}
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}


@register.filter
def initials(name: str) -> str:
    """Two letters for the timeline: first and last name."""
    words = name.split()
    return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()


@register.filter
def browser(user_agent: str) -> str:
    """What people call their browser. The first sign that fits counts: many claim to be others."""
    program = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    if program and system:
        return _("%(browser)s on %(system)s") % {"browser": program, "system": system}
    return program or system or first_words(user_agent, 40) or _("Unknown browser")


@register.filter
def first_words(text: str, length: int = 140) -> str:
    """The beginning of a text in one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length + 1].rsplit(" ", 1)[0][:length]
    return f"{cut} …"


def _day(value: date) -> str:
    formats = DAY if value.year == timezone.localdate().year else DAY_OF_ANOTHER_YEAR
    language = (get_language() or "de")[:2]
    return formatted(value, formats.get(language, formats["en"]))


def _time(machine: str, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, words)
