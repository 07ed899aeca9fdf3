"""The frame: each role's rail and home, what is current, what a browser remembers."""

from dataclasses import dataclass, field

import pytest
from django.test import RequestFactory
from django.urls import reverse

from spekty.accounts.enums import Role
from spekty.core import shell
from tests import factories


@pytest.fixture(autouse=True)
def frame_alone(settings):
    """The counters and the tools' state are other apps' affair."""
    settings.SHELL_BADGES = {}
    settings.SHELL_SYNC = ""


@dataclass
class Person:
    roles: frozenset[str] = field(default_factory=frozenset)
    main_role: str = ""
    is_superuser: bool = False
    is_authenticated: bool = True
    pk: int = 1

    def __str__(self) -> str:
        return "Nadia Ferrand"


def test_every_role_has_a_rail_in_the_order_of_precedence():
    assert list(shell.ROLES) == list(Role.values)
    for _, home, rail in shell.ROLES.values():
        names = [name for _, entries in rail for name in entries]
        assert home in names
        assert set(names) <= set(shell.ENTRIES)
        assert len(names) == len(set(names))


def test_two_roles_share_one_rail_without_repeats():
    rail = shell.merged_rail(["siege", "paie-facturation"])
    names = [name for _, entries in rail for name in entries]
    assert len(names) == len(set(names))
    titles = [title for title, _ in rail]
    assert len(titles) == len(set(titles))


def test_a_superuser_without_role_is_an_administrator():
    assert shell.roles_of(Person(is_superuser=True)) == ["admin"]
    assert shell.roles_of(Person()) == []


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", "/"),
        ("/lots/", "/lots/"),
        ("/lots/12/", "/lots/"),
        ("/missions/anomalies/4/", "/missions/anomalies/"),
        ("/missions/4/", "/missions/"),
        ("/aide/", ""),
    ],
)
def test_the_longest_address_wins(path, current):
    assert shell.active_url(path, ["/", "/lots/", "/missions/", "/missions/anomalies/"]) == current


def test_entries_without_an_address_are_left_out():
    built = shell.build_shell(Person(frozenset({"siege"})), reverse("core:help"))
    assert [item.url_name for item in built.foot if item.active] == ["core:help"]
    assert all(item.url for section in built.nav for item in section.items)
    assert built.user_initials == "NF"
    assert built.role_label == "Siège"


@pytest.mark.parametrize(
    ("cookies", "expected"),
    [
        ({}, {"theme": "light", "density": "dense"}),
        ({"theme": "dark", "density": "confort"}, {"theme": "dark", "density": "confort"}),
        ({"theme": '"><script>', "density": "x"}, {"theme": "light", "density": "dense"}),
    ],
)
def test_the_appearance_is_read_from_known_words_only(cookies, expected):
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)
    assert shell.appearance(request) == expected


def state_of_tools(user: object) -> shell.Sync:
    return shell.Sync("wait", "GED : 3 envois en attente")


def late_anomalies(user: object) -> shell.Badge:
    return shell.Badge(14, late=True)


def test_counters_and_tools_come_from_the_functions_settings_name(settings):
    settings.SHELL_BADGES = {"core:help": f"{__name__}.late_anomalies"}
    settings.SHELL_SYNC = f"{__name__}.state_of_tools"
    built = shell.build_shell(Person(frozenset({"siege"})), "/")
    assert [item.badge for item in built.foot if item.url_name == "core:help"] == [shell.Badge(14, late=True)]
    assert built.sync == shell.Sync("wait", "GED : 3 envois en attente")


@pytest.mark.django_db
class TestPages:
    def test_the_appearance_is_remembered_and_the_page_comes_back(self, client):
        answer = client.post(reverse("core:appearance"), {"theme": "dark", "next": "/aide/?a=1"})
        assert answer.status_code == 302
        assert answer["Location"] == "/aide/?a=1"
        assert answer.cookies["theme"].value == "dark"

    def test_an_unknown_appearance_is_refused(self, client):
        assert client.post(reverse("core:appearance"), {"theme": "rose"}).status_code == 400
        assert client.get(reverse("core:appearance")).status_code == 405

    def test_nobody_is_sent_to_another_site(self, client):
        answer = client.post(reverse("core:appearance"), {"theme": "dark", "next": "https://evil.example/"})
        assert answer["Location"] == reverse("core:help")

    @pytest.mark.parametrize("role", Role.values)
    @pytest.mark.parametrize("name", ["core:help", "core:components"])
    def test_pages_are_drawn_for_each_role(self, client, role, name):
        client.force_login(factories.user(role))
        answer = client.get(reverse(name))
        assert answer.status_code == 200
        assert "style=" not in answer.content.decode()

    def test_home_sends_to_an_existing_page(self, client):
        client.force_login(factories.user("siege"))
        answer = client.get(reverse("core:home"))
        assert answer.status_code == 302

    def test_pages_ask_who_is_there(self, client):
        for page in ("core:help", "core:components", "core:home"):
            assert client.get(reverse(page))["Location"].startswith("/compte/login/")

    @pytest.mark.parametrize(
        "name", ["account_login", "account_reset_password", "account_reset_password_done"]
    )
    def test_account_pages_are_ours_and_in_french(self, client, name):
        page = client.get(reverse(name)).content.decode()
        assert 'lang="fr"' in page
        assert "sp-bare" in page

    def test_a_missing_page_says_what_to_do(self, client):
        client.force_login(factories.user("siege"))
        answer = client.get("/n-existe-pas/")
        assert answer.status_code == 404
        assert "Cette page n’existe pas" in answer.content.decode()
