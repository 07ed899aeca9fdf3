"""History by triggers: one event per row changed, whatever wrote it; and nobody rewrites it."""

import pytest
from django.db import DatabaseError, connection, transaction

from lots.models import Operation, OperationEvent
from spekty.core.enums import Source
from spekty.core.history import acting
from tests import factories

pytestmark = pytest.mark.django_db
ROWS = 20


@pytest.fixture
def operations():
    lot = factories.lot()
    return [factories.operation(lot) for _ in range(ROWS)]


def events_of(label: str) -> int:
    return OperationEvent.objects.filter(pgh_label=label).count()


def test_save_and_delete(operations):
    assert events_of("insert") == ROWS
    operations[0].city = "Créon"
    operations[0].save()
    operations[0].save()
    assert events_of("update") == 1, "a save that changes nothing is no event"
    operations[1].delete()
    assert events_of("delete") == 1


def test_update_and_bulk_update(operations):
    assert Operation.objects.filter(lot=operations[0].lot).update(city="Créon") == events_of("update")
    for operation in operations:
        operation.city = "Cadillac"
    Operation.objects.bulk_update(operations, ["city"])
    assert events_of("update") == 2 * ROWS


def test_bulk_create(operations):
    lot = operations[0].lot
    Operation.objects.bulk_create(Operation(lot=lot, reference=f"B{i}") for i in range(ROWS))
    assert events_of("insert") == 2 * ROWS


def test_raw_sql(operations):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE lots_operation SET city = 'Targon'")
        assert cursor.rowcount == events_of("update") == ROWS
        cursor.execute("DELETE FROM lots_operation")
        assert cursor.rowcount == events_of("delete") == ROWS


def test_copy(operations):
    columns = [f for f in Operation._meta.concrete_fields if f.name != "id"]
    names = ", ".join(connection.ops.quote_name(f.column) for f in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM lots_operation")
        rows = cursor.fetchall()
        reference = [f.column for f in columns].index("reference")
        with cursor.copy(f"COPY lots_operation ({names}) FROM STDIN") as copy:
            for number, row in enumerate(rows):
                copy.write_row([f"C{number}" if i == reference else cell for i, cell in enumerate(row)])
    assert events_of("insert") == 2 * ROWS


def test_events_carry_who_and_by_which_door(operations):
    with acting(factories.actor("siege", source=Source.IMPORT)):
        Operation.objects.filter(pk=operations[0].pk).update(city="Langon")
    event = OperationEvent.objects.get(pgh_label="update")
    assert event.pgh_context.metadata == {"user": 1, "name": "Test", "source": "import"}


@pytest.mark.parametrize(
    "sql", ["UPDATE lots_operationevent SET city = 'x'", "DELETE FROM lots_operationevent"]
)
def test_events_cannot_be_rewritten(operations, sql):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
