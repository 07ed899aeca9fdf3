"""Take back a load from the history that the database kept: rows added go, rows changed are as before."""

from collections.abc import Iterator
from typing import Any

import pghistory
from django.apps import apps
from django.db import models, transaction
from django.utils import timezone
from pghistory.models import Context

from billing.models import Invoice, InvoiceLine, Price
from field.models import DailyKm
from integrations.enums import RunKind, RunStatus
from integrations.models import CutoverDecision, WorkbookRun
from integrations.workbook.loading.guards import ROLLING_BACK, lifted
from integrations.workbook.loading.run import alone, written
from lots.models import Client, Fiche, Installer, Lot, Operation
from missions.models import Mission, UnproductiveVisit
from payroll.models import LegacyPayment, PayLine, PayPeriod, PayScale
from quality.models import Report, Review
from spekty.accounts.models import Agent, Authorisation
from spekty.core import french
from spekty.core.actors import Actor
from spekty.core.models import NumberSeries, StateChange

# In the order of the load: taken back from the last to the first.
LOADED: tuple[type[models.Model], ...] = (
    *(Client, Price, Agent, Authorisation, PayScale, Fiche, Installer, Lot, Operation, Mission),
    *(UnproductiveVisit, DailyKm, Review, Report, Invoice, InvoiceLine, PayPeriod, PayLine, LegacyPayment),
)
BATCH = 1000
LABEL = Mission._meta.label_lower
Rows = models.QuerySet[Any]


class RollbackRefused(Exception):
    """Something was built on this load; `str()` says what."""


class _Trace:
    """What a run did to one table, read in its events."""

    def __init__(self, model: type[models.Model], contexts: list[Any]) -> None:
        self.model = model
        self.event: Any = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
        self.events: Rows = self.event.objects.filter(pgh_context_id__in=contexts)
        self.inserted: Rows = self.events.filter(pgh_label="insert").values("pgh_obj_id")
        self.contexts = contexts

    def updated(self) -> list[int]:
        """Return the rows that were there before and that the run changed."""
        changed = self.events.filter(pgh_label="update").exclude(pgh_obj_id__in=self.inserted)
        return list(changed.order_by().values_list("pgh_obj_id", flat=True).distinct())

    def touched_since(self) -> int:
        """Return how many of its rows someone changed or deleted after the run."""
        first = self.events.order_by("pgh_id").values_list("pgh_id", flat=True).first()
        if first is None:
            return 0
        mine = self.events.values("pgh_obj_id")
        since = self.event.objects.filter(pgh_id__gt=first, pgh_obj_id__in=mine)
        since = since.exclude(
            models.Q(pgh_context_id__in=self.contexts) & models.Q(pgh_context__isnull=False)
        )
        return int(since.order_by().values("pgh_obj_id").distinct().count())

    def before(self, pk: int) -> Any:
        """Return the last event of a row before the run."""
        mine = self.events.filter(pgh_obj_id=pk).order_by("pgh_id").values_list("pgh_id", flat=True).first()
        earlier = self.event.objects.filter(pgh_obj_id=pk, pgh_id__lt=mine)
        return earlier.order_by("-pgh_id").first()


def _traces(run: WorkbookRun) -> list[_Trace]:
    contexts = list(Context.objects.filter(metadata__run=run.pk).values_list("pk", flat=True))
    return [_Trace(model, contexts) for model in LOADED]


def obstacles(run: WorkbookRun) -> list[str]:
    """Return, in French, what was built on the run since; empty when it can be taken back."""
    found = []
    if CutoverDecision.objects.exists():
        found.append("La bascule a été prononcée.")
    later = WorkbookRun.objects.filter(kind=RunKind.IMPORT, status=RunStatus.DONE, pk__gt=run.pk)
    found += [
        f"Le chargement n° {other.pk} a écrit après lui : annulez-le d’abord."
        for other in later
        if written(other)
    ]
    traces = _traces(run)
    by_model = {trace.model: trace for trace in traces}
    for trace in traces:
        found += _built_on(trace, by_model)
    moved = StateChange.objects.filter(aggregate=LABEL, aggregate_id__in=by_model[Mission].inserted).exclude(
        transition="import"
    )
    if count := moved.count():
        found.append(f"{french.plural(count, 'changement d’état', 'changements d’état')} sur ses missions.")
    return found


def _built_on(trace: _Trace, by_model: dict[type[models.Model], _Trace]) -> Iterator[str]:
    name = str(trace.model._meta.verbose_name_plural)
    if count := trace.touched_since():
        yield f"{name.capitalize()} : {french.plural(count, 'ligne modifiée', 'lignes modifiées')} depuis."
    for relation in trace.model._meta.related_objects:
        other = relation.related_model
        if issubclass(other, pghistory.models.Event) or relation.many_to_many:
            continue
        rows = other._base_manager.filter(**{f"{relation.field.name}__in": trace.inserted})
        if other in by_model:
            rows = rows.exclude(pk__in=by_model[other].inserted)
        if count := rows.count():
            kind = other._meta.verbose_name if count == 1 else other._meta.verbose_name_plural
            yield f"{name.capitalize()} : {count} {kind} s’y rattachent."


@transaction.atomic
def roll_back(*, run: WorkbookRun, reason: str, by: Actor) -> None:
    """Take back what the run wrote: the history's digest is then that of before. Raises RollbackRefused."""
    with alone():
        run = WorkbookRun.objects.select_for_update(no_key=True).get(pk=run.pk)
        if run.kind != RunKind.IMPORT or run.status != RunStatus.DONE:
            raise RollbackRefused("Seul un chargement terminé s’annule.")
        if found := obstacles(run):
            raise RollbackRefused(" ".join(found))
        traces = _traces(run)
        stamp = {"user": by.user_id, "name": by.name, "source": str(by.source), "rolled_back": run.pk}
        with pghistory.context(**stamp), lifted(ROLLING_BACK):
            for trace in traces:
                _restore(trace)
            _forget_journal(traces)
            for trace in reversed(traces):
                rows = trace.model._base_manager.filter(
                    pk__in=list(trace.inserted.values_list("pgh_obj_id", flat=True))
                )
                rows._raw_delete(rows.db)
        _move_series_back(run)
        run.status, run.finished_at = RunStatus.ROLLED_BACK, run.finished_at or timezone.now()
        run.error = f"Annulé par {by.name} : {reason.strip()}"
        run.save(update_fields=["status", "finished_at", "error"])


def _restore(trace: _Trace) -> None:
    fields = [field for field in trace.model._meta.concrete_fields if not field.primary_key]
    past = []
    for pk in trace.updated():
        event = trace.before(pk)
        if event is None:
            raise RollbackRefused(f"L’état d’avant n’est pas connu : {trace.model._meta.verbose_name} {pk}.")
        past.append(trace.model(pk=pk, **{field.attname: getattr(event, field.attname) for field in fields}))
    if past:
        trace.model._base_manager.bulk_update(past, [field.name for field in fields], batch_size=BATCH)


def _forget_journal(traces: list[_Trace]) -> None:
    missions = next(trace for trace in traces if trace.model is Mission)
    pks = list(missions.inserted.values_list("pgh_obj_id", flat=True))
    lines = StateChange.objects.filter(aggregate=LABEL, aggregate_id__in=pks)
    lines._raw_delete(lines.db)


def _move_series_back(run: WorkbookRun) -> None:
    """A series that gave no number since goes back: the next invoice must follow the last one."""
    for name, (before, after) in run.series.items():
        code, year = name.rsplit(" ", 1)
        NumberSeries.objects.filter(code=code, year=int(year), last=after).update(last=before)
