"""What is wrong or doubtful in one line of a client's file, in French, by field (domain.md R13, R14)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from stdnum.fr import siren as siren_number

from lots.rules.deadlines import ALERT_MONTHS, FILING_MONTHS, filing_alert, filing_deadline
from lots.rules.fields import label_of
from spekty.core.french import day, typo

Value = str | Decimal | dt.date | None
Values = Mapping[str, Value]

FIRST_CEE_YEAR = 2006
AREA_DOMAIN = "EN"


class Severity(StrEnum):
    """An error rejects the line, a warning goes with it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Issue:
    """One remark: `rule` names the check, `message` is what a person reads."""

    rule: str
    field: str | None
    severity: Severity
    message: str


@dataclass(frozen=True)
class CheckContext:
    """What a line is checked against.

    `fiches` says for each known fiche whether it is in the body's scope; `lot_fiche` is the fiche of the lot
    the lines join (None: a new lot); the filing delay of R14 and its alerts are settings, in months.
    """

    today: dt.date
    fiches: Mapping[str, bool]
    client_siren: str | None = None
    lot_fiche: str | None = None
    filing_months: int = FILING_MONTHS
    alert_months: tuple[int, ...] = ALERT_MONTHS


def check_values(values: Values, context: CheckContext) -> list[Issue]:
    """Return every remark on one line's values."""
    return [
        *_presence(values),
        *_place(values),
        *_fiche(values, context),
        *_dates(values, context),
        *_filing(values, context),
        *_firms(values, context),
        *_amounts(values),
    ]


def error(rule: str, field: str | None, message: str) -> Issue:
    """Return a remark that rejects the line."""
    return Issue(rule, field, Severity.ERROR, typo(message))


def warning(rule: str, field: str | None, message: str) -> Issue:
    """Return a remark that goes with the line."""
    return Issue(rule, field, Severity.WARNING, typo(message))


def _presence(values: Values) -> list[Issue]:
    issues = [
        error("missing", field, f"{label_of(field)} : la cellule est vide.")
        for field in ("reference", "address", "postcode", "engaged_on")
        if values.get(field) is None
    ]
    if values.get("last_name") is None and values.get("company") is None:
        issues.append(error("missing", "last_name", "Ni nom ni raison sociale du bénéficiaire."))
    issues += [
        warning("missing", field, f"{label_of(field)} : la cellule est vide.")
        for field in ("city", "completed_on", "volume_kwhc")
        if values.get(field) is None
    ]
    if values.get("phone") is None and values.get("email") is None:
        issues.append(
            warning("unreachable", "phone", "Ni téléphone ni e-mail : le bénéficiaire sera injoignable.")
        )
    return issues


def _place(values: Values) -> list[Issue]:
    code = values.get("postcode")
    if isinstance(code, str) and not is_postcode(code):
        return [error("postcode", "postcode", f"Le code postal {code} n’est dans aucun département.")]
    return []


def is_postcode(code: str) -> bool:
    """Return whether the five digits begin with a French department (01 to 95) or an overseas prefix."""
    return len(code) == 5 and code.isdigit() and ("01" <= code[:2] <= "95" or code[:3] in OVERSEAS)


OVERSEAS = frozenset({"971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988"})


def _fiche(values: Values, context: CheckContext) -> list[Issue]:
    fiche = values.get("fiche")
    if not isinstance(fiche, str):
        return [error("missing", "fiche", f"{label_of('fiche')} : la cellule est vide.")]
    if fiche not in context.fiches:
        return [error("fiche_unknown", "fiche", f"La fiche {fiche} est inconnue.")]
    if not context.fiches[fiche]:
        return [error("fiche_scope", "fiche", f"La fiche {fiche} est hors du champ de nos contrôles.")]
    if context.lot_fiche and fiche != context.lot_fiche:
        return [
            error("fiche_lot", "fiche", f"La fiche {fiche} n’est pas celle du lot ({context.lot_fiche}).")
        ]
    return []


def _dates(values: Values, context: CheckContext) -> list[Issue]:
    engaged, completed = values.get("engaged_on"), values.get("completed_on")
    issues = []
    for field, found in (("engaged_on", engaged), ("completed_on", completed)):
        if isinstance(found, dt.date) and found.year < FIRST_CEE_YEAR:
            issues.append(error("date_range", field, f"{label_of(field)} : le {day(found)} est improbable."))
    if isinstance(engaged, dt.date) and engaged > context.today:
        issues.append(error("date_future", "engaged_on", f"Date d’engagement à venir ({day(engaged)})."))
    if isinstance(engaged, dt.date) and isinstance(completed, dt.date):
        if completed < engaged:
            text = f"Achèvement le {day(completed)}, avant l’engagement du {day(engaged)}."
            issues.append(error("date_order", "completed_on", text))
        elif completed > context.today:
            text = f"Achèvement à venir ({day(completed)}) : les travaux ne sont pas finis."
            issues.append(warning("date_future", "completed_on", text))
    return issues


def _filing(values: Values, context: CheckContext) -> list[Issue]:
    """R14: the request is due 12 months after completion."""
    completed = values.get("completed_on")
    if not isinstance(completed, dt.date):
        return []
    deadline, alert = _deadline(completed, context.filing_months, context.today, context.alert_months)
    if alert is None:
        return []
    if alert == 0:
        text = f"Délai de dépôt dépassé depuis le {day(deadline)} (achèvement le {day(completed)})."
        return [warning("filing_late", "completed_on", text)]
    return [
        warning("filing_near", "completed_on", f"Dépôt dû le {day(deadline)}, dans moins de {alert} mois.")
    ]


@lru_cache(maxsize=8_192)
def _deadline(
    completed: dt.date, months: int, today: dt.date, alerts: tuple[int, ...]
) -> tuple[dt.date, int | None]:
    deadline = filing_deadline(completed, months)
    return deadline, filing_alert(deadline, today, alerts)


def _firms(values: Values, context: CheckContext) -> list[Issue]:
    issues = _client(values, context)
    for field in ("installer_siren", "subcontractor_siren", "company_siren"):
        number = values.get(field)
        if isinstance(number, str) and not is_siren(number):
            remark = error if field == "installer_siren" else warning
            issues.append(remark("siren", field, f"{label_of(field)} : la clé de {number} est fausse."))
    if values.get("installer_siren") is None:
        text = "SIREN du professionnel absent : l’indépendance du demandeur ne peut pas être vérifiée."
        issues.append(warning("missing", "installer_siren", text))
    return [*issues, *_orderer(values, context)]


def _client(values: Values, context: CheckContext) -> list[Issue]:
    named = values.get("client_siren")
    if named is not None and context.client_siren and named != context.client_siren:
        text = f"Le SIREN du demandeur ({named}) n’est pas celui du client ({context.client_siren})."
        return [warning("client_siren", "client_siren", text)]
    return []


def _orderer(values: Values, context: CheckContext) -> list[Issue]:
    """R13: whoever orders the inspection must not have done the works."""
    orderers = {context.client_siren, values.get("client_siren")} - {None}
    doer = values.get("doer_siret")
    doers = {
        "installer_siren": values.get("installer_siren"),
        "subcontractor_siren": values.get("subcontractor_siren"),
        "doer_siret": doer[:9] if isinstance(doer, str) else None,
    }
    for field, number in doers.items():
        if number in orderers:
            text = f"Le demandeur est aussi l’entreprise des travaux (SIREN {number}) : contrôle interdit."
            return [error("orderer_is_installer", field, text)]
    return []


def _amounts(values: Values) -> list[Issue]:
    issues = []
    volume, area, fiche = values.get("volume_kwhc"), values.get("area_declared"), values.get("fiche")
    if isinstance(volume, Decimal) and volume < 0:
        issues.append(error("amount", "volume_kwhc", "Le volume est négatif."))
    elif volume == 0:
        issues.append(warning("amount", "volume_kwhc", "Le volume est nul."))
    if isinstance(area, Decimal) and area <= 0:
        issues.append(warning("amount", "area_declared", "La surface déclarée n’est pas positive."))
    elif area is None and isinstance(fiche, str) and fiche.split("-")[1:2] == [AREA_DOMAIN]:
        text = "Surface déclarée absente : l’écart de surface ne pourra pas être calculé."
        issues.append(warning("missing", "area_declared", text))
    return issues


@lru_cache(maxsize=16_384)
def is_siren(number: str) -> bool:
    """Return whether the nine digits have the right key."""
    return bool(siren_number.is_valid(number))
