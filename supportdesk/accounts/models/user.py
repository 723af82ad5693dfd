"""People who sign in. Whoever belongs to no organisation works for the vendor."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from supportdesk.accounts import access
from supportdesk.accounts.access import CUSTOMER_ROLES, VENDOR_ROLES, Role
from supportdesk.accounts.models.organisation import Organisation
from supportdesk.audit import actions as audit

DESK_EMAIL = "desk@desk.invalid"


class Language(models.TextChoices):
    GERMAN = "de", _("German")
    ENGLISH = "en", _("English")


class Team(models.Model):
    """Specialists who answer for some modules together, in the hours of their calendar."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    calendar = models.ForeignKey(
        "worktime.Calendar", models.PROTECT, verbose_name=_("working hours")
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Colleagues; for the vendor, everybody. The desk's own account is nobody's colleague."""
        if not user.is_active:
            return self.none()
        if user.is_vendor:
            return self
        return self.filter(organisation__in=Organisation.objects.visible_to(user))

    def active(self) -> Self:
        return self.filter(is_active=True)

    def holding(self, *roles: Role) -> Self:
        return self.filter(roles__overlap=list(roles))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    @transaction.atomic
    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """`manage.py createsuperuser`: how the first administrator comes in, before anybody can
        invite."""
        admin = self.create_user(email, password, roles=[Role.ADMIN], **fields)
        audit.record("user.created", admin, by=self.desk(), roles=admin.roles)
        return admin

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email=(email or "").strip().lower())

    def desk(self) -> User:
        """The desk itself: acts for the timetable, with rights of its own. Cannot sign in."""
        if desk := self.filter(email=DESK_EMAIL).first():
            return desk
        try:
            with transaction.atomic(using=self.db):
                return self.create_user(DESK_EMAIL, name="Support-Desk", roles=[Role.SYSTEM])
        except IntegrityError:  # another process of the first start was quicker
            return self.get(email=DESK_EMAIL)


class User(AbstractBaseUser):  # type: ignore[django-manager-missing]  # tokens have no manager of ours
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("organisation"),
        help_text=_("Empty for the vendor's own staff."),
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("team")
    )
    deputy = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="stands_in_for",
        verbose_name=_("deputy"),
    )
    roles = ArrayField(
        models.CharField(max_length=16, choices=Role), default=list, verbose_name=_("roles")
    )
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.GERMAN
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="email_is_lower_case", condition=Q(email=Lower(F("email")))
            ),
            # Only the vendor's roles open the back office, and no customer holds one.
            models.CheckConstraint(
                name="roles_fit_the_organisation",
                condition=Q(organisation__isnull=True, roles__contained_by=VENDOR_ROLES)
                | Q(organisation__isnull=False, roles__contained_by=CUSTOMER_ROLES),
            ),
            models.CheckConstraint(
                name="only_the_vendor_has_teams",
                condition=Q(team__isnull=True) | Q(organisation__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_vendor(self) -> bool:
        return self.organisation_id is None

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin lets this person in at all."""
        return access.may(self, "office.enter")

    def is_any(self, *roles: Role) -> bool:
        return any(role in self.roles for role in roles)

    @property
    def role_names(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    # Django's admin asks for permissions by codename; the answer comes from the rights table.
    def has_perm(self, perm: str, obj: object = None) -> bool:
        verb, _sep, noun = perm.split(".", 1)[1].partition("_")
        return access.may(self, f"{noun}.{'view' if verb == 'view' else 'configure'}")

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff
