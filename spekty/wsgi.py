"""The web application, for gunicorn: `gunicorn spekty.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spekty.settings.dev")

application = get_wsgi_application()

from spekty.stack.wake import wake_services  # noqa: E402

wake_services()
