"""The draw of a lot and its top-ups: frozen list, seed that nobody chose, immutable record, certificate."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from lots.enums import DocumentKind, DrawKind, LotStatus
from lots.models import Draw, Lot, LotDocument, Operation
from lots.permissions import may_write
from lots.rules import draw as rules
from lots.selectors.draws import drawn_references, list_rows, ranking_in_force
from lots.selectors.verdicts import Law, latest_engagement, targets_of
from lots.services.certificates import render_certificate
from spekty.core.actors import Actor
from spekty.core.engine import NotAllowed, TransitionRefused, WrongState, advance, lock_row
from spekty.core.enums import Channel
from spekty.core.files import store_file
from spekty.core.history import acting

TOPIC = "search.lot"


class DrawNotPossible(TransitionRefused):
    """The lot can't be drawn as asked."""


@dataclass(frozen=True)
class Drawn:
    """One draw and the operations it took, in the order of their ranks."""

    draw: Draw
    operations: Sequence[Operation]


@transaction.atomic
def draw_lot(
    *, lot_id: int, site_count: int, contact_count: int, by: Actor, contact_by_us: bool | None = None
) -> list[Drawn]:
    """Draw on site in the complete list, then by contact in the rest (R1, R2); at most one draw per channel.

    Counts may exceed the targets (unreachable and NS are to be expected), never the list. The lot keeps the
    rates in force for its latest engagement date (R3). Raises NotAllowed, WrongState, DrawNotPossible.
    """
    _check_right(by)
    lot = lock_row(Lot, lot_id)
    if lot.status != LotStatus.RECEIVED:
        raise WrongState("Ce lot est déjà tiré : complétez son tirage au besoin.".replace(" :", "\xa0:"))
    if contact_by_us is not None:
        lot.contact_by_us = contact_by_us
    frozen = _frozen(lot)
    _check_counts(site_count, contact_count, len(frozen.rows))
    # After the list is frozen, never before: nobody can choose a list for a seed.
    seed = secrets.token_hex(32)
    first = rules.draw_lot(frozen, seed, site_count, contact_count)
    targets = targets_of(lot, latest_engagement(lot), Law.read({lot.fiche.code}))
    rate = targets.rate
    changes: dict[str, object] = {
        "drawn_on": timezone.localdate(),
        "site_pct": rate.site_pct if rate else None,
        "contact_pct": rate.contact_pct if rate else None,
        "contact_by_us": lot.contact_by_us,
        "size": len(frozen.rows),
    }
    lot = advance(Lot, lot.pk, "draw", by=by, changes=changes, topic=TOPIC)
    base = _Base(lot, frozen.sha256, list(frozen.rows), seed, by)
    done = []
    if site_count:
        ranking = [item.reference for item in first.site_ranking]
        done.append(_record(base, Channel.SITE, ranking, first.site, (), targets.site or 0))
    if contact_count:
        ranking = [item.reference for item in first.contact_ranking]
        done.append(_record(base, Channel.CONTACT, ranking, first.contact, first.site, targets.contact or 0))
    return done


@transaction.atomic
def top_up(*, lot_id: int, channel: Channel, reasons: Mapping[str, rules.TopUpReason], by: Actor) -> Drawn:
    """Take one next rank per operation that fell short (reference -> reason); it stays selected (R9).

    A lot drawn in the workbook has no ranking: its list is frozen and ranked now, what was drawn stays.
    Raises NotAllowed, WrongState, DrawNotPossible.
    """
    _check_right(by)
    lot = lock_row(Lot, lot_id)
    if lot.status != LotStatus.DRAWN:
        raise WrongState("Seul un lot en cours se complète.")
    if not reasons:
        raise DrawNotPossible("Aucune opération n’est à remplacer.")
    known = ranking_in_force(lot, channel)
    if known is None:
        frozen = _frozen(lot)
        base = _Base(lot, frozen.sha256, list(frozen.rows), secrets.token_hex(32), by)
    else:
        base = _Base(lot, known.sha256, known.snapshot, known.seed, by, known.list_version)
    used = drawn_references(lot)
    ranking = rules.replay(base.rows, base.seed, channel)
    try:
        more = rules.top_up(ranking, used, reasons)
    except rules.DrawRefused as refusal:
        raise DrawNotPossible(str(refusal)) from refusal
    if not more.taken:
        raise DrawNotPossible("La liste est épuisée : toutes les opérations du lot sont déjà tirées.")
    covered = dict(list(more.reasons.items())[: len(more.taken)])
    return _record(
        base, channel, [item.reference for item in ranking], more.taken, used, len(reasons), covered
    )


@dataclass(frozen=True)
class _Base:
    """What the draws of one moment share."""

    lot: Lot
    sha256: str
    rows: list[Mapping[str, str]]
    seed: str
    by: Actor
    list_version: int = 0


def _check_right(by: Actor) -> None:
    if not may_write(by):
        raise NotAllowed("Tirer un lot ne fait pas partie de vos droits.")


def _frozen(lot: Lot) -> rules.Snapshot:
    try:
        return rules.freeze(list_rows(lot))
    except rules.DrawRefused as refusal:
        raise DrawNotPossible(str(refusal)) from refusal


def _check_counts(site: int, contact: int, size: int) -> None:
    if site < 0 or contact < 0 or site + contact == 0:
        raise DrawNotPossible("Choisissez au moins une opération à tirer.")
    if site + contact > size:
        raise DrawNotPossible(f"Le lot n’a que {size} opérations : {site + contact} ne peuvent être tirées.")


def _record(
    base: _Base,
    channel: Channel,
    ranking: list[str],
    taken: Sequence[str],
    used: Sequence[str],
    target: int,
    reasons: Mapping[str, rules.TopUpReason] | None = None,
) -> Drawn:
    """Write the immutable record, mark the operations, and keep the certificate with the lot's papers."""
    with acting(base.by):
        draw = Draw.objects.create(
            lot=base.lot,
            channel=channel,
            kind=DrawKind.TOP_UP if reasons else DrawKind.INITIAL,
            reason=rules.TopUp(tuple(taken), reasons, 0).sentence if reasons else "",
            reasons={reference: str(reason) for reference, reason in (reasons or {}).items()},
            list_version=base.list_version or base.lot.list_version,
            algorithm=rules.ALGORITHM,
            seed=base.seed,
            snapshot=[dict(row) for row in base.rows],
            sha256=base.sha256,
            ranking=ranking,
            taken=list(taken),
            used_before=sorted(used),
            target=target,
            drawn_by_id=base.by.user_id,
            drawn_by_name=base.by.name,
        )
        rank = {reference: place for place, reference in enumerate(ranking, start=1)}
        found = {op.reference: op for op in base.lot.operations.filter(reference__in=taken)}
        operations = [found[reference] for reference in taken if reference in found]
        for operation in operations:
            operation.selected, operation.rank = channel, rank[operation.reference]
        Operation.objects.bulk_update(operations, ["selected", "rank"], batch_size=1_000)
        _certify(draw, base)
    return Drawn(draw, operations)


def _certify(draw: Draw, base: _Base) -> None:
    lot = base.lot
    title = f"Certificat de tirage {draw.get_channel_display().lower()}"
    if draw.kind == DrawKind.TOP_UP:
        title += ", complément"
    file = store_file(
        content=render_certificate(draw),
        name=f"{title} {lot.number}.pdf",
        store_path=f"clients/{lot.client.code}/{lot.number}/tirages/tirage-{draw.pk}.pdf",
        by=base.by,
    )
    LotDocument.objects.create(lot=lot, file=file, kind=DocumentKind.CERTIFICATE, title=title)
