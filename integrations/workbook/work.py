"""Rows of the sheets that hold the work: lots, operations, missions, kilometres, pay, invoices."""

import datetime as dt
import re

from integrations.workbook import cells
from integrations.workbook.context import RowContext
from integrations.workbook.parties import agent_code
from integrations.workbook.people import AgentDirectory
from integrations.workbook.rows import (
    Attempt,
    InvoiceRow,
    KmRow,
    LotRow,
    MissionRow,
    OperationRow,
    PayRow,
)
from integrations.workbook.words import LOT_STATUSES, RESULTS, STATUSES, TYPES, VERDICTS
from lots.rules.fiches import normalise_fiche

_INVOICE = re.compile(r"[A-Z]{2}-\d{4}-\d+")
_SEPARATORS = re.compile(r"[;,\n|]+")


def lot(at: RowContext) -> LotRow:
    """Read one row of Lots."""
    return LotRow(
        place=at.place,
        number=at.code("number"),
        client=at.code("client"),
        fiche=normalise_fiche(at.text("fiche")),
        emmy_reference=at.text("emmy_reference"),
        received_on=at.date("received_on"),
        filing_on=at.date("filing_on"),
        operations=at.integer("operations"),
        site_pct=at.decimal("site_pct"),
        contact_pct=at.decimal("contact_pct"),
        contact_is_ours=at.yes("contact_is_ours"),
        drawn_on=at.date("drawn_on"),
        status=at.word("status", LOT_STATUSES, "statut de lot"),
        verdict=at.word("verdict", VERDICTS, "conclusion de lot"),
        verdict_text=at.text("verdict"),
    )


def operation(at: RowContext) -> OperationRow:
    """Read one row of Opérations."""
    return OperationRow(
        place=at.place,
        reference=at.text("reference"),
        lot=at.code("lot"),
        last_name=at.text("last_name"),
        first_name=at.text("first_name"),
        address=at.text("address"),
        postcode=cells.as_postcode(at.cell("postcode")),
        city=at.text("city"),
        phone=cells.as_phone(at.cell("phone")),
        email=at.text("email"),
        engaged_on=at.date("engaged_on"),
        completed_on=at.date("completed_on"),
        volume_kwhc=at.decimal("volume_kwhc"),
        installer_siren=cells.as_siren(at.cell("installer_siren")),
        installer_name=at.text("installer_name"),
        declared_area=at.decimal("declared_area"),
        drawn_site=at.yes("drawn_site"),
        drawn_contact=at.yes("drawn_contact"),
        rank=at.integer("rank"),
    )


def mission(at: RowContext, agents: AgentDirectory) -> MissionRow:
    """Read one row of Missions."""
    who = agent_code(at, agents)
    reviewer = at.text("reviewer")
    return MissionRow(
        place=at.place,
        number=at.code("number"),
        lot=at.code("lot"),
        operation=at.text("operation"),
        channel=at.word("channel", TYPES, "type de mission"),
        reinspection_of=at.code("reinspection_of"),
        agent=who,
        status=at.word("status", STATUSES, "statut"),
        status_text=at.text("status"),
        visited_on=at.date("visited_on"),
        visited_at=at.time("visited_at"),
        attempts=_attempts(at, agents, who),
        result=at.word("result", RESULTS, "résultat"),
        result_text=at.text("result"),
        measured_area=at.decimal("measured_area"),
        comment=at.text("comment"),
        reviewer=agents.find(reviewer) or reviewer,
        reported_on=at.date("reported_on"),
        invoices=_invoice_numbers(at, "invoices"),
        billed=at.decimal("billed"),
        pay_month=at.month("pay_month"),
        pay_month_text=at.text("pay_month"),
    )


def _attempts(at: RowContext, agents: AgentDirectory, mission_agent: str) -> tuple[Attempt, ...]:
    """Read `date heure code ; ...`; the mission's agent stands in for a missing code."""
    cell = at.cell("attempts")
    if cell == "":
        return ()
    attempts = []
    for part in re.split(r"[;\n|]+", at.text("attempts") if not isinstance(cell, str) else cell):
        if part.strip():
            attempt = _attempt(at, part.split(), agents, mission_agent)
            if attempt:
                attempts.append(attempt)
    return tuple(attempts)


def _attempt(at: RowContext, words: list[str], agents: AgentDirectory, mission_agent: str) -> Attempt | None:
    try:
        day = cells.as_date(words[0])
    except cells.Unreadable as error:
        at.remark("attempts", f"{error} : « {' '.join(words)} »")
        return None
    if day is None:
        return None
    rest = words[1:]
    time: dt.time | None = None
    if rest:
        try:
            time = cells.as_time(rest[0])
            rest = rest[1:]
        except cells.Unreadable:
            time = None
    typed = " ".join(rest)
    code = agents.find(typed) if typed else mission_agent
    if code is None:
        at.remark("attempts", f"intervenant inconnu : « {typed} »")
    return Attempt(day, time, code or typed)


def _invoice_numbers(at: RowContext, field: str) -> tuple[str, ...]:
    """Read one number, two, or none; a text that isn't a number leaves a remark."""
    text = at.code(field)
    numbers = tuple(dict.fromkeys(_INVOICE.findall(text)))
    if _SEPARATORS.sub("", _INVOICE.sub("", text)).strip():
        at.remark(field, f"numéro de facture illisible : « {at.text(field)} »")
    return numbers


def kilometres(at: RowContext, agents: AgentDirectory) -> KmRow:
    """Read one row of Km."""
    return KmRow(at.place, agent_code(at, agents), at.date("day"), at.decimal("km"))


def pay(at: RowContext, agents: AgentDirectory) -> PayRow:
    """Read one row of Paie."""
    return PayRow(
        place=at.place,
        agent=agent_code(at, agents),
        month=at.month("month"),
        missions=at.decimal("missions"),
        bonuses=at.decimal("bonuses"),
        contacts=at.decimal("contacts"),
        unproductive=at.decimal("unproductive"),
        km=at.decimal("km"),
        meals=at.decimal("meals"),
        volume=at.decimal("volume"),
        total=at.decimal("total"),
    )


def invoice(at: RowContext) -> InvoiceRow:
    """Read one row of Factures."""
    return InvoiceRow(
        place=at.place,
        number=at.code("number"),
        issued_on=at.date("issued_on"),
        client=at.code("client"),
        lots=tuple(part.strip() for part in _SEPARATORS.split(at.code("lots")) if part.strip()),
        mission_lines=at.integer("mission_lines"),
        lot_fees=at.decimal("lot_fees"),
        discount=at.decimal("discount"),
        total_ht=at.decimal("total_ht"),
        vat=at.decimal("vat"),
        total_ttc=at.decimal("total_ttc"),
    )
