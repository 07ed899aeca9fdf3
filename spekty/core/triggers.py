"""The migration operation that installs the triggers that fresh models carry in their options."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class InstallTriggers(Operation):
    """Install every trigger of the app's models as the state describes them.

    `makemigrations` writes one `AddTrigger` per trigger, and each of them renders the related models
    again: 230 of them took longer than all tables together. A first migration carries its triggers in
    the options of `CreateModel`, where the state finds them, and installs them all by this one step.
    """

    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing: the options of the models hold the triggers already."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for trigger in self._triggers(app_label, to_state):
            schema_editor.execute(trigger.install_sql, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for trigger in self._triggers(app_label, from_state):
            schema_editor.execute(trigger.uninstall_sql, params=None)

    def describe(self) -> str:
        return "Installs the triggers of every model of the app"

    @staticmethod
    def _triggers(app_label: str, state: ProjectState) -> list[Any]:
        return [
            trigger
            for (app, _name), model in state.models.items()
            if app == app_label
            for trigger in model.options.get("triggers", [])
        ]
