"""Form fields of the back office that every reader can use: labelled days, ticked lists, times."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.postgres.forms import DateRangeField, RangeWidget
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

ONE_DAY = timedelta(days=1)
DAY = 1440  # minutes


def in_days(during: DateRange) -> str:
    """A stored range as people say it: first to last day."""
    first = date_format(during.lower, "SHORT_DATE_FORMAT")
    if during.upper is None:
        return gettext("from %(first)s") % {"first": first}
    last = date_format(during.upper - ONE_DAY, "SHORT_DATE_FORMAT")
    return first if first == last else f"{first} – {last}"


class DayInput(forms.DateInput):
    """The browser's own calendar: reachable by keyboard, and no script of ours."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DaysInput(RangeWidget):
    """First and last day. Stored ranges end before their upper bound; people say the last day."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(DayInput(), attrs)
        first, last = self.widgets
        first.attrs["aria-label"], last.attrs["aria-label"] = _("first day"), _("last day")

    def decompress(self, value: Any) -> tuple[date | None, date | None]:
        if not value:
            return None, None
        return value.lower, value.upper - ONE_DAY if value.upper else None


class Days(DateRangeField):
    widget = DaysInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs["widget"] = DaysInput
        kwargs["help_text"] = _("First and last day; the last stays empty while the end is open.")
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return list(DaysInput().decompress(value)) if isinstance(value, DateRange) else value

    def compress(self, values: Any) -> DateRange | None:
        if not values or not any(values):
            return None
        first, last = values
        if first is None:
            raise ValidationError(_("Please give the first day."))
        if last is not None and last < first:
            raise ValidationError(_("The last day lies before the first."))
        return DateRange(first, last + ONE_DAY if last else None)


def ticked(field: models.Field, **kwargs: Any) -> forms.MultipleChoiceField:
    """An array of choices as a list to tick."""
    return forms.MultipleChoiceField(
        label=field.verbose_name,
        help_text=field.help_text,
        choices=field.base_field.choices,  # type: ignore[attr-defined]
        widget=forms.CheckboxSelectMultiple,
        required=not field.blank,
        **kwargs,
    )


class MinutesInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, int):
            return f"{value // 60 % 24:02}:{value % 60:02}"
        return super().format_value(value)


class MinuteOfDay(forms.TimeField):
    """A time of day, stored as minutes after midnight. As the end of a day, 0:00 is 24:00."""

    widget = MinutesInput

    def __init__(self, *, ends: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ends = ends

    def clean(self, value: Any) -> int | None:
        time = super().clean(value)
        if time is None:
            return None
        minutes = time.hour * 60 + time.minute
        return 1440 if self.ends and minutes == 0 else minutes

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.widget.format_value(initial) != (data or None)  # type: ignore[call-arg]


class Spans(forms.Field):
    """Hours of a day in words, "7:00–12:00, 13:00–15:00", stored as spans of minutes in order."""

    widget = forms.TextInput

    SPAN = re.compile(r"\s*(\d{1,2})[:.](\d\d)\s*[-–]\s*(\d{1,2})[:.](\d\d)\s*")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("For example 7:00–12:00, 13:00–15:00; empty is closed."))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return ", ".join(f"{_clock(span.lower)}–{_clock(span.upper)}" for span in value)
        return value

    def to_python(self, value: Any) -> list[NumericRange]:
        if isinstance(value, list):
            return value
        return [self._span(part) for part in (value or "").split(",") if part.strip()]

    def validate(self, value: Any) -> None:
        super().validate(value)
        edges = [edge for span in value for edge in (span.lower, span.upper)]
        ends_after_it_begins = all(span.lower < span.upper for span in value)
        if edges != sorted(edges) or not ends_after_it_begins or (edges and edges[-1] > DAY):
            raise ValidationError(_("The hours must follow each other within one day."))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != (initial or [])
        except ValidationError:
            return True

    def _span(self, text: str) -> NumericRange:
        found = self.SPAN.fullmatch(text)
        if found is None:
            raise ValidationError(_("Please write hours like 7:00–12:00, 13:00–15:00."))
        opens, opens_minute, closes, closes_minute = map(int, found.groups())
        if max(opens_minute, closes_minute) > 59:
            raise ValidationError(_("Please write hours like 7:00–12:00, 13:00–15:00."))
        return NumericRange(opens * 60 + opens_minute, closes * 60 + closes_minute)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def day_asked(said: str) -> date:
    """The day an address names; today for what is no day, or one of another century."""
    if re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", said):
        with suppress(ValueError):  # 31 February
            return date.fromisoformat(said)
    return timezone.localdate()
