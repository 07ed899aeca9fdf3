"""What import-linter can't see: upward keys, tasks published elsewhere, stray writes, long files."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[1]
ORDER = [
    "core",
    "accounts",
    "lots",
    "missions",
    "planning",
    "field",
    "quality",
    "payroll",
    "billing",
    "integrations",
]
APPS = ["spekty", *ORDER[2:]]


def sources() -> Iterator[Path]:
    for app in APPS:
        yield from (p for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts)


def test_foreign_keys_point_downward():
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in ORDER and not model.__name__.endswith("Event")
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and field.related_model._meta.app_label in ORDER
        and ORDER.index(field.related_model._meta.app_label) > ORDER.index(model._meta.app_label)
    ]
    assert wrong == []


def test_pay_and_billing_are_blind_to_each_other():
    assert not any(
        field.is_relation and field.related_model and field.related_model._meta.app_label == other
        for app, other in [("payroll", "billing"), ("billing", "payroll")]
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
    )


def calls(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node.lineno


def test_only_the_dispatcher_publishes_tasks():
    """A Celery message is not a promise: effects go through the outbox (ADR 0004)."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources()
        if path != ROOT / "spekty/core/dispatch.py"
        for name, line in calls(path)
        if name in {"delay", "apply_async", "send_task"}
    ]
    assert wrong == []


READERS = {"views", "selectors", "forms", "rules", "workflow", "permissions", "templatetags"}
WRITES = {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}


def test_reading_modules_do_not_write():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in sources()
        if READERS & {*path.parts, path.stem}
        for name, line in calls(path)
        if name in WRITES
    ]
    assert wrong == []


@pytest.mark.parametrize("limit", [500])
def test_files_stay_short(limit):
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources()
        if (lines := len(path.read_text().splitlines())) > limit
    }
    assert long == {}


def test_no_file_is_named_utils():
    assert [p for p in sources() if p.stem in {"utils", "helpers", "misc"}] == []
