"""People: who signs in, which roles they hold, and what an agent may do, where and when."""

import datetime as dt
import secrets
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from spekty.accounts.enums import OFFICE_ROLES, Contract, LinkKind, Role, Vehicle
from spekty.core.actors import Actor
from spekty.core.enums import Family, Source
from spekty.core.history import tracked


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Create a person who signs in with `email`; without password they can't until they set one."""
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Create an administrator of the technical back office."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


@tracked
class User(AbstractUser):
    """A person of the house; `email` is the sign-in, groups are the roles."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("adresse e-mail", unique=True)
    is_demo = models.BooleanField("compte de démonstration", default=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "utilisateur"
        verbose_name_plural = "utilisateurs"

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @cached_property
    def roles(self) -> frozenset[str]:
        """Role codes held, read once per request (with the person, by spekty.accounts.backends)."""
        read_with_me: list[str] | None = getattr(self, "role_names", None)
        if read_with_me is not None:
            return frozenset(read_with_me)
        return frozenset(self.groups.values_list("name", flat=True))

    @cached_property
    def agent_id_or_none(self) -> int | None:
        """Id of the person's agent profile, if any, read once per request."""
        return Agent.objects.filter(user_id=self.pk).values_list("pk", flat=True).first()

    @property
    def sees_everything(self) -> bool:
        """Whether one of the roles opens every client's work."""
        return self.is_superuser or bool(self.roles & OFFICE_ROLES)

    @property
    def main_role(self) -> str:
        """The role whose home page is theirs: the first held, in order of precedence."""
        return next((role for role in Role.values if role in self.roles), "")

    def has_role(self, *roles: str) -> bool:
        """Return whether one of `roles` is held; administrators hold all of them."""
        return self.is_superuser or Role.ADMIN in self.roles or bool(self.roles & set(roles))

    def acting(self, source: Source = Source.WEB) -> Actor:
        """Return this person as the actor of a service, through the door `source`."""
        roles = frozenset(Role.values) if self.has_role(Role.ADMIN) else self.roles
        return Actor(user_id=self.pk, name=str(self), roles=roles, source=source)


class AgentQuerySet(models.QuerySet["Agent"]):
    def active(self) -> "AgentQuerySet":
        return self.filter(is_active=True)


def new_token() -> str:
    """Return an unguessable token for addresses that need no sign-in."""
    return secrets.token_urlsafe(24)


def weekdays() -> list[int]:
    """Return Monday to Friday (0 to 4)."""
    return [0, 1, 2, 3, 4]


@tracked
class Agent(models.Model):
    """An inspector: employee or freelance; home, hours and limits feed the planning."""

    user = models.OneToOneField(
        User, models.PROTECT, null=True, blank=True, related_name="agent", verbose_name="compte"
    )
    code = models.CharField("code", max_length=20, unique=True)
    initials = models.CharField("initiales", max_length=6)
    last_name = models.CharField("nom", max_length=80)
    first_name = models.CharField("prénom", max_length=80)
    contract = models.CharField("contrat", max_length=12, choices=Contract.choices)
    vehicle = models.CharField("véhicule", max_length=10, choices=Vehicle.choices, blank=True)
    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    postcode = models.CharField("code postal", max_length=5, blank=True)
    city = models.CharField("ville", max_length=100, blank=True)
    lat = models.FloatField("latitude", null=True, blank=True)
    lon = models.FloatField("longitude", null=True, blank=True)
    departments = ArrayField(
        models.CharField(max_length=3), verbose_name="secteurs", default=list, blank=True
    )
    workdays = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name="jours travaillés", default=weekdays
    )
    day_start = models.TimeField("début de journée", default=dt.time(8))
    day_end = models.TimeField("fin de journée", default=dt.time(18))
    lunch_minutes = models.PositiveSmallIntegerField("pause en minutes", default=45)
    max_km = models.PositiveSmallIntegerField("km par jour au plus", default=350)
    max_stops = models.PositiveSmallIntegerField("visites par jour au plus", default=9)
    field_app_id = models.CharField("identifiant Kizeo", max_length=40, blank=True)
    calendar_token = models.CharField("jeton d’agenda", max_length=40, default=new_token, unique=True)
    is_active = models.BooleanField("en activité", default=True)

    objects = AgentQuerySet.as_manager()

    class Meta:
        verbose_name = "intervenant"
        verbose_name_plural = "intervenants"
        ordering = ["last_name", "first_name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(day_start__lt=F("day_end")),
                name="agent_day_order",
                violation_error_message="La journée doit finir après avoir commencé.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def short_name(self) -> str:
        """'D. Coste'"""
        return f"{self.first_name[:1]}. {self.last_name}"


@tracked
class Authorisation(models.Model):
    """The dated right of an agent to inspect a family; `valid_to` empty means without end."""

    agent = models.ForeignKey(
        Agent, models.CASCADE, related_name="authorisations", verbose_name="intervenant"
    )
    family = models.CharField("famille", max_length=3, choices=Family.choices)
    valid_from = models.DateField("du")
    valid_to = models.DateField("au", null=True, blank=True)

    class Meta:
        verbose_name = "habilitation"
        verbose_name_plural = "habilitations"
        ordering = ["agent", "family", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["agent", "family", "valid_from"], name="authorisation_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="authorisation_dates",
                violation_error_message="L’habilitation doit finir après avoir commencé.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent} {self.family}"

    def covers(self, day: dt.date) -> bool:
        """Return whether the right holds on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@tracked
class DeclaredLink(models.Model):
    """A link that would bias an inspection: it blocks the assignment (NF EN ISO/IEC 17020, type A)."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="links", verbose_name="intervenant")
    kind = models.CharField("avec", max_length=14, choices=LinkKind.choices)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    name = models.CharField("nom", max_length=150)
    reason = models.CharField("nature du lien", max_length=200)
    valid_from = models.DateField("du")
    valid_to = models.DateField("au", null=True, blank=True)

    class Meta:
        verbose_name = "lien déclaré"
        verbose_name_plural = "liens déclarés"

    def __str__(self) -> str:
        return f"{self.agent} – {self.name}"


@tracked
class Absence(models.Model):
    """Days on which an agent takes no tour; both ends included."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="absences", verbose_name="intervenant")
    first_day = models.DateField("du", db_index=True)
    last_day = models.DateField("au")
    reason = models.CharField("motif", max_length=80, default="Congé")

    class Meta:
        verbose_name = "absence"
        verbose_name_plural = "absences"
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="absence_dates",
                violation_error_message="L’absence doit finir après avoir commencé.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agent} {self.first_day} – {self.last_day}"
