"""The frame of every page: the rail of each role, its counters, the state of the outside tools, the look.

The entries are data (`ENTRIES`, `ROLES`); an entry whose address does not exist is left out. Counters, the
state of the tools and whether an entry has its season belong to other apps: settings name the functions
(`SHELL_BADGES`, `SHELL_SYNC`, `SHELL_OPTIONAL`), called when a page draws its frame, never for a fragment.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from spekty.core import french
from spekty.core.memo import remembered


class Person(Protocol):
    """What the frame needs to know of the signed-in person (spekty.accounts.User)."""

    pk: int
    roles: frozenset[str]
    main_role: str
    is_superuser: bool
    is_authenticated: bool


@dataclass(frozen=True, slots=True)
class Badge:
    """The count beside an entry; `late` paints it as something blocked or overdue."""

    count: int
    late: bool = False


@dataclass(frozen=True, slots=True)
class Sync:
    """The state of the outside tools: "ok", "wait" or "off", in words, and where to read more."""

    state: str
    label: str
    url: str = ""

    @property
    def icon(self) -> str:
        return {"ok": "cloud-check", "wait": "cloud-slash", "off": "wifi-off"}[self.state]


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the rail."""

    label: str
    url_name: str
    icon: str
    url: str = ""
    active: bool = False
    badge: Badge | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A group of entries under a small heading (none for the first)."""

    title: str
    items: list[NavItem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shell:
    """All that the base templates draw around a page."""

    nav: list[Section]
    foot: list[NavItem]
    home_url: str
    user_name: str
    user_initials: str
    role_label: str
    search_url: str
    palette_url: str
    help_url: str
    settings_url: str
    sync: Sync | None
    notifications_url: str = ""


# url name -> (words, icon)
ENTRIES: dict[str, tuple[str, str]] = {
    "missions:today": ("Aujourd’hui", "sun"),
    "lots:list": ("Lots", "stack"),
    "missions:list": ("Missions", "list-check"),
    "missions:anomalies": ("Anomalies", "exclamation-triangle"),
    "lots:documents": ("Documents", "folder2"),
    "billing:list": ("Facturation", "receipt"),
    "payroll:list": ("Paie", "wallet2"),
    "lots:clients": ("Clients et tarifs", "building"),
    "cutover:cockpit": ("Bascule", "arrow-left-right"),
    "cutover:crosscheck": ("Recette", "clipboard-check"),
    "planning:day": ("Jour", "calendar-event"),
    "planning:week": ("Semaine", "calendar-week"),
    "planning:optimise": ("Optimiser", "shuffle"),
    "planning:contacts": ("Rendez-vous", "telephone"),
    "planning:absences": ("Absences", "person-dash"),
    "planning:skills": ("Compétences", "award"),
    "field:day": ("Ma journée", "sun"),
    "field:outbox": ("À envoyer", "cloud-arrow-up"),
    "field:week": ("Semaine", "calendar-week"),
    "field:readings": ("Mes relevés", "clipboard-check"),
    "payroll:mine": ("Ma paie", "wallet2"),
    "quality:queue": ("À relire", "eyeglasses"),
    "quality:dashboard": ("Pilotage", "graph-up"),
    "quality:search": ("Recherche", "search"),
    "core:components": ("Composants", "grid-1x2"),
    "core:connectors": ("Connecteurs", "cloud-check"),
    "accounts:settings": ("Réglages", "gear"),
    "core:help": ("Aide", "question-circle"),
}

FOLLOW = ("Suivi", ["lots:list", "missions:list", "missions:anomalies", "lots:documents"])
CLOSE = ("Clôture", ["billing:list", "payroll:list", "lots:clients"])
PLAN = ("Planification", ["planning:day", "planning:week", "planning:optimise", "planning:contacts"])
PEOPLE = ("Intervenants", ["planning:absences", "planning:skills"])
ASSURE = ("Qualité", ["quality:queue", "quality:dashboard", "quality:search"])
SWITCH = ("Mise en service", ["cutover:cockpit"])
TEST = ("Mise en service", ["cutover:crosscheck"])
FOOT = ["accounts:settings", "core:help"]

Rail = list[tuple[str, list[str]]]

# role -> (what it is called under the name, home, rail). Order: precedence of the home page.
ROLES: dict[str, tuple[str, str, Rail]] = {
    "direction": (
        "Direction",
        "quality:dashboard",
        [("", ["quality:dashboard", "quality:search"]), FOLLOW, PLAN, CLOSE, SWITCH],
    ),
    "siege": (
        "Siège",
        "missions:today",
        [("", ["missions:today"]), FOLLOW, ("Clôture", ["billing:list", "lots:clients"]), SWITCH],
    ),
    "planificateur": (
        "Planification",
        "planning:day",
        [("", PLAN[1]), PEOPLE, ("Suivi", ["missions:list", "missions:anomalies", "lots:list"]), TEST],
    ),
    "qualite": (
        "Qualité",
        "quality:queue",
        [
            ("", ASSURE[1]),
            ("Suivi", ["missions:list", "missions:anomalies", "lots:list", "lots:documents"]),
            TEST,
        ],
    ),
    "paie-facturation": (
        "Paie et facturation",
        "billing:list",
        [("", CLOSE[1]), ("Suivi", ["lots:list", "missions:list", "missions:anomalies"]), TEST],
    ),
    "intervenant": (
        "Intervenant",
        "field:day",
        [
            ("", ["field:day", "field:outbox", "field:week", "field:readings"]),
            ("Paie", ["payroll:mine"]),
            TEST,
        ],
    ),
    "admin": (
        "Administration",
        "missions:today",
        [
            ("", ["missions:today"]),
            FOLLOW,
            PLAN,
            PEOPLE,
            ASSURE,
            CLOSE,
            SWITCH,
            ("Technique", ["core:connectors", "core:components"]),
        ],
    ),
}


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def roles_of(user: Person) -> list[str]:
    """Return the roles that shape a person's rail, in order of precedence; a superuser counts as admin."""
    held = [role for role in ROLES if role in user.roles]
    return held or (["admin"] if user.is_superuser else [])


def home_url(user: Person) -> str:
    """Return the address of a person's home page: their main role's, or the help page when it isn't there."""
    for role in roles_of(user):
        if url := _url(ROLES[role][1]):
            return url
    return _url("core:help") or "/"


def merged_rail(roles: list[str]) -> Rail:
    """Return the sections of all roles, each entry once, sections of the same title joined."""
    seen: set[str] = set()
    sections: dict[str, list[str]] = {}
    for role in roles:
        for title, names in ROLES[role][2]:
            fresh = [name for name in names if name not in seen]
            seen.update(fresh)
            sections.setdefault(title, []).extend(fresh)
    return [(title, names) for title, names in sections.items() if names]


def active_url(path: str, urls: list[str]) -> str:
    """Return the entry a page belongs to: the longest address that begins its path; "/" only for itself."""
    fitting = [url for url in urls if url == path or (url != "/" and path.startswith(url))]
    return max(fitting, key=len, default="")


def _badges(user: Person, names: list[str]) -> Iterator[tuple[str, Badge]]:
    declared: Mapping[str, str] = getattr(settings, "SHELL_BADGES", {})
    for name in names:
        if name in declared:
            badge: Badge | None = import_string(declared[name])(user)
            if badge is not None:
                yield name, badge


def _sync(user: Person) -> Sync | None:
    dotted: str = getattr(settings, "SHELL_SYNC", "")
    return cast("Sync | None", import_string(dotted)(user)) if dotted else None


def memory_key(user: Person) -> str:
    """Return where a person's counters are kept."""
    return f"shell:{user.pk}"


def _out_of_season(user: Person, names: list[str]) -> frozenset[str]:
    """Return the entries that have nothing to open for now."""
    declared: Mapping[str, str] = getattr(settings, "SHELL_OPTIONAL", {})
    return frozenset(name for name in names if name in declared and not import_string(declared[name])(user))


Counters = tuple[dict[str, Badge], Sync | None, frozenset[str]]


def _counters(user: Person, names: list[str]) -> Counters:
    """Return badges, the state of the tools, entries to leave out: kept a few seconds per person."""
    seconds: int = getattr(settings, "SHELL_MEMORY", 0)
    return remembered(
        memory_key(user),
        seconds,
        lambda: (dict(_badges(user, names)), _sync(user), _out_of_season(user, names)),
    )


def build_shell(user: Person, path: str) -> Shell:
    """Return the frame of the page at `path` for a signed-in person."""
    roles = roles_of(user)
    rail = merged_rail(roles)
    urls = {name: url for name in ENTRIES if (url := _url(name))}
    drawn = [name for _, names in rail for name in names] + FOOT
    current = active_url(path, [urls[name] for name in drawn if name in urls])
    badges, sync, left_out = _counters(user, [name for name in drawn if name in urls])

    def items(names: list[str]) -> list[NavItem]:
        return [
            NavItem(*_words(name), url=urls[name], active=urls[name] == current, badge=badges.get(name))
            for name in names
            if name in urls and name not in left_out
        ]

    sections = [Section(title, entries) for title, names in rail if (entries := items(names))]
    name = str(user)
    return Shell(
        nav=sections,
        foot=items(FOOT),
        home_url=home_url(user),
        user_name=name,
        user_initials=french.initials(name),
        role_label=" · ".join(ROLES[role][0] for role in roles),
        search_url=urls.get("quality:search", ""),
        palette_url=_url("quality:palette") or urls.get("quality:search", ""),
        help_url=urls.get("core:help", ""),
        settings_url=urls.get("accounts:settings", ""),
        sync=sync,
        notifications_url=_url("missions:notifications"),
    )


def _words(name: str) -> tuple[str, str, str]:
    label, icon = ENTRIES[name]
    return label, name, icon


THEMES = {"light": "Clair", "dark": "Sombre"}
DENSITIES = {"dense": "Dense", "confort": "Confort"}


def appearance(request: HttpRequest) -> dict[str, str]:
    """Return the theme and density remembered by this browser, read before the page is drawn."""
    theme = request.COOKIES.get("theme", "light")
    density = request.COOKIES.get("density", "dense")
    return {
        "theme": theme if theme in THEMES else "light",
        "density": density if density in DENSITIES else "dense",
    }


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give every template its frame; built only if the template draws it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"shell": None, "appearance": appearance(request)}
    person = cast(Person, user)
    return {
        "shell": SimpleLazyObject(lambda: build_shell(person, request.path)),
        "appearance": appearance(request),
    }
