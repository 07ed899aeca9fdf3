"""Settings of a command that runs on another database of the same test server."""

import os

from spekty.settings.test import *  # noqa: F403
from spekty.settings.test import DATABASES

DATABASES = {"default": {**DATABASES["default"], "NAME": os.environ["OTHER_DATABASE"]}}
EMBEDDED_SERVICES = ("postgres",)
