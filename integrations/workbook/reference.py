"""The dated rules that the workbook doesn't hold itself, as copied into the project."""

from dataclasses import dataclass
from pathlib import Path

import billing
import lots
import payroll
from billing.rules import InvoicingRules
from lots.rules.fiches import read_families
from lots.rules.rates import CeilingRow, RateTable, read_ceilings, read_rates
from payroll.rules import PayRate, read_pay_rates


@dataclass(frozen=True)
class ReferenceRules:
    """Inspection rates, NS ceilings, fiche families, pay items and invoicing rules, all dated."""

    rates: RateTable
    ceilings: tuple[CeilingRow, ...]
    families: dict[str, str]
    pay_rates: tuple[PayRate, ...]
    invoicing: InvoicingRules


def load_reference_rules() -> ReferenceRules:
    """Read the reference rules from the project's data files."""
    lots_data, pay_data, billing_data = (_data(module.__file__) for module in (lots, payroll, billing))
    with (
        (lots_data / "inspection_rates.csv").open(encoding="utf-8") as rates,
        (lots_data / "ns_ceilings.csv").open(encoding="utf-8") as ceilings,
        (lots_data / "fiche_families.csv").open(encoding="utf-8") as families,
        (pay_data / "pay_rates.csv").open(encoding="utf-8") as pay_rates,
        (billing_data / "volume_discounts.csv").open(encoding="utf-8") as discounts,
        (billing_data / "vat_rates.csv").open(encoding="utf-8") as vat_rates,
    ):
        return ReferenceRules(
            RateTable(read_rates(rates)),
            tuple(read_ceilings(ceilings)),
            read_families(families),
            tuple(read_pay_rates(pay_rates)),
            InvoicingRules.read(discounts, vat_rates),
        )


def _data(module_file: str | None) -> Path:
    if module_file is None:
        raise FileNotFoundError("data")
    return Path(module_file).parent / "data"
