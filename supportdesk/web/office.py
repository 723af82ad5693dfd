"""The back office: Django's admin under our own name, menu and look, with bases for its rooms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import BaseInlineFormSet, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts.models import User
from supportdesk.audit import actions as audit
from supportdesk.audit.models import Entry as AuditEntry
from supportdesk.messaging import outbox
from supportdesk.web.fields import DayInput, Days
from supportdesk.web.menu import Folder, MenuLine, Section, counted, folded, line_of

# What other rooms show on the page of a row, by its model.
BESIDE: dict[str, list[Callable[[HttpRequest, Any], str]]] = defaultdict(list)
HISTORY = 200


def colleague(request: HttpRequest) -> User:
    """Who is asking. `admin_view` lets no stranger through."""
    assert isinstance(request.user, User)
    return request.user


class Office(admin.AdminSite):
    site_header = _("Support desk, internal")
    site_title = _("Support desk")
    index_title = _("What needs me")

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # Rows are deleted one by one, after a look at what hangs on them.
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Our own rooms only. Packages bring pages for their tables too; nobody has a right to
        them, so they have no address either.
        """
        if admin_class is not None and issubclass(admin_class, Room):
            super().register(model_or_iterable, admin_class, **options)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        menu = self.menu(request) if self.has_permission(request) else []
        return {**super().each_context(request), "menu": menu}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        panels = [
            room.panel(request) for room in self._rooms() if room.has_view_permission(request)
        ]
        return super().index(request, {"panels": [p for p in panels if p], **(extra_context or {})})

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Signed in and not of the vendor: 403 at once, not a login page that cannot help."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def open_to_staff(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return guarded(request, *args, **kwargs)

        return open_to_staff

    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseRedirect:
        """There is one way in, with its rate limits and second factors."""
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"))

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return redirect("account_change_password")

    def menu(self, request: HttpRequest) -> list[Folder]:
        """What this person may open, in its folders; the page being looked at is marked."""
        lines = counted(self.lines(request))
        here = line_of(lines, request.get_full_path())
        return folded([replace(line, current=line is here) for line in lines])

    def lines(self, request: HttpRequest) -> list[MenuLine]:
        """Every page this person may open from the menu, without its number."""
        return [line for room in self._rooms() for line in room.menu(request)]

    def _rooms(self) -> list[Room]:
        return list(self._registry.values())  # type: ignore[arg-type]


class Room(admin.ModelAdmin):
    """What all our admin pages share: a place in the menu, visible rows only, 404 beyond them."""

    admin_site: Office
    section = Section.ADMINISTRATION
    show_full_result_count = False
    list_per_page = 50
    formfield_overrides = {
        models.DateField: {"widget": DayInput},
        DateRangeField: {"form_class": Days},
    }

    def menu(self, request: HttpRequest) -> list[MenuLine]:
        if not self.has_view_permission(request):
            return []
        return [MenuLine(_capitalised(self.opts.verbose_name_plural), self.url(), self.section)]

    def panel(self, request: HttpRequest) -> str | None:
        """A rendered part of the start page, or nothing."""
        return None

    def url(self, page: str = "changelist", *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)

    def page(
        self, request: HttpRequest, template: str, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        """A page of our own inside the frame."""
        frame = self.admin_site.each_context(request)
        return render(request, template, {**frame, "opts": self.opts, **context}, status=status)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows = super().get_queryset(request)
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        named = {"title": _capitalised(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**named, **(extra_context or {})})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Plain choices, without the admin's pop-up buttons beside each of them."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if row := context["original"]:
            context["beside"] = [show(request, row) for show in BESIDE[self.opts.label_lower]]
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        entries = AuditEntry.objects.filter(
            subject_type=self.opts.label_lower, subject_id=row.pk
        ).select_related("by")
        return self.page(request, "admin/object_history.html", title=row, entries=entries[:HISTORY])

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponseRedirect:
        raise Http404  # whether the row exists is not said to those who may not see it


class DeskAdmin(Room):
    """Rows with a life of their own: read by all who may see them, changed by verbs only."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AuditedAdmin(Room):
    """Configuration without a life cycle: edited in forms, each change a line in the audit record.

    Django's own log stays empty: there is one record, and it cannot be changed. Other rooms hear of
    a change where it has an `event`.
    """

    event = ""

    def announced(self, row: Any) -> dict[str, Any]:
        """What the event names."""
        return {row._meta.model_name: row.pk}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self._announce(self.announced(form.instance))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        about = self.announced(obj)
        super().delete_model(request, obj)
        self._announce(about)

    def _announce(self, about: dict[str, Any]) -> None:
        if self.event:
            outbox.emit(self.event, **about)

    def construct_change_message(  # type: ignore[override]
        self, request: HttpRequest, form: ModelForm, formsets: Any, add: bool = False
    ) -> dict[str, Any]:
        facts: dict[str, Any] = {"changed": _changes(form)}
        for formset in formsets or []:
            if rows := _row_changes(formset):
                facts[formset.model._meta.model_name] = rows
        return facts

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        return self._record("added", obj, request, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        return self._record("changed", obj, request, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return [self._record("deleted", row, request, {"was": str(row)}) for row in queryset]

    def _record(self, verb: str, row: models.Model, request: HttpRequest, facts: Any) -> AuditEntry:
        return audit.record(f"{row._meta.model_name}.{verb}", row, by=colleague(request), **facts)


class PartFormSet(BaseInlineFormSet):
    """Rows under column heads: each input says which it is, for those who hear the page."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs.setdefault("aria-label", field.label)


class PartOf(admin.TabularInline):
    """Rows that belong to their parent: whoever may configure the parent may configure them."""

    extra = 0
    formset = PartFormSet
    formfield_overrides = {models.DateField: {"widget": DayInput}}

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_change_permission(request, obj)

    def _parent(self) -> admin.ModelAdmin:
        return self.admin_site.get_model_admin(self.parent_model)


def _capitalised(words: Any) -> str:
    return str(words)[:1].upper() + str(words)[1:]


def _changes(form: ModelForm) -> dict[str, list[str]]:
    return {
        name: [_as_text(form.initial.get(name)), _as_text(form.cleaned_data.get(name))]
        for name in form.changed_data
        if name in form.cleaned_data
    }


def _as_text(value: Any) -> str:
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, list | tuple | models.QuerySet):
        return ", ".join(_as_text(one) for one in value)
    return "" if value is None else str(value)


def _row_changes(formset: Any) -> dict[str, list[Any]]:
    """What happened to the rows of an inline, by name."""
    rows: dict[str, list[Any]] = {
        "added": [str(row) for row in formset.new_objects],
        "changed": [[str(row), names] for row, names in formset.changed_objects],
        "deleted": [str(row) for row in formset.deleted_objects],
    }
    return {verb: found for verb, found in rows.items() if found}
