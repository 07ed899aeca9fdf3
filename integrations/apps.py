from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        """Refuse to start with a connector switched on and half configured."""
        from integrations.health import missing_settings

        missing = missing_settings(settings.CONNECTORS, settings)
        if missing:
            raise ImproperlyConfigured(" ".join(missing))
