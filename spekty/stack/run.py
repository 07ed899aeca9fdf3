"""`make run`: servers, database, demonstration, then web, worker and beat, until Ctrl-C.

Prints how long it took; ends everything it started, servers included unless another command uses them.
"""

import http.client
import json
import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

from spekty.stack.addresses import HOST, is_port_free, write_private
from spekty.stack.catalog import LABELS
from spekty.stack.client import Stack
from spekty.stack.keeper import read_state
from spekty.stack.locks import try_lock
from spekty.stack.services import StackError
from spekty.stack.supervisor import Child, Supervisor, say

FIRST_PORT = 8000
READY_WITHIN = 60
WEB_WORKERS = 2
WEB_THREADS = 4


def web_port() -> int:
    """Choose the site's port: PORT, or the first free one from 8000.

    Raises StackError when PORT is taken.
    """
    asked = os.environ.get("PORT", "")
    if asked:
        if not asked.isdecimal() or not is_port_free(int(asked)):
            raise StackError(f"Le port {asked} est déjà pris : choisissez-en un autre avec PORT=….")
        return int(asked)
    return next(port for port in range(FIRST_PORT, FIRST_PORT + 100) if is_port_free(port))


def web_command(port: int, *, debug: bool) -> list[str]:
    """Serve with gunicorn; with Django's reloading server when debugging."""
    bind = f"{HOST}:{port}"
    if debug:
        return [sys.executable, "manage.py", "runserver", bind]
    options = ["--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS), "--worker-class", "gthread"]
    options += ["--preload", "--graceful-timeout", "5", "--log-level", "warning", "--no-control-socket"]
    return [sys.executable, "-m", "gunicorn", "spekty.wsgi", "--bind", bind, *options]


def processes(stack: Stack, port: int, *, debug: bool) -> list[Child]:
    """List what runs beside the servers."""
    celery = [sys.executable, "-m", "celery", "-A", "spekty.celery", "--quiet"]
    quiet = ["--loglevel", "WARNING"]
    worker = ["worker", *quiet, "--concurrency", "2", "--without-gossip", "--without-mingle"]
    beat = ["beat", *quiet, "--pidfile", "", "--schedule", str(stack.var / "stack" / "beat-schedule")]
    as_root = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
    return [
        Child("web", web_command(port, debug=debug)),
        Child("tâches", [*celery, *worker], as_root),
        Child("horloge", [*celery, *beat], as_root),
    ]


def prepare(supervisor: Supervisor) -> None:
    """Migrate, collect static files, load the demonstration, print the accounts.

    Raises StackError when it fails; its own output says why.
    """
    child = Child("préparation", [sys.executable, "manage.py", "prepare"])
    child.start()
    while child.process is not None and child.process.poll() is None and not supervisor.stopping:
        time.sleep(0.05)
    if supervisor.stopping:
        child.signal_group(signal.SIGTERM)
    if child.finish() and not supervisor.stopping:
        raise StackError("la préparation a échoué (voir ci-dessus).")


def is_serving(port: int) -> bool:
    """Tell whether the site answers that it can serve."""
    client = http.client.HTTPConnection(HOST, port, timeout=5)
    with suppress(OSError, http.client.HTTPException):
        client.request("GET", "/sante/")
        return client.getresponse().status == 200
    return False


def wait_until_serving(supervisor: Supervisor, port: int) -> None:
    """Wait for the site's first answer.

    Raises StackError when a process ends first, or after a minute.
    """
    deadline = time.monotonic() + READY_WITHIN
    while not is_serving(port) and not supervisor.stopping:
        web = supervisor.children[0]
        if web.process is not None and web.process.poll() is not None:
            raise StackError("le site s’est arrêté en démarrant (voir ci-dessus).")
        if time.monotonic() > deadline:
            raise StackError(f"le site ne répond pas après {READY_WITHIN} s.")
        time.sleep(0.1)


def servers(embedded: Iterable[str]) -> str:
    """Name the embedded servers in a sentence."""
    return ", ".join(LABELS[name] for name in embedded) or "aucun (tous donnés par l’environnement)"


def serve(stack: Stack, embedded: tuple[str, ...], *, debug: bool) -> int:
    """Start everything, say where, and watch until told to stop."""
    started = time.monotonic()
    port = web_port()
    write_private(stack.folder / "run.json", json.dumps({"pid": os.getpid(), "port": port}))
    supervisor = Supervisor(processes(stack, port, debug=debug))
    supervisor.listen()
    try:
        say(f"Serveurs : {servers(embedded)}.")
        if "meilisearch" not in embedded and not os.environ.get("MEILI_URL"):
            say("Meilisearch ne peut pas tourner ici : la recherche passe par PostgreSQL.")
        stack.wake(*embedded)
        prepare(supervisor)
        if supervisor.stopping:
            return 0
        web, worker, _clock = supervisor.children
        web.start()
        worker.start()
        wait_until_serving(supervisor, port)
        if not supervisor.stopping:
            # The clock can wait; beside the site it would only slow its start.
            supervisor.start()
            say(f"\nSpekty est prêt en {time.monotonic() - started:.1f} s : http://{HOST}:{port}/")
            say("Ctrl-C arrête tout.\n")
        return supervisor.watch()
    finally:
        say("Arrêt…")
        supervisor.end()
        stack.release(hurry=True)
        left = stack.wait_unused_stopped(*embedded)
        if left:
            say(f"Encore utilisé par une autre commande, donc laissé : {servers(left)}.")


def main() -> int:
    """Run until stopped; give the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spekty.settings.dev")
    from django.conf import settings

    from spekty.stack.wake import current_stack

    stack = current_stack()
    lock = try_lock(stack.folder / "run.lock")
    if lock is None:
        port = int(read_state(stack.folder, "run").get("port", 0))
        say(f"Spekty tourne déjà : http://{HOST}:{port}/ (arrêtez-le d’abord, Ctrl-C ou « make stop »).")
        return 1
    try:
        return serve(stack, settings.EMBEDDED_SERVICES, debug=settings.DEBUG)
    except StackError as refusal:
        say(f"Spekty : {refusal}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
