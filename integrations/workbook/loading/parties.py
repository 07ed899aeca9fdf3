"""Clients and prices, agents and their rights, pay scale: who works, for whom, at what price."""

import datetime as dt
from decimal import Decimal

from billing.models import Price
from integrations.workbook.fates import Fate
from integrations.workbook.loading.stages import Loading
from integrations.workbook.loading.upsert import upsert
from integrations.workbook.loading.words import CONTRACTS, MODES, VEHICLES
from lots.enums import BillingMode
from lots.models import Client
from lots.rules.gazetteer import gazetteer
from payroll.models import PayScale
from spekty.accounts.enums import Contract
from spekty.accounts.models import Agent, Authorisation

REFERENCE = "Classeur"
SINCE_EVER = dt.date(2000, 1, 1)
ZERO = Decimal(0)


def load_clients(loading: Loading) -> None:
    """Load the sheet Clients."""
    rows = loading.book.clients
    done = upsert(
        Client,
        ("code",),
        [
            {
                "code": row.code,
                "name": row.name or row.code,
                "siren": row.siren,
                "billing_mode": MODES[row.mode] if row.mode else BillingMode.LOT,
                "unproductive_pct": row.unproductive_pct or ZERO,
                "unproductive_max": row.max_unproductive or 0,
                "lot_fee": row.lot_fee or ZERO,
                "reinspection_pct": ZERO if row.reinspection_pct is None else row.reinspection_pct,
                "payment_days": row.payment_days or 0,
            }
            for row in rows
        ],
    )
    loading.note("Client", done)
    loading.settle_rows(((row.place, (row.code,)) for row in rows), done)
    loading.clients = {str(key[0]): pk for key, pk in done.ids.items()}


def load_prices(loading: Loading) -> None:
    """Load the sheet Tarifs."""
    wanted, places = [], []
    for row in loading.book.tariffs:
        client = loading.clients.get(row.client)
        if client is None or row.amount is None:
            loading.settle(row.place, Fate.REJECTED, "client inconnu" if client is None else "prix illisible")
            continue
        since = row.valid_from or SINCE_EVER
        places.append((row.place, (client, row.item, since)))
        wanted.append(
            {
                "client_id": client,
                "item": row.item,
                "valid_from": since,
                "amount": row.amount,
                "reference": REFERENCE,
            }
        )
    done = loading.note("Price", upsert(Price, ("client_id", "item", "valid_from"), wanted))
    loading.settle_rows(places, done)


def load_agents(loading: Loading) -> None:
    """Load the sheet Agents; an unknown contract is taken for a freelance, with the reader's remark."""
    rows = loading.book.agents
    homes = [gazetteer().locate(row.postcode, row.city) for row in rows]
    done = upsert(
        Agent,
        ("code",),
        [
            {
                "code": row.code,
                "initials": row.initials,
                "last_name": row.last_name.title(),
                "first_name": row.first_name.title(),
                "contract": CONTRACTS[row.contract] if row.contract else Contract.FREELANCE,
                "vehicle": VEHICLES[row.vehicle] if row.vehicle else "",
                "address": row.address,
                "postcode": row.postcode,
                "city": row.city,
                "departments": list(row.departments),
                "field_app_id": row.kizeo_id,
                "lat": home.lat if home else None,
                "lon": home.lon if home else None,
            }
            for row, home in zip(rows, homes, strict=True)
        ],
        derived=("lat", "lon"),
    )
    loading.note("Agent", done)
    loading.settle_rows(((row.place, (row.code,)) for row in rows), done)
    loading.agents = {str(key[0]): pk for key, pk in done.ids.items()}


def load_authorisations(loading: Loading) -> None:
    """Load the sheet Habilitations."""
    wanted, places = [], []
    for row in loading.book.authorisations:
        agent = loading.agents.get(row.agent)
        if agent is None or row.valid_from is None:
            reason = "intervenant inconnu" if agent is None else "date de début illisible"
            loading.settle(row.place, Fate.REJECTED, reason)
            continue
        if row.valid_to is not None and row.valid_to < row.valid_from:
            loading.settle(row.place, Fate.REJECTED, "la fin précède le début : elle ne vaut aucun jour")
            continue
        places.append((row.place, (agent, row.family, row.valid_from)))
        wanted.append(
            {
                "agent_id": agent,
                "family": row.family,
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
            }
        )
    done = upsert(Authorisation, ("agent_id", "family", "valid_from"), wanted)
    loading.settle_rows(places, loading.note("Authorisation", done))


def load_pay_scale(loading: Loading) -> None:
    """Load the sheet Barème paie over the house's own rows."""
    wanted, places = [], []
    for row in loading.book.pay_rates:
        if row.contract is None or row.amount is None:
            loading.settle(row.place, Fate.REJECTED, "contrat ou montant illisible")
            continue
        since, contract = row.valid_from or SINCE_EVER, CONTRACTS[row.contract]
        places.append((row.place, (contract, row.item, since)))
        wanted.append({"contract": contract, "item": row.item, "valid_from": since, "amount": row.amount})
    done = upsert(PayScale, ("contract", "item", "valid_from"), wanted)
    loading.settle_rows(places, loading.note("PayScale", done))
