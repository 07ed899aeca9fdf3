"""Roles and what an agent is (domain.md)."""

from django.db import models


class Role(models.TextChoices):
    """Each role is a Django group of the same name; the order is that of precedence for the home page."""

    DIRECTION = "direction", "Direction"
    HEAD_OFFICE = "siege", "Siège"
    PLANNER = "planificateur", "Planification"
    QUALITY = "qualite", "Qualité"
    PAY_BILLING = "paie-facturation", "Paie et facturation"
    AGENT = "intervenant", "Intervenant"
    ADMIN = "admin", "Administration"


# Everyone at the office sees every client's work; an agent only what is assigned to them.
OFFICE_ROLES = frozenset(Role.values) - {Role.AGENT}


class Contract(models.TextChoices):
    """The values are those of payroll.rules and of the pay scale."""

    EMPLOYEE = "SALARIE", "Salarié"
    FREELANCE = "INDEPENDANT", "Indépendant"


class Vehicle(models.TextChoices):
    """The values are those of payroll.rules."""

    OWN = "PERSONNEL", "Personnel"
    COMPANY = "SOCIETE", "Société"
    NONE = "", "Aucun"


class LinkKind(models.TextChoices):
    CLIENT = "client", "Donneur d’ordre"
    INSTALLER = "professionnel", "Professionnel"
    BENEFICIARY = "beneficiaire", "Bénéficiaire"
