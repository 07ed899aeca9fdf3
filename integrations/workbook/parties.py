"""Rows of the sheets that say who, at what price, with what right: clients, agents, scales."""

from integrations.workbook import cells
from integrations.workbook.context import RowContext
from integrations.workbook.people import AgentDirectory
from integrations.workbook.rows import AgentRow, AuthorisationRow, ClientRow, PayRateRow, TariffRow
from integrations.workbook.words import CONTRACTS, MODES, VEHICLES


def client(at: RowContext) -> ClientRow:
    """Read one row of Clients."""
    return ClientRow(
        place=at.place,
        code=at.code("code"),
        name=at.text("name"),
        siren=cells.as_siren(at.cell("siren")),
        mode=at.word("mode", MODES, "mode de facturation"),
        unproductive_pct=at.percent("unproductive_pct"),
        max_unproductive=at.integer("max_unproductive"),
        lot_fee=at.decimal("lot_fee"),
        reinspection_pct=at.percent("reinspection_pct"),
        payment_days=at.integer("payment_days"),
    )


def tariff(at: RowContext) -> TariffRow:
    """Read one row of Tarifs."""
    return TariffRow(
        at.place, at.code("client"), at.code("item"), at.date("valid_from"), at.decimal("amount")
    )


def agent(at: RowContext) -> AgentRow:
    """Read one row of Agents."""
    return AgentRow(
        place=at.place,
        code=at.code("code"),
        initials=at.text("initials"),
        last_name=at.text("last_name"),
        first_name=at.text("first_name"),
        contract=at.word("contract", CONTRACTS, "contrat"),
        vehicle=at.word("vehicle", VEHICLES, "véhicule"),
        address=at.text("address"),
        postcode=cells.as_postcode(at.cell("postcode")),
        city=at.text("city"),
        departments=cells.as_departments(at.cell("departments")),
        kizeo_id=at.text("kizeo_id"),
    )


def authorisation(at: RowContext, agents: AgentDirectory) -> AuthorisationRow:
    """Read one row of Habilitations."""
    return AuthorisationRow(
        at.place, agent_code(at, agents), at.code("family"), at.date("valid_from"), at.date("valid_to")
    )


def pay_rate(at: RowContext) -> PayRateRow:
    """Read one row of Barème paie."""
    return PayRateRow(
        at.place,
        at.word("contract", CONTRACTS, "contrat"),
        at.code("item"),
        at.date("valid_from"),
        at.decimal("amount"),
    )


def agent_code(at: RowContext, agents: AgentDirectory, field: str = "agent") -> str:
    """Return the agent's code; one that nobody answers to is kept as typed, with a remark."""
    typed = at.text(field)
    if not typed:
        return ""
    code = agents.find(typed)
    if code is None:
        at.remark(field, f"intervenant inconnu : « {typed} »")
    return code or typed
