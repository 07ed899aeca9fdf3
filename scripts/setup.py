"""Set this machine up: .venv, pinned dependencies, front-end files, what PDFs and browser tests need.

Standard library only, and no syntax newer than Python 3.7, so that an old Python gets a sentence instead of
a traceback. Each step is skipped when its input has not changed since it last succeeded.
"""

from __future__ import annotations

import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON, UV = VENV / "bin" / "python", VENV / "bin" / "uv"
NEEDED = (3, 11)
NODE_NEEDED = 18
UNREAD = {"node_modules", ".venv", ".git", "var", "vendor", "migrations", "tests", "__pycache__"}
# The shell has no window of its own: a third less work for the same pages.
HEADLESS_SHELL = "chromium-headless-shell"
CHROMIUM_NAMES = (HEADLESS_SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PANGO = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
PANGO_PACKAGES = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core"]


class Missing(Exception):
    """A piece is missing: the message is one sentence that says what to do."""


def say(text: str) -> None:
    """Print one line at once."""
    print("\033[2m" + text + "\033[0m" if sys.stdout.isatty() else text, flush=True)


def run(command: Sequence[str | Path], refusal: str) -> None:
    """Run a command quietly; on failure show the end of its output and raise Missing(refusal)."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=str(ROOT),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        sys.stderr.write(done.stdout.decode("utf-8", "replace")[-2000:])
        raise Missing(refusal)


def digest(*paths: Path) -> str:
    """Hash the content of the files that exist."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode())
        total.update(path.read_bytes() if path.exists() else b"")
    return total.hexdigest()


def step(stamp: Path, key: str, label: str, work: Callable[[], None]) -> None:
    """Do the work unless the stamp says it was done with this same key."""
    if stamp.exists() and stamp.read_text() == key:
        return
    say(label)
    work()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)


def check_python() -> None:
    """Refuse a Python that is too old."""
    if sys.version_info < NEEDED:
        found = ".".join(str(part) for part in sys.version_info[:2])
        raise Missing(
            f"Il faut Python 3.11 ou plus récent (trouvé : {found}) ; s’il est installé sous un autre nom, "
            "tapez par exemple « make PYTHON=python3.12 setup »."
        )


def check_node() -> None:
    """Refuse a machine without Node and npm, or with a Node that is too old."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise Missing(
            "Il faut Node.js (18 ou plus récent) et npm pour les fichiers de l’interface : "
            "sous Debian ou Ubuntu, « apt install nodejs npm »."
        )
    shown = subprocess.run(["node", "--version"], stdout=subprocess.PIPE).stdout.decode().strip()
    if int(shown.lstrip("v").split(".")[0] or 0) < NODE_NEEDED:
        raise Missing(f"Il faut Node.js 18 ou plus récent (trouvé : {shown}).")


def make_venv() -> None:
    """Create .venv, with pip in it."""
    has_pip = [str(PYTHON), "-m", "pip", "--version"]
    if PYTHON.exists() and subprocess.call(has_pip, stdout=subprocess.DEVNULL) == 0:
        return
    if VENV.is_symlink():
        raise Missing(".venv est un lien vers un environnement sans pip : réparez celui-là, ou ôtez le lien.")
    say("Environnement Python (.venv)…")
    try:
        run([sys.executable, "-m", "venv", "--clear", VENV], "venv")
    except Missing:
        if not can_install():
            raise Missing(
                "Python n’a pas pu créer .venv : sous Debian ou Ubuntu, « apt install python3-venv »."
            ) from None
        install_packages(["python3-venv"])
        run(
            [sys.executable, "-m", "venv", "--clear", VENV], "Python n’a pas pu créer .venv (voir ci-dessus)."
        )


def install_python_packages() -> None:
    """Install exactly the locked dependencies, hashes checked; pip where uv doesn't reach the index."""
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    uv = [str(UV), "pip", "install", "--quiet", "--python", str(PYTHON), "--compile-bytecode"]
    refusal = (
        "Les dépendances Python n’ont pas pu être installées (voir ci-dessus) : vérifiez l’accès à PyPI."
    )
    run([*pip, "--require-hashes", "-r", "requirements/setup.txt"], refusal)
    try:
        run([*uv, "--require-hashes", "-r", "requirements/dev.txt"], refusal)
    except Missing:
        # A mirror that only pip's own settings name.
        say("Nouvel essai avec pip…")
        run([*pip, "--require-hashes", "-r", "requirements/dev.txt"], refusal)


def install_npm_packages() -> None:
    """Install the locked npm packages, and run no script of theirs."""
    refusal = "Les paquets npm n’ont pas pu être installés (voir ci-dessus) : vérifiez l’accès à npm."
    run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], refusal)


def copy_front_end() -> None:
    """Copy what pages use to static/vendor, with the icons that our sources name."""
    run(["node", "scripts/vendor.mjs"], "scripts/vendor.mjs a échoué (voir ci-dessus).")


def sources_digest() -> str:
    """Sum up our sources, since the sprite holds the icons they name."""
    total = hashlib.sha256()
    for folder, folders, files in os.walk(str(ROOT)):
        folders[:] = sorted(name for name in folders if name not in UNREAD)
        for name in sorted(files):
            if name.endswith((".html", ".py", ".js", ".mjs", ".svg")):
                total.update(name.encode() + Path(folder, name).read_bytes())
    return total.hexdigest()


def can_install() -> bool:
    """Tell whether we may install Debian packages."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def is_ubuntu() -> bool:
    """Tell whether Chromium is a snap here, which no container can install."""
    release = Path("/etc/os-release")
    return release.exists() and "ID=ubuntu" in release.read_text().splitlines()


def install_packages(packages: list[str]) -> None:
    """Install Debian packages, without a question."""
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive", DEBCONF_NOWARNINGS="yes")
    # A machine without a mirror says so soon.
    apt = ["apt-get", "-qq", "-o", "Acquire::http::Timeout=15", "-o", "Acquire::Retries=1"]
    for command in ([*apt, "update"], [*apt, "install", "-y", "--no-install-recommends"]):
        full = command + (packages if "install" in command else [])
        subprocess.run(full, env=environment, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def ensure_pango() -> None:
    """Install the libraries that make PDFs, or say what to type."""
    if all(ctypes.util.find_library(name) for name in PANGO):
        return
    if can_install():
        say("Bibliothèques pour les PDF (Pango)…")
        install_packages(PANGO_PACKAGES)
    if not all(ctypes.util.find_library(name) for name in PANGO):
        packages = " ".join(PANGO_PACKAGES)
        say(f"! Sans Pango, aucun PDF ne peut être produit : « sudo apt install {packages} ».")


def has_chromium() -> bool:
    """Tell whether a browser is there for the tests."""
    return any(shutil.which(name) for name in CHROMIUM_NAMES)


def ensure_chromium() -> None:
    """Install the browser of the tests, or say what to type."""
    if can_install() and not is_ubuntu() and not shutil.which(HEADLESS_SHELL):
        asked = VENV / "browser.lock"
        step(asked, HEADLESS_SHELL, "Chromium pour les tests…", lambda: install_packages([HEADLESS_SHELL]))
        if not has_chromium():
            install_packages(["chromium"])
    if not has_chromium():
        advice = "sudo snap install chromium" if is_ubuntu() else f"sudo apt install {HEADLESS_SHELL}"
        say(f"! Sans Chromium, les tests d’écran sont sautés : « {advice} ».")


def set_up() -> None:
    """Do each step that has not been done."""
    check_python()
    check_node()
    make_venv()
    version = ".".join(str(part) for part in sys.version_info[:2])
    step(
        VENV / "spekty.lock",
        version + digest(*(ROOT / "requirements" / name for name in ("setup.txt", "dev.txt"))),
        "Dépendances Python…",
        install_python_packages,
    )
    modules = ROOT / "node_modules"
    packages = digest(ROOT / "package-lock.json", ROOT / "package.json")
    step(modules / ".spekty.lock", packages, "Paquets npm…", install_npm_packages)
    vendor = ROOT / "static" / "vendor"
    step(vendor / ".spekty.lock", packages + sources_digest(), "Fichiers de l’interface…", copy_front_end)
    ensure_pango()
    ensure_chromium()


def main() -> int:
    """Set up; one sentence and an exit code of 1 when a piece is missing."""
    try:
        set_up()
    except Missing as refusal:
        sys.stderr.write(f"Spekty : {refusal}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrompu ; « make setup » reprendra où il s’est arrêté.\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
