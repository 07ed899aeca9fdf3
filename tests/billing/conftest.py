"""Transactional tests empty the tables: the reference rows come back from the files that migrations load."""

import pytest

from tests.reference import load_billing, load_pay


@pytest.fixture
def reference_data() -> None:
    load_billing()
    load_pay()
