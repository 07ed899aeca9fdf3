"""The rows of the law and of the house that an administrator edits: delays, rates, ceilings, prices."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from spekty.core.actors import Actor
from spekty.core.engine import NotAllowed
from spekty.core.history import acting
from spekty.core.memo import forget

EDITORS = frozenset({"admin"})


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of rows: which model, which fields are shown and edited, where the figures come from."""

    code: str
    title: str
    model: type[models.Model]
    shown: Sequence[str]
    edited: Sequence[str]
    source: str
    may_add: bool

    @property
    def headings(self) -> list[str]:
        return [str(getattr(self.model._meta.get_field(name), "verbose_name", name)) for name in self.shown]


def tables() -> list[Table]:
    """Return the tables that the settings declare (REFERENCE_TABLES), in their order."""
    return [
        Table(code, title, apps.get_model(model), shown, edited, source, may_add)
        for code, title, model, shown, edited, source, may_add in settings.REFERENCE_TABLES
    ]


def table(code: str) -> Table | None:
    """Return the table of that code, or None."""
    return next((one for one in tables() if one.code == code), None)


def rows_of(one: Table) -> list[models.Model]:
    """Return the rows of a table with what they name, in the model's own order."""
    related = [
        f.name
        for f in one.model._meta.get_fields()
        if isinstance(f, models.ForeignKey) and f.name in one.shown
    ]
    return list(one.model._default_manager.select_related(*related))


def form_of(one: Table, *, is_new: bool) -> type["forms.ModelForm[models.Model]"]:
    """Return the form of one row: all that is shown for a new one, what may change for a known one."""

    def control(field: "models.Field[object, object]", **options: object) -> forms.Field | None:
        if isinstance(field, models.DateField):
            options["widget"] = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        if isinstance(field, models.DecimalField):
            options["localize"] = True
        made: forms.Field | None = field.formfield(**options)  # type: ignore[arg-type]
        return made

    names = list(one.shown if is_new else one.edited)
    return forms.modelform_factory(one.model, fields=names, formfield_callback=control)


@transaction.atomic
def save_row(*, form: "forms.ModelForm[models.Model]", by: Actor) -> models.Model:
    """Keep a row that its form found right; only an administrator may. History keeps the former values."""
    if not by.is_system and not EDITORS & by.roles:
        raise NotAllowed("Seul un administrateur change les réglages.")
    with acting(by):
        saved: models.Model = form.save()
    transaction.on_commit(forget_kept)
    return saved


def forget_kept() -> None:
    """Drop what lists keep of these tables: the next page reads the new row."""
    for key in settings.LIST_KEPT:
        forget(key)
