"""Words of the cockpit: kinds of discrepancy and who answers for them, figures, axes, states."""

from typing import NamedTuple


class KindWords(NamedTuple):
    """What a kind is called, which team answers for it, and whether it is about money."""

    label: str
    team: str
    money: bool


KINDS: dict[str, KindWords] = {
    "PAY_DIFF": KindWords("Total de paie différent", "Siège", True),
    "INVOICE_DIFF": KindWords("Total de facture différent", "Siège", True),
    "MISSION_PRICE_DIFF": KindWords("Prix de mission différent", "Siège", True),
    "NOT_INVOICED": KindWords("Rapport jamais facturé", "Siège", True),
    "INVOICED_TWICE": KindWords("Mission facturée deux fois", "Siège", True),
    "INVOICE_NUMBER_GAP": KindWords("Numéro de facture manquant", "Siège", True),
    "INVOICE_NUMBER_DUPLICATE": KindWords("Numéro de facture en double", "Siège", True),
    "PAID_WITHOUT_VISIT": KindWords("Payée sans visite tenue", "Siège", True),
    "AUTHORISATION_MISSING": KindWords("Habilitation absente ou échue", "Planification", False),
    "DATE_ORDER": KindWords("Dates dans le désordre", "Planification", False),
    "STATUS_CONTRADICTION": KindWords("Statut et résultat contradictoires", "Qualité", False),
    "REVIEWER_IS_INSPECTOR": KindWords("Relecteur = intervenant", "Qualité", False),
    "AREA_GAP_CONCLUSION": KindWords("Satisfaisant malgré l’écart de surface", "Qualité", False),
    "DUPLICATE_OPERATION": KindWords("Opération en double", "Siège", False),
    "ORDERER_IS_INSTALLER": KindWords("Client et installateur identiques", "Siège", False),
    "LOT_CONFORMITY_DIFF": KindWords("Verdict de lot différent", "Qualité", False),
}
MONEY_KINDS = tuple(kind for kind, words in KINDS.items() if words.money)
PAY_KINDS = ("PAY_DIFF", "PAID_WITHOUT_VISIT")

FIGURES: dict[str, str] = {
    "lots": "Lots",
    "operations": "Opérations",
    "missions": "Missions",
    "paid": "Missions payées",
    "closed_lots": "Lots clos",
    "compliant": "Lots conformes",
    "invoices": "Factures émises",
    "invoiced_ht": "Facturé HT",
    "billed_ht": "Missions facturées, HT",
    "pay": "Paie",
    "pay_parts": "Paie, somme des composantes",
    "km": "Kilomètres",
    "site_missions_held": "Visites tenues",
    "invoiced_ttc": "Facturé TTC",
}
EUROS = frozenset({"invoiced_ht", "billed_ht", "pay", "pay_parts", "invoiced_ttc"})
# In the address -> (word, axis of a load, part of a replay's control).
AXES: dict[str, tuple[str, str, str]] = {
    "ensemble": ("Ensemble", "total", "totals"),
    "mois": ("Par mois", "month", "by_month"),
    "client": ("Par donneur d’ordre", "client", "by_client"),
    "intervenant": ("Par intervenant", "agent", "by_agent"),
    "statut": ("Par statut", "status", "by_status"),
}

# state -> (word, tone, icon)
STATES: dict[str, tuple[str, str, str]] = {
    "open": ("À classer", "ko", "x-octagon-fill"),
    "stale": ("À revoir", "ko", "x-octagon-fill"),
    "to_sign": ("À signer", "act", "hourglass-split"),
    "signed": ("Signé", "ok", "check-circle-fill"),
}
FATES: dict[str, str] = {
    "created": "créées",
    "updated": "mises à jour",
    "unchanged": "inchangées",
    "merged": "fusionnées",
    "ignored": "ignorées",
    "rejected": "refusées",
    "kept": "gardées, avec une remarque",
}
