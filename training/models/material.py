"""What participants take home: slides and exercises of a course, per release line."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from releases.models import Line
from supportdesk.accounts.models import User
from supportdesk.web.uploads import random_name
from training.models.course import Course
from training.models.enrolment import Enrolment, State

FOLDER = "materials"


def storage_name(_material: Material, _name: str) -> str:
    return random_name(FOLDER)


class MaterialQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Customers get those of courses they took part in, newer versions too."""
        if not user.is_active:
            return self.none()
        if user.is_vendor:
            return self
        came = Enrolment.objects.filter(person=user, state=State.ATTENDED)
        return self.filter(course__in=came.values("session__course"))


class Material(models.Model):
    """Never changed: another content is another version."""

    course = models.ForeignKey(
        Course, models.PROTECT, related_name="materials", verbose_name=_("course")
    )
    line = models.ForeignKey(
        Line,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("for release"),
    )
    version = models.CharField(_("version"), max_length=20)
    file = models.FileField(upload_to=storage_name, max_length=120)
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["name", "-line", "-uploaded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_material_of_a_version",
                fields=["course", "line", "name", "version"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="materials_have_their_digest",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
