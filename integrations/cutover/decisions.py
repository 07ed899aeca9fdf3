"""What people decide in the cockpit: classify, sign, vouch, freeze, test, pronounce."""

import uuid
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone

from integrations.cutover.conditions import HOUSE, gather, lines
from integrations.cutover.crosscheck import PATHS
from integrations.cutover.selectors import current_freeze
from integrations.enums import NoteClass, Outcome
from integrations.models import (
    Condition,
    CutoverDecision,
    Discrepancy,
    DiscrepancyNote,
    Freeze,
    LegacyWorkbook,
    StepResult,
)
from spekty.core.actors import Actor
from spekty.core.history import acting


class DecisionRefused(Exception):
    """The decision can't be taken now; `str()` is a French sentence."""


@transaction.atomic
def classify(*, rows: Iterable[Discrepancy], verdict: NoteClass, comment: str, by: Actor) -> int:
    """Say what these discrepancies are; a signature given before falls. Return how many were classified."""
    if verdict != NoteClass.LEGACY_ERROR and not comment.strip():
        raise DecisionRefused("Dites pourquoi : seule une erreur du classeur se passe de commentaire.")
    said = {(row.kind, row.ref): row.mark for row in rows}
    now = timezone.now()
    with acting(by):
        for (kind, ref), mark in sorted(said.items()):
            DiscrepancyNote.objects.update_or_create(
                kind=kind,
                ref=ref,
                defaults={
                    "verdict": verdict,
                    "comment": comment.strip(),
                    "mark": mark,
                    "by_id": by.user_id,
                    "by_name": by.name,
                    "at": now,
                    "signed_by_id": None,
                    "signed_by_name": "",
                    "signed_at": None,
                },
            )
    return len(said)


@transaction.atomic
def sign(*, rows: Iterable[Discrepancy], by: Actor) -> int:
    """Sign the classification of these discrepancies; those not classified, or changed since, are left."""
    keys = {(row.kind, row.ref): row.mark for row in rows}
    notes = DiscrepancyNote.objects.select_for_update(no_key=True).filter(
        kind__in={kind for kind, _ in keys}, ref__in={ref for _, ref in keys}, signed_at__isnull=True
    )
    mine = [note for note in notes.order_by("pk") if keys.get((note.kind, note.ref)) == note.mark]
    with acting(by):
        DiscrepancyNote.objects.filter(pk__in=[note.pk for note in mine]).update(
            signed_by_id=by.user_id, signed_by_name=by.name, signed_at=timezone.now()
        )
    return len(mine)


@transaction.atomic
def freeze(*, workbook: LegacyWorkbook, by: Actor) -> Freeze:
    """Make this workbook the only one that counts. Raises DecisionRefused when one is frozen already."""
    try:
        with transaction.atomic(), acting(by):
            return Freeze.objects.create(
                file_name=workbook.name, sha256=workbook.sha256, by_id=by.user_id, by_name=by.name
            )
    except IntegrityError as taken:
        raise DecisionRefused("Un classeur est déjà gelé : levez d’abord ce gel.") from taken


@transaction.atomic
def unfreeze(*, reason: str, by: Actor) -> None:
    """Lift the freeze, with a reason. Raises DecisionRefused."""
    frozen = current_freeze()
    if frozen is None:
        raise DecisionRefused("Aucun classeur n’est gelé.")
    if not reason.strip():
        raise DecisionRefused("Dites pourquoi le gel est levé.")
    if CutoverDecision.objects.exists():
        raise DecisionRefused("La bascule a été prononcée : le gel ne se lève plus.")
    frozen.lifted_at, frozen.lifted_by_name, frozen.reason = timezone.now(), by.name, reason.strip()
    with acting(by):
        frozen.save()


@transaction.atomic
def set_condition(*, code: str, changes: dict[str, object], by: Actor) -> Condition:
    """Keep a condition's owner, date, or that it is met with its evidence. Raises DecisionRefused."""
    known = code in HOUSE or Condition.objects.filter(code=code).exists()
    if not known:
        raise DecisionRefused("Cette condition n’existe pas.")
    if changes.get("is_met"):
        if code in HOUSE and HOUSE[code][1] is not None:
            raise DecisionRefused("L’application constate elle-même cette condition.")
        if not str(changes.get("evidence", "")).strip():
            raise DecisionRefused("Dites ce qui a été constaté : date, durée, résultat.")
        changes = {**changes, "met_at": timezone.now(), "met_by_name": by.name}
    with acting(by):
        return Condition.objects.update_or_create(code=code, defaults=changes)[0]


@transaction.atomic
def add_condition(*, label: str, by: Actor) -> Condition:
    """Add a condition of one's own to the list."""
    if not label.strip():
        raise DecisionRefused("Écrivez la condition.")
    with acting(by):
        return Condition.objects.create(code=f"plus-{uuid.uuid4().hex[:8]}", label=label.strip()[:200])


@transaction.atomic
def play_step(*, path: str, step: str, outcome: Outcome, case: str, comment: str, by: Actor) -> StepResult:
    """Keep the result of one step of a team's script. Raises DecisionRefused."""
    if path not in PATHS or step not in {s.code for s in PATHS[path].steps}:
        raise DecisionRefused("Cette étape n’existe pas.")
    if outcome == Outcome.GAP and not comment.strip():
        raise DecisionRefused("Dites ce qui ne va pas.")
    with acting(by):
        return StepResult.objects.create(
            path=path,
            step=step,
            outcome=outcome,
            case=case[:60],
            comment=comment.strip(),
            by_id=by.user_id,
            by_name=by.name,
        )


@transaction.atomic
def pronounce(*, by: Actor) -> CutoverDecision:
    """Pronounce the cut-over. Raises DecisionRefused while one condition isn't met, or when it was done."""
    found = lines(gather())
    missing = [line.label for line in found if not line.is_met]
    if missing:
        raise DecisionRefused(f"Conditions non remplies : {', '.join(missing)}.")
    seen = [{"code": line.code, "label": line.label, "note": line.note} for line in found]
    try:
        with transaction.atomic(), acting(by):
            return CutoverDecision.objects.create(by_id=by.user_id, by_name=by.name, conditions=seen)
    except IntegrityError as done:
        raise DecisionRefused("La bascule a déjà été prononcée.") from done
