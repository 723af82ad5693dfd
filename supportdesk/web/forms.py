"""Forms in the look of the desk. What is missing or wrong the server says, in our words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms

from supportdesk.errors import Invalid

Row = TypeVar("Row")
PLAIN = (forms.RadioSelect, forms.CheckboxInput, forms.CheckboxSelectMultiple)


class DeskForm(forms.Form):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, PLAIN):
                field.widget.attrs.setdefault("class", "sd-input")


def attempt(form: forms.Form, call: Callable[[], Row]) -> Row | None:
    """Call the verb with a valid form. What it finds Invalid stands at the field, as typed."""
    if not form.is_valid():
        return None
    try:
        return call()
    except Invalid as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None
