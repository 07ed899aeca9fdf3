"""How much a header looks like a field's known names: exact, by words, by abbreviations, by typing errors."""

from difflib import SequenceMatcher
from functools import lru_cache

from lots.rules.fields import FIELDS
from lots.rules.text import fold

FILLERS = frozenset({
    "de", "du", "des", "d", "la", "le", "les", "l", "en", "sur", "pour", "n", "no", "num", "numero", "a",
    "au", "et", "ou", "par", "un", "une", "obligatoire", "format", "si", "applicable", "standardisee",
    "the", "of",
})  # fmt: skip
SHORT_FORMS = {
    "ref": "reference", "refs": "reference", "tel": "telephone", "tele": "telephone", "adr": "adresse",
    "dt": "date", "vol": "volume", "surf": "surface", "cod": "code", "cp": "cp", "benef": "beneficiaire",
    "prof": "professionnel", "pro": "professionnel", "inst": "installateur", "trvx": "travaux",
    "trx": "travaux", "op": "operation", "oper": "operation", "ach": "achevement", "eng": "engagement",
    "fact": "facture", "ent": "entreprise", "st": "soustraitant", "mail": "email", "courriel": "email",
    "client": "beneficiaire", "clients": "beneficiaire", "occupant": "beneficiaire",
    "menage": "beneficiaire", "installateur": "professionnel", "poseur": "professionnel",
    "artisan": "professionnel", "entreprise": "professionnel", "chantier": "travaux",
    "logement": "travaux", "site": "travaux", "commune": "ville", "localite": "ville",
    "mobile": "portable", "siret": "siren", "superficie": "surface", "kwhc": "cumac", "mwhc": "cumac",
    "kwh": "cumac", "mwh": "cumac", "isole": "isolee",
    "customer": "beneficiaire", "installer": "professionnel", "city": "ville", "phone": "telephone",
    "quote": "devis", "completion": "achevement", "area": "surface", "file": "dossier", "street": "voie",
    "address": "adresse", "sheet": "fiche", "volume": "volume",
}  # fmt: skip
# Words that say whose column it is: without one of them, the name of the group decides.
ACTORS = frozenset({
    "beneficiaire", "professionnel", "demandeur", "oblige", "delegataire", "siege", "travaux",
    "soustraitant", "bailleur", "operation",
})  # fmt: skip
# The word that says what a column is, when the others are unknown ("Adresse du bien").
HEADS = {
    "adresse": "address", "cp": "postcode", "ville": "city", "commune": "city", "nom": "last_name",
    "prenom": "first_name", "telephone": "phone", "tel": "phone", "fiche": "fiche", "dossier": "reference",
    "reference": "reference", "ref": "reference", "surface": "area_declared", "m2": "area_declared",
    "cumac": "volume_kwhc", "kwhc": "volume_kwhc", "siren": "installer_siren", "siret": "installer_siren",
    "devis": "engaged_on", "engagement": "engaged_on", "achevement": "completed_on",
    "facture": "completed_on",
}  # fmt: skip
TWO_WORD_FORMS = (
    ("code postal", "cp"),
    ("sous traitant", "soustraitant"),
    ("e mail", "email"),
    ("c p", "cp"),
    ("m 2", "m2"),
    ("zip code", "cp"),
)
GENERIC = frozenset(
    {"nom", "prenom", "siren", "adresse", "cp", "ville", "raison", "sociale", "telephone", "email"}
)


def is_actor(header: str) -> bool:
    """Return whether a header says whose columns it covers (beneficiary, firm, site...)."""
    return bool(_tokens(header) & ACTORS)


@lru_cache(maxsize=4_096)
def header_scores(header: str, group: str = "") -> dict[str, float]:
    """Return field -> likeness (0 to 1) of a header; its group's name tells whose name or address it is."""
    own = _scores(header)
    if not group:
        return own
    tokens = _tokens(header)
    in_group = _tokens(group) & ACTORS
    if not tokens & ACTORS and tokens & GENERIC and len(in_group) == 1:
        return _scores(f"{header} {next(iter(in_group))}")
    joined = _scores(f"{group} {header}")
    return {field: max(own.get(field, 0.0), 0.9 * joined.get(field, 0.0)) for field in {**own, **joined}}


@lru_cache(maxsize=4_096)
def _scores(header: str) -> dict[str, float]:
    text, tokens = fold(header), _tokens(header)
    if not text:
        return {}
    scores: dict[str, float] = {}
    for field, synonym, words in _synonyms():
        score = 1.0 if synonym == text else _likeness(tokens, words)
        if score > scores.get(field, 0.0):
            scores[field] = score
    head = next((HEADS[word] for word in fold(header).split() if word in HEADS), None)
    if head and scores.get(head, 0.0) < 0.5:
        scores[head] = 0.5
    return {field: score for field, score in scores.items() if score >= 0.3}


@lru_cache(maxsize=1)
def _synonyms() -> tuple[tuple[str, str, frozenset[str]], ...]:
    return tuple((spec.code, fold(name), _tokens(name)) for spec in FIELDS for name in spec.synonyms)


@lru_cache(maxsize=4_096)
def _tokens(text: str) -> frozenset[str]:
    line = f" {fold(text)} "
    for long, short in TWO_WORD_FORMS:
        line = line.replace(f" {long} ", f" {short} ")
    words = [word for word in line.split() if word not in FILLERS]
    return frozenset(SHORT_FORMS.get(word, word) for word in words or line.split())


def _likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """Return the share of words in common, a little under 1 at best."""
    if not left or not right:
        return 0.0
    if left == right:
        return 0.95
    common = sum(max(_word_likeness(word, other) for other in right) for word in left)
    total = len(left | right) if left & right else len(left) + len(right) - common
    return 0.9 * min(common, len(right)) / max(total, 1)


@lru_cache(maxsize=65_536)
def _word_likeness(left: str, right: str) -> float:
    if left == right:
        return 1.0
    short, long = sorted((left, right), key=len)
    if len(short) >= 3 and long.startswith(short):
        return 0.85
    ratio = SequenceMatcher(None, left, right).ratio() if len(short) >= 4 else 0.0
    return ratio if ratio >= 0.84 else 0.0
