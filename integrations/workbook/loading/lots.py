"""Installers, lots and operations."""

from typing import Any

from integrations.workbook.fates import Fate
from integrations.workbook.loading.stages import Loading, clip
from integrations.workbook.loading.upsert import upsert
from integrations.workbook.loading.words import LOT_STATUSES, VERDICTS
from integrations.workbook.rows import LotRow, OperationRow
from lots.enums import LotStatus
from lots.models import Fiche, Installer, Lot, Operation
from lots.rules.gazetteer import gazetteer
from payroll.rules import address_key
from spekty.core.departments import department_of_postcode
from spekty.core.enums import Channel, Family

POSITION = ("lat", "lon", "geo_precision")
FICHE_LENGTH = 20
MINUTES = {Family.ISO: 45, Family.PAC: 60, Family.GLO: 150, Family.TER: 90}


def load_fiches(loading: Loading) -> None:
    """Open the fiches that lots name and that nobody knows yet; their rates stay unknown (R3)."""
    known = set(Fiche.objects.values_list("code", flat=True))
    named = {row.fiche for row in loading.book.lots if row.fiche and len(row.fiche) <= FICHE_LENGTH}
    Fiche.objects.bulk_create(
        Fiche(code=code, family=Family.TER, minutes=MINUTES[Family.TER]) for code in sorted(named - known)
    )
    loading.fiches = {
        code: (pk, family, minutes)
        for pk, code, family, minutes in Fiche.objects.values_list("pk", "code", "family", "minutes")
    }


def load_installers(loading: Loading) -> None:
    """Load the firms named by the operations, by SIREN."""
    named = [row for row in loading.book.operations if row.installer_siren]
    names = {row.installer_siren: row.installer_name for row in named}
    wanted = [{"siren": siren, "name": name or siren} for siren, name in sorted(names.items())]
    done = loading.note("Installer", upsert(Installer, ("siren",), wanted))
    first = {row.installer_siren: row.place for row in reversed(named)}
    loading.tell(((place, (siren,)) for siren, place in first.items()), done, "Professionnel")
    loading.installers = {str(key[0]): pk for key, pk in done.ids.items()}


def load_lots(loading: Loading) -> None:
    """Load the sheet Lots; a lot without status is open, without draw date just received."""
    counts: dict[str, int] = {}
    for operation in loading.book.operations:
        counts[operation.lot] = counts.get(operation.lot, 0) + 1
    wanted, places = [], []
    for row in loading.book.lots:
        reason = _lot_refusal(row, loading)
        if reason:
            loading.settle(row.place, Fate.REJECTED, reason)
            continue
        places.append((row.place, (row.number,)))
        wanted.append(_lot(row, loading, counts.get(row.number, 0)))
    done = loading.note("Lot", upsert(Lot, ("number",), wanted))
    loading.settle_rows(places, done)
    loading.lots = {str(key[0]): pk for key, pk in done.ids.items()}


def _lot_refusal(row: LotRow, loading: Loading) -> str:
    if row.client not in loading.clients:
        return f"client inconnu : « {row.client} »"
    if not (row.received_on or row.drawn_on or row.filing_on):
        return "aucune date lisible"
    if not row.fiche:
        return "fiche manquante"
    return "" if row.fiche in loading.fiches else f"fiche illisible : « {row.fiche[:40]} »"


def _lot(row: LotRow, loading: Loading, operations: int) -> dict[str, Any]:
    status = LOT_STATUSES[row.status] if row.status else LotStatus.DRAWN
    received = row.received_on or row.drawn_on or row.filing_on
    return {
        "number": row.number,
        "client_id": loading.clients[row.client],
        "fiche_id": loading.fiches[row.fiche][0],
        "emmy_ref": row.emmy_reference,
        "received_on": received,
        "filing_on": row.filing_on,
        "status": status if row.drawn_on or status == LotStatus.CLOSED else LotStatus.RECEIVED,
        "size": row.operations or operations,
        "site_pct": row.site_pct,
        "contact_pct": row.contact_pct,
        "contact_by_us": row.contact_is_ours,
        "drawn_on": row.drawn_on or (received if status == LotStatus.CLOSED else None),
        "verdict": VERDICTS[row.verdict] if row.verdict else "",
        "is_legacy": True,
    }


def load_operations(loading: Loading) -> None:
    """Load the sheet Opérations; a reference written twice in a lot is one operation, its first row."""
    wanted: dict[tuple[int, str], dict[str, Any]] = {}
    places = []
    for row in loading.book.operations:
        lot = loading.lots.get(row.lot)
        if lot is None:
            loading.settle(row.place, Fate.REJECTED, f"lot inconnu : « {row.lot} »")
            continue
        key = (lot, row.reference)
        if key in wanted:
            loading.settle(row.place, Fate.MERGED, f"référence déjà lue dans ce lot : {row.reference}")
            continue
        wanted[key] = _operation(row, lot, loading)
        places.append((row.place, key))
    done = upsert(
        Operation,
        ("lot_id", "reference"),
        wanted.values(),
        existing=Operation.objects.filter(lot_id__in=loading.lots.values()),
        derived=POSITION,
    )
    loading.settle_rows(places, loading.note("Operation", done))
    names = {pk: number for number, pk in loading.lots.items()}
    loading.operations = {(names[int(str(k[0]))], str(k[1]).upper()): pk for k, pk in done.ids.items()}


def _operation(row: OperationRow, lot: int, loading: Loading) -> dict[str, Any]:
    position = gazetteer().locate(row.postcode, row.city)
    selected = Channel.SITE if row.drawn_site else Channel.CONTACT if row.drawn_contact else ""
    return {
        "lot_id": lot,
        "reference": row.reference,
        "last_name": row.last_name,
        "first_name": row.first_name,
        "address": row.address,
        "postcode": row.postcode,
        "city": row.city,
        "department": department_of_postcode(row.postcode),
        "phone": row.phone,
        "email": row.email,
        "engaged_on": row.engaged_on,
        "completed_on": row.completed_on,
        "volume_kwhc": None if row.volume_kwhc is None else int(row.volume_kwhc),
        "area_declared": row.declared_area,
        "installer_id": loading.installers.get(row.installer_siren),
        "address_key": clip(address_key(row.address, row.postcode), 260),
        "selected": selected,
        "rank": row.rank,
        "is_legacy": True,
        "lat": position.lat if position else None,
        "lon": position.lon if position else None,
        "geo_precision": position.precision if position else "",
    }
