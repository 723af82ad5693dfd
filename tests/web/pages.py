"""What a page lets its reader fill in, read from its HTML as a browser would."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote_plus, urljoin, urlsplit

TYPED = {"text", "search", "email", "url", "tel", "password", "number", "date", "time"}
TYPED |= {"datetime-local", "hidden"}
FORM = "application/x-www-form-urlencoded"


@dataclass
class Form:
    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)

    @property
    def kind(self) -> tuple[str, str, tuple[str, ...]]:
        """Two rows of a list have the same form: one of them is enough."""
        path = "/".join("#" if part.isdigit() else part for part in self.action.split("/"))
        return self.method, path, tuple(self.typed)

    def filled(self, words: str, names: list[str] | None = None) -> str:
        """All of it as a browser sends it, with these words in each field that takes words."""
        chosen = self.typed if names is None else names
        values = {**self.values, **{name: [words] for name in chosen}}
        pairs = [(name, value) for name, many in values.items() for value in many]
        return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)


def _quoted(text: str) -> str:
    return quote_plus(text.encode("utf-8", "surrogatepass"))


def forms_of(html: str, address: str) -> list[Form]:
    """Those with something to type. A button with an address of its own is a form of its own."""
    reader = _Reader(address)
    reader.feed(html)
    return [form for form in reader.forms if form.typed]


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Form(self._path(facts.get("action", "")), facts.get("method", "get"))
            self.forms.append(self.form)
        elif self.form is not None:
            getattr(self, f"_see_{tag}", lambda facts: None)(facts)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag in ("select", "textarea"):
            self.select = self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.form and self.textarea:
            self.form.values[self.textarea] = [data]

    def _path(self, action: str) -> str:
        there = urlsplit(urljoin(self.address, action))
        return f"{there.path}?{there.query}" if there.query else there.path

    def _see_button(self, facts: dict[str, str]) -> None:
        if self.form and "formaction" in facts:
            there = self._path(facts["formaction"])
            other = Form(there, self.form.method, self.form.values, self.form.typed)
            self.forms.append(other)

    def _see_input(self, facts: dict[str, str]) -> None:
        name, kind = facts.get("name", ""), facts.get("type", "text")
        if not (self.form and name) or kind in ("file", "submit") or "csrf" in name:
            return
        if kind in ("checkbox", "radio"):
            # A radio is taken to be answered, whichever way.
            if "checked" in facts or (kind == "radio" and name not in self.form.values):
                self.form.values[name] = [facts.get("value", "on")]
            return
        self.form.values[name] = [facts.get("value", "")]
        if kind in TYPED:
            self.form.typed.append(name)

    def _see_textarea(self, facts: dict[str, str]) -> None:
        if self.form and "name" in facts:
            self.textarea = facts["name"]
            self.form.values.setdefault(self.textarea, [""])
            self.form.typed.append(self.textarea)

    def _see_select(self, facts: dict[str, str]) -> None:
        self.select = facts.get("name", "")

    def _see_option(self, facts: dict[str, str]) -> None:
        """The chosen one, else the first that says anything."""
        if not (self.form and self.select):
            return
        if "selected" in facts or not any(self.form.values.get(self.select, [])):
            self.form.values[self.select] = [facts.get("value", "")]
