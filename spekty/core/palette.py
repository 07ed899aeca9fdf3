"""The status palette: what a code is called, which tone it has, which shape stands for it.

A status is always the three together (shape, colour, word). Tones: wait, go, act, ok, ko, nv, exit, done,
void. `act` says that someone here must act, `ko` that something is blocked, late or not satisfactory.
Source: design reference, "Status palette".
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """How a code is shown: the French word, the tone (a CSS suffix) and the icon's name in the sprite."""

    word: str
    tone: str
    icon: str = ""


class UnknownCode(LookupError):
    """No look is declared for this code: declare it in this module, a person must never read a code."""


NBSP = "\N{NO-BREAK SPACE}"

MISSION = {
    "to_plan": Look("À planifier", "wait", "st-plan"),
    "to_contact": Look("À contacter", "wait", "st-contact"),
    "fixed": Look("Rendez-vous fixé", "go", "st-rdv"),
    "confirmed": Look("Rendez-vous confirmé", "go", "st-conf"),
    "in_progress": Look("En cours", "go", "st-cours"),
    "received": Look("Relevé reçu", "go", "st-recu"),
    "to_review": Look("À relire", "act", "eyeglasses"),
    "to_complete": Look("À compléter", "act", "arrow-return-left"),
    "reported": Look("Rapport émis", "done", "file-earmark-check-fill"),
    "unreachable": Look("Injoignable", "exit", "telephone-x"),
    "refused": Look("Refus", "exit", "slash-circle"),
    "cancelled": Look("Annulée", "void", "x-circle"),
    "unproductive": Look("Visite improductive", "exit", "door-closed"),
}

# A conclusion is a solid shape, progress is a ring: they never share a column.
CONCLUSION = {
    "S": Look("Satisfaisant", "s", "check-circle-fill"),
    "NS": Look("Non satisfaisant", "ns", "x-octagon-fill"),
    "NV": Look("Non vérifiable", "nv", "question-diamond-fill"),
    "": Look("Sans conclusion", "none"),
}

VERDICT = {
    "compliant": Look("Conforme", "ok", "shield-fill-check"),
    "ns_above": Look(f"NS{NBSP}>{NBSP}plafond", "ko", "exclamation-octagon-fill"),
    "rate_missed": Look("Taux non atteint", "act", "exclamation-triangle-fill"),
}

LOT = {
    "received": Look("Reçu", "wait", "inbox"),
    "drawn": Look("En cours", "go", "st-cours"),
    "closed": Look("Clos", "wait", "lock-fill"),
    # Said of a lot by a screen, not stored: all is controlled and compliant; the client has filed it.
    "to_file": Look("À déposer", "ok", "check-lg"),
    "filed": Look("Déposé", "done", "file-earmark-check-fill"),
}

INVOICE = {
    "draft": Look("Brouillon", "wait", "pencil"),
    "issued": Look("Émise", "go", "file-earmark-check-fill"),
    "sent": Look("Envoyée", "go", "send-check"),
    "paid": Look("Payée", "ok", "check-lg"),
}

TOUR = {
    "draft": Look("Brouillon", "go", "pencil"),
    "published": Look("Publiée", "ok", "check-lg"),
    "started": Look("Commencée", "go", "st-cours"),
    "done": Look("Terminée", "wait", "flag"),
}

APPOINTMENT = {
    "fixed": Look("Fixé", "go", "st-rdv"),
    "confirmed": Look("Confirmé", "go", "st-conf"),
    "held": Look("Tenu", "done", "check-lg"),
    "missed": Look("Manqué", "exit", "door-closed"),
    "cancelled": Look("Annulé", "void", "x-circle"),
}

PERIOD = {
    "open": Look("Ouverte", "go", "unlock"),
    "closed": Look("Close", "wait", "lock-fill"),
}

REVIEW = {
    "accepted": Look("Validé", "done", "check-lg"),
    "sent_back": Look("Renvoyé à compléter", "act", "arrow-return-left"),
}

PLAN_RUN = {
    "queued": Look("En attente", "wait", "hourglass-split"),
    "running": Look("Calcul en cours", "go", "arrow-repeat"),
    "ready": Look("À examiner", "act", "eyeglasses"),
    "applied": Look("Appliquée", "ok", "check-lg"),
    "failed": Look("Échouée", "ko", "x-octagon-fill"),
    "discarded": Look("Écartée", "exit", "slash-circle"),
}

IMPORT = {
    "uploaded": Look("À vérifier", "act", "eyeglasses"),
    "committed": Look("Importé", "ok", "check-lg"),
    "undone": Look("Annulé", "void", "x-circle"),
}

IMPORT_ROW = {
    "created": Look("Créée", "ok", "plus-lg"),
    "updated": Look("Mise à jour", "go", "pencil"),
    "unchanged": Look("Inchangée", "wait", "dash"),
    "rejected": Look("Refusée", "ko", "x-octagon-fill"),
    "ignored": Look("Ignorée", "exit", "slash-circle"),
    "merged": Look("Fusionnée", "go", "intersect"),
}

DISCREPANCY = {
    "unknown": Look("Non classé", "act", "question-circle"),
    "legacy_error": Look("Erreur du classeur", "exit", "file-earmark-spreadsheet"),
    "new_rule": Look("Règle nouvelle", "go", "journal-check"),
    "app_bug": Look("Défaut de l’application", "ko", "x-octagon-fill"),
}

PALETTES = {
    "appointment": APPOINTMENT,
    "period": PERIOD,
    "review": REVIEW,
    "plan_run": PLAN_RUN,
    "import": IMPORT,
    "import_row": IMPORT_ROW,
    "discrepancy": DISCREPANCY,
    "mission": MISSION,
    "conclusion": CONCLUSION,
    "verdict": VERDICT,
    "lot": LOT,
    "invoice": INVOICE,
    "tour": TOUR,
}


def look(kind: str, code: str | None) -> Look:
    """Return the look of `code` in the palette `kind`, one of the keys of PALETTES.

    Raises UnknownCode: a code without a word must never reach a person.
    """
    try:
        return PALETTES[kind][code or ""]
    except KeyError:
        raise UnknownCode(f"{kind}: {code!r}") from None
