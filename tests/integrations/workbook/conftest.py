"""The two small workbooks, read once."""

from pathlib import Path

import pytest

from integrations.workbook.reference import ReferenceRules, load_reference_rules
from spekty.core.sheets import Sheet, read_sheets

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def quarter_path() -> Path:
    return ROOT / "demo" / "classeur-trimestre.xlsx"


@pytest.fixture(scope="session")
def clean_path() -> Path:
    return ROOT / "tests" / "data" / "classeur-propre.xlsx"


@pytest.fixture(scope="session")
def quarter(quarter_path: Path) -> list[Sheet]:
    return read_sheets(quarter_path)


@pytest.fixture(scope="session")
def clean(clean_path: Path) -> list[Sheet]:
    return read_sheets(clean_path)


@pytest.fixture(scope="session")
def rules() -> ReferenceRules:
    return load_reference_rules()
