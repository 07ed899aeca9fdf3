"""What must be filled for the connectors that are switched on; checked where every process starts."""

from collections.abc import Mapping
from typing import Any


def missing_settings(connectors: Mapping[str, Mapping[str, Any]], values: object) -> list[str]:
    """Return one French sentence per setting that a switched-on connector needs and lacks."""
    return [
        f"{connector['label']} : {connector['switch']} est renseigné, mais {name} est vide."
        for connector in connectors.values()
        if getattr(values, connector["switch"], "")
        for name in [*connector["needs"], *_extra(connector["switch"], values)]
        if not getattr(values, name, "")
    ]


def _extra(switch: str, values: object) -> list[str]:
    """Return what the chosen adapter needs on top: Brevo's key, for mail or texts."""
    return ["BREVO_API_KEY"] if "brevo" in str(getattr(values, switch, "")) else []
