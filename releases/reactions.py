"""What else happens when something happened to the product: letters to those concerned."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from releases import actions, mail
from releases.models import Doubt, Import, Package, PackageFile, Recall, System
from supportdesk.accounts.access import Role
from supportdesk.accounts.models import User
from supportdesk.messaging import about, notices
from supportdesk.messaging.outbox import reacts_to

about.VISIBLE["releases.doubt"] = Doubt.objects.visible_to
about.VISIBLE["releases.import"] = Import.objects.visible_to
about.VISIBLE["releases.recall"] = Recall.objects.visible_to
notices.EVENTS["validity.doubted"] = _("Somebody doubts what I have assessed")
notices.EVENTS["doubt.settled"] = _("A verdict I doubted is answered")
notices.EVENTS["import.trouble"] = _("An import failed, was rolled back, or came too late")
notices.EVENTS["import.withdrawn"] = _("A package that I plan to import is withdrawn")
notices.EVENTS["package.recalled"] = _("A package that we have is withdrawn")
notices.PRESSING.add("package.recalled")
notices.EVENTS["package.file_damaged"] = _("A file of a package is damaged")
notices.STAFF_ONLY |= {"validity.doubted", "import.trouble", "package.file_damaged"}
notices.ONLY_FOR["import.trouble"] = lambda user: user.is_any(Role.RELEASE_MANAGER)
notices.ONLY_FOR["package.file_damaged"] = notices.ONLY_FOR["import.trouble"]
notices.ONLY_FOR["import.withdrawn"] = lambda user: user.is_any(Role.COORDINATOR)


@reacts_to("validity.doubted")
def tell_who_assessed(doubt: int, **_more: Any) -> None:
    mail.doubted(_doubt(doubt))


@reacts_to("doubt.settled")
def tell_who_doubted(doubt: int, **_more: Any) -> None:
    mail.settled(_doubt(doubt))


@reacts_to("import.failed")
def tell_of_the_failure(**about: Any) -> None:
    mail.import_trouble(_import(about["import"]), "failed")


@reacts_to("import.rolled_back")
def tell_of_the_rollback(**about: Any) -> None:
    mail.import_trouble(_import(about["import"]), "rolled_back")


@reacts_to("import.confirmed")
def tell_of_a_late_import(**about: Any) -> None:
    """Withdrawn in time for no alarm: whoever was alarmed then did not run it yet."""
    row = _import(about["import"])
    if row.came_too_late:
        mail.import_trouble(row, "late")


@reacts_to("package.withdrawn")
def tell_who_plans_to_import(package: int, **_more: Any) -> None:
    for row in Import.objects.for_lists().planned().filter(package=package):
        mail.planned_is_withdrawn(row)


@reacts_to("package.withdrawn")
def recall_it(package: int, **_more: Any) -> None:
    actions.recall(Package.objects.get(pk=package), by=User.objects.desk())


@reacts_to("system.reported")
def recall_what_was_withdrawn(system: int, changed: bool = True, **_more: Any) -> None:
    """The same said again, every night perhaps, is nothing new to whoever has confirmed."""
    if changed:
        actions.recall_from(System.objects.get(pk=system), by=User.objects.desk())


@reacts_to("package.recalled")
def tell_who_has_it(recall: int, **_more: Any) -> None:
    mail.recalled(Recall.objects.for_lists().get(pk=recall))


def _import(pk: int) -> Import:
    return Import.objects.for_lists().get(pk=pk)


@reacts_to("package.file_damaged")
def tell_who_manages_releases(file: int, **_more: Any) -> None:
    mail.damaged(PackageFile.objects.select_related("package__line").get(pk=file))


def _doubt(pk: int) -> Doubt:
    return Doubt.objects.select_related("correction", "system", "raised_by").get(pk=pk)
