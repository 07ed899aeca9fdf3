"""People of the office, signed in; no outside tool, no frame's counters unless a test asks."""

import pytest

from tests import factories


@pytest.fixture
def sign_in(client):
    """Give a function that signs in a person who holds these roles."""

    def signed(*roles):
        person = factories.user(*roles)
        client.force_login(person)
        return person

    return signed


@pytest.fixture
def office(client, sign_in):
    """A signed-in browser of head office."""
    client.person = sign_in("siege")
    return client


@pytest.fixture
def bare_frame(settings):
    """Leave the frame's own queries out of a count: they belong to other apps."""
    settings.SHELL_BADGES = {}
    settings.SHELL_SYNC = ""
