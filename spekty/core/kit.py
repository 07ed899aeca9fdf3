"""What the components' page and the help page show: samples in every state, shortcuts, words of the trade."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.templatetags.static import static
from django.utils import timezone

from spekty.core import palette
from spekty.core.keyset import COUNT_CAP, KeysetPage

SHORTCUTS = (
    (
        "Partout",
        (("Ctrl K", "rechercher une mission, un lot, un client"), ("?", "cette page"), ("Échap", "fermer")),
    ),
    (
        "Listes",
        (
            ("J", "ligne suivante"),
            ("K", "ligne précédente"),
            ("O", "ouvrir la ligne"),
            ("E", "faire l’acte proposé"),
            ("X", "cocher la ligne"),
            ("/", "aller au filtre"),
        ),
    ),
    (
        "Plateau",
        (
            ("Entrée", "affecter la mission choisie"),
            ("Alt ↑ ↓", "donner à un autre intervenant"),
            ("Alt ← →", "changer l’ordre de passage"),
            ("L", "verrouiller"),
            ("U", "annuler le dernier changement"),
            ("T", "aujourd’hui"),
            ("← →", "jour précédent, jour suivant"),
        ),
    ),
    (
        "Relecture",
        (("V", "valider et émettre"), ("R", "renvoyer à compléter"), ("J K", "relevé suivant, précédent")),
    ),
)

GLOSSARY = (
    (
        "Lot",
        "les opérations confiées ensemble par un client ; contrôlé par échantillon, sur site et par contact.",
    ),
    ("Tirage", "le choix au hasard, rejouable, des opérations à contrôler dans un lot."),
    ("Mission", "le contrôle d’une opération : un rendez-vous, un relevé, une relecture, un rapport."),
    ("Relevé", "ce que l’intervenant constate sur place : mesures, photos, signature."),
    ("Relevé à trancher", "un second relevé pour une même mission : la qualité dit lequel compte."),
    ("Satisfaisant, non satisfaisant, non vérifiable", "les trois conclusions possibles d’un contrôle."),
    ("Taux", "la part des opérations du lot contrôlées ; chaque fiche dit le taux à atteindre."),
    (
        "Ratio NS",
        "les non satisfaisants rapportés aux contrôles conclus ; au-delà du plafond, le lot est bloqué.",
    ),
    ("Visite improductive", "un déplacement sans contrôle possible : absence, refus, accès impossible."),
    ("Anomalie", "une ligne qui contredit une règle ; elle a un responsable, une échéance, un acte proposé."),
    (
        "Bascule",
        "le jour où l’application remplace le classeur ; ses totaux sont comparés ligne à ligne avant.",
    ),
)

# Palettes that have their own place on the page; the others follow in one list.
SHOWN = {"mission", "conclusion", "verdict", "lot", "invoice", "tour"}

PARTS = [
    ("done", 63, "émis"),
    ("act", 8, "à relire"),
    ("go", 9, "rendez-vous"),
    ("wait", 4, "à planifier"),
    ("exit", 15, "sorties"),
]

SWATCHES = (
    ("accent", "Accent"), ("ink", "Encre"), ("ink3", "Légende"), ("line", "Filet"),
    ("done", "Émis"), ("go", "En route"), ("act", "À traiter"), ("ok", "Favorable"),
    ("ko", "Bloquant"), ("nv", "Non vérifiable"), ("wait", "En attente"), ("exit", "Sortie"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """A saved view of a list, as `<c-views>` draws it."""

    label: str
    url: str
    count: int | None = None
    on: bool = False


class SampleForm(forms.Form):
    """A form with each kind of field, one of them in error."""

    visit = forms.DateField(
        label="Date de visite", help_text="Heure locale", widget=forms.DateInput(attrs={"type": "date"})
    )
    area = forms.DecimalField(
        label="Surface mesurée",
        localize=True,
        error_messages={"invalid": "Écrivez un nombre, par exemple 47,00"},
    )
    agent = forms.ChoiceField(
        label="Intervenant", choices=[("dc", "Dominique Coste"), ("sb", "Suzanne Bonnet")]
    )
    note = forms.CharField(label="Commentaire", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    access = forms.ChoiceField(
        label="Accès", widget=forms.RadioSelect, choices=[("yes", "Possible"), ("no", "Impossible")]
    )
    told = forms.BooleanField(label="Le bénéficiaire est prévenu", required=False)


def _form(prefix: str) -> SampleForm:
    return SampleForm({f"{prefix}-area": "4,7,0", f"{prefix}-access": "yes"}, prefix=prefix)


def context() -> dict[str, Any]:
    """Return the samples of the components' page."""
    today = timezone.localdate()
    return {
        "themes": [
            {"code": "light", "word": "Thème clair", "form": _form("light")},
            {"code": "dark", "word": "Thème sombre", "form": _form("dark")},
        ],
        "palettes": {kind: list(codes) for kind, codes in palette.PALETTES.items()},
        "other_palettes": [
            (kind, list(codes)) for kind, codes in palette.PALETTES.items() if kind not in SHOWN
        ],
        "swatches": SWATCHES,
        "parts": PARTS,
        "dates": {
            "far": today + dt.timedelta(70),
            "soon": today + dt.timedelta(5),
            "late": today - dt.timedelta(2),
            "today": today,
        },
        "nothing": None,
        "amount": Decimal("1305.60"),
        "rate_low": Fraction(1, 14),
        "rate_high": Fraction(2, 15),
        "ceiling": Fraction(1, 10),
        "loads": [
            (269, 141_000, Fraction(64, 100)),
            (403, 122_000, Fraction(96, 100)),
            (437, 188_000, Fraction(104, 100)),
        ],
        "button_states": [("", "repos"), ("is-hover", "survol"), ("is-focus", "focus"), ("active", "appui")],
        "photo": static("img/placeholder.svg"),
        "arith": [
            ("Non satisfaisants", "2", False),
            ("Contrôles conclus", "13 + 2 + 0", False),
            ("2 ÷ (13 + 2 + 0)", "13,3 %".replace(" ", "\N{NO-BREAK SPACE}"), True),
        ],
        "rows": [
            ("Client", "Primes & Travaux"),
            ("Reçu le", "29 janv. 2026"),
            ("Opérations", 96),
            ("Clôture", None),
        ],
        "views": [View("Tous", "#", 26), View("Ouverts", "#", 12, True), View("Dépôt sous 45 j", "#", 3)],
        "page": KeysetPage(range(12), "suivants", "precedents", COUNT_CAP + 1),
        "first_page": KeysetPage(range(5), total=5),
    }
