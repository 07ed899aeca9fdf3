"""Rows to documents. Words of a status are those of the screens, so that « à planifier » finds it."""

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from lots.models import Client, Lot
from missions.models import Mission

Document = dict[str, Any]


def mission_document(mission: Mission) -> Document:
    """Return the document of a mission; lot, client, fiche, operation, installer and agent are loaded."""
    operation, lot = mission.operation, mission.lot
    return _signed(
        {
            "id": mission.pk,
            "number": mission.number,
            "reference": operation.reference,
            "beneficiary": " ".join(
                part for part in (operation.company, operation.last_name, operation.first_name) if part
            ),
            "phone": phone_forms(operation.phone),
            "email": operation.email,
            "lot": lot.number,
            "emmy_ref": lot.emmy_ref,
            "address": operation.address,
            "postcode": operation.postcode,
            "city": operation.city,
            "client": lot.client.name,
            "client_id": lot.client_id,
            "installer": operation.installer.name if operation.installer else "",
            "agent": f"{mission.agent} {mission.agent.code}" if mission.agent else "",
            "agent_id": mission.agent_id,
            "fiche": lot.fiche.code,
            "status": mission.get_status_display(),
            "conclusion": mission.get_conclusion_display() if mission.conclusion else "",
        }
    )


def lot_document(lot: Lot) -> Document:
    """Return the document of a lot; client and fiche are loaded."""
    return _signed(
        {
            "id": lot.pk,
            "number": lot.number,
            "emmy_ref": lot.emmy_ref,
            "client": lot.client.name,
            "client_id": lot.client_id,
            "fiche": lot.fiche.code,
            "fiche_label": lot.fiche.label,
            "status": lot.get_status_display(),
            "verdict": lot.get_verdict_display() if lot.verdict else "",
        }
    )


def client_document(client: Client) -> Document:
    """Return the document of a client."""
    return _signed(
        {
            "id": client.pk,
            "client_id": client.pk,
            "code": client.code,
            "name": client.name,
            "siren": client.siren,
            "email": client.email,
        }
    )


def phone_forms(phone: str) -> list[str]:
    """Return a French number as people type it: in one block and by pairs; others as they are."""
    digits = re.sub(r"\D", "", phone)
    if digits.startswith("0033"):
        digits = f"0{digits[4:]}"
    elif digits.startswith("33") and len(digits) == 11:
        digits = f"0{digits[2:]}"
    if not digits:
        return []
    return [digits, " ".join(re.findall(r"..?", digits))]


def _signed(document: Document) -> Document:
    """Add the digest by which the reconciliation tells a stale document."""
    content = json.dumps(document, sort_keys=True, ensure_ascii=False).encode()
    return {**document, "digest": hashlib.sha256(content).hexdigest()[:16]}


def documents(kind: str, ids: Iterable[int] | None = None) -> Iterable[Document]:
    """Yield the documents of `kind` (missions, lots, clients), of the given ids or of all."""
    if kind == "missions":
        missions = Mission.objects.select_related(
            "lot__client", "lot__fiche", "operation__installer", "agent"
        ).order_by("pk")
        chosen = missions if ids is None else missions.filter(pk__in=ids)
        return (mission_document(mission) for mission in chosen.iterator(chunk_size=2000))
    if kind == "lots":
        lots = Lot.objects.select_related("client", "fiche").order_by("pk")
        chosen_lots = lots if ids is None else lots.filter(pk__in=ids)
        return (lot_document(lot) for lot in chosen_lots.iterator(chunk_size=2000))
    clients = Client.objects.order_by("pk")
    chosen_clients = clients if ids is None else clients.filter(pk__in=ids)
    return (client_document(client) for client in chosen_clients.iterator(chunk_size=2000))
