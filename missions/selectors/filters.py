"""The filters of the missions' list, read from an address and written back; unknown values are dropped."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from urllib.parse import urlencode

from django.db.models import Q, Value
from django.http import QueryDict
from django.utils.dateparse import parse_date

from lots.models import Operation
from lots.models.lots import OPERATION_WORDS
from missions.enums import MissionStatus
from missions.models import MissionQuerySet
from missions.rules.anomalies import RULES
from missions.selectors import facts
from spekty.core import french
from spekty.core.departments import NAMES
from spekty.core.enums import Channel, Conclusion, Family
from spekty.core.folding import Fold

NOBODY = "aucun"
NO_CONCLUSION = "aucune"
MAX_TEXT = 80


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person asked to see; `anomaly` and `view` need more than columns (see `listing`)."""

    view: str = ""
    text: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    departments: tuple[str, ...] = ()
    channel: str = ""
    families: tuple[str, ...] = ()
    agent: str = ""
    client: str = ""
    lot: str = ""
    installer: str = ""
    statuses: tuple[str, ...] = ()
    conclusions: tuple[str, ...] = ()
    anomaly: str = ""

    @property
    def is_empty(self) -> bool:
        return self == Filters(view=self.view)


# field -> name in the address
NAMES_IN_ADDRESS = {
    "view": "vue",
    "text": "q",
    "since": "du",
    "until": "au",
    "departments": "zone",
    "channel": "canal",
    "families": "type",
    "agent": "agent",
    "client": "client",
    "lot": "lot",
    "installer": "professionnel",
    "statuses": "statut",
    "conclusions": "conclusion",
    "anomaly": "anomalie",
}
ALLOWED: Mapping[str, Iterable[str]] = {
    "departments": NAMES,
    "channel": Channel.values,
    "families": Family.values,
    "statuses": MissionStatus.values,
    "conclusions": [*Conclusion.values, NO_CONCLUSION],
    "anomaly": RULES,
}


def read_filters(query: QueryDict) -> Filters:
    """Return the filters of an address; what isn't understood is left out."""
    values: dict[str, object] = {}
    for item in fields(Filters):
        sent = [text.strip()[:MAX_TEXT] for text in query.getlist(NAMES_IN_ADDRESS[item.name])]
        allowed = ALLOWED.get(item.name)
        known = [
            text for text in sent if text and "\x00" not in text and (allowed is None or text in allowed)
        ]
        if not known:
            continue
        if item.name in ("since", "until"):
            values[item.name] = _day(known[0])
        elif item.name in ("departments", "families", "statuses", "conclusions"):
            values[item.name] = tuple(dict.fromkeys(known))
        else:
            values[item.name] = known[0]
    return Filters(**values)  # type: ignore[arg-type]


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def apply_filters(missions: MissionQuerySet, filters: Filters) -> MissionQuerySet:
    """Keep the missions that the plain filters let through."""
    conditions = [
        *_period(filters),
        *_equals(filters),
        _in("operation__department", filters.departments),
        _in("family", filters.families),
        _in("status", filters.statuses),
        _in("conclusion", tuple("" if code == NO_CONCLUSION else code for code in filters.conclusions)),
    ]
    for condition in conditions:
        if condition is not None:
            missions = missions.filter(condition)
    return _with_words(missions, filters.text) if filters.text else missions


def _in(column: str, values: tuple[str, ...]) -> Q | None:
    return Q(**{f"{column}__in": values}) if values else None


def _equals(filters: Filters) -> list[Q]:
    pairs = [
        ("channel", filters.channel),
        ("lot__client__code", filters.client),
        ("lot__number", filters.lot),
        ("operation__installer__siren", filters.installer),
    ]
    found = [Q(**{column: value}) for column, value in pairs if value]
    if filters.agent == NOBODY:
        found.append(Q(agent__isnull=True))
    elif filters.agent:
        found.append(Q(agent__code=filters.agent))
    return found


def _period(filters: Filters) -> list[Q]:
    """The day of the visit: held, else agreed."""
    found = []
    if filters.since:
        start = facts.start_of(filters.since)
        found.append(Q(visited_at__gte=start) | Q(visited_at__isnull=True, appointment_at__gte=start))
    if filters.until:
        end = facts.start_of(filters.until + dt.timedelta(days=1))
        found.append(Q(visited_at__lt=end) | Q(visited_at__isnull=True, appointment_at__lt=end))
    return found


def _with_words(missions: MissionQuerySet, text: str) -> MissionQuerySet:
    """Keep the missions of which the number, the lot or the beneficiary holds every word."""
    for word in text.split():
        upper = word.upper()
        named = Q(number__contains=upper) | Q(lot__number__contains=upper)
        holders = Operation.objects.alias(words=OPERATION_WORDS).filter(words__contains=Fold(Value(word)))
        missions = missions.filter(named | Q(operation__in=holders.values("pk")))
    return missions


def address_of(filters: Filters, **changes: object) -> str:
    """Return the parameters of an address with these filters, some of them changed."""
    pairs = []
    for item in fields(Filters):
        value = changes.get(item.name, getattr(filters, item.name))
        several = value if isinstance(value, tuple) else (value,) if value else ()
        pairs += [(NAMES_IN_ADDRESS[item.name], str(one)) for one in several]
    return urlencode(pairs)


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force: what it is, its value in words, the address's parameters without it."""

    label: str
    value: str
    without: str = field(compare=False)


def chips_of(filters: Filters, names: Mapping[str, str]) -> list[Chip]:
    """Return the filters in force; `names` gives the words of an agent, a client or an installer."""
    words = {
        "text": ("Texte", f"« {filters.text} »"),
        "departments": ("Zone", ", ".join(french.department(code) for code in filters.departments)),
        "channel": ("Canal", Channel(filters.channel).label if filters.channel else ""),
        "families": ("Type", ", ".join(Family(code).label for code in filters.families)),
        "agent": (
            "Intervenant",
            "personne" if filters.agent == NOBODY else names.get("agent", filters.agent),
        ),
        "client": ("Client", names.get("client", filters.client)),
        "lot": ("Lot", filters.lot),
        "installer": ("Professionnel", names.get("installer", filters.installer)),
        "statuses": ("Statut", ", ".join(MissionStatus(code).label for code in filters.statuses)),
        "conclusions": ("Conclusion", ", ".join(_conclusion(code) for code in filters.conclusions)),
        "anomaly": ("Anomalie", RULES[filters.anomaly].label if filters.anomaly else ""),
    }
    chips = [
        Chip(label, value, address_of(filters, **{name: None}))
        for name, (label, value) in words.items()
        if getattr(filters, name)
    ]
    if filters.since or filters.until:
        chips.insert(0, Chip("Visites", _span(filters), address_of(filters, since=None, until=None)))
    return chips


def _conclusion(code: str) -> str:
    return "sans conclusion" if code == NO_CONCLUSION else Conclusion(code).label


def _span(filters: Filters) -> str:
    if filters.since and filters.until:
        return f"du {french.day(filters.since)} au {french.day(filters.until)}"
    if filters.since:
        return f"depuis le {french.day(filters.since)}"
    return f"jusqu’au {french.day(filters.until)}" if filters.until else ""
