"""The dossier of the cut-over: everything the cockpit shows, as one PDF, hashed and signed."""

import hashlib
import re
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from integrations.cutover.conditions import balanced, gather, lines
from integrations.cutover.crosscheck import PATHS, last_results
from integrations.cutover.selectors import discrepancies_of, replay_totals, totals
from integrations.cutover.words import AXES, FATES, KINDS, STATES
from integrations.enums import NoteClass
from integrations.models import CutoverDecision, Dossier, WorkbookRun
from spekty.core.actors import Actor
from spekty.core.files import store_file
from spekty.core.pdf import render_pdf

SALT = "spekty.cutover.dossier"
# After the end of the PDF: readers ignore it, and the file carries its own proof.
SEAL = b"\n%%SPEKTY-SIGNATURE ed25519 %s\n"
SEALED = re.compile(
    rb"\A(?P<content>.*)\n%SPEKTY-SIGNATURE ed25519 (?P<signature>[0-9a-f]{128})\n\Z", re.DOTALL
)


def _private_key() -> Ed25519PrivateKey:
    """Return the house's key, derived from CUTOVER_SIGNING_KEY (empty: SECRET_KEY)."""
    secret = settings.CUTOVER_SIGNING_KEY or settings.SECRET_KEY
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{SALT}:{secret}".encode()).digest())


def public_key() -> str:
    """Return what an outsider needs to verify a dossier, and can't sign with (32 bytes, hexadecimal)."""
    return _private_key().public_key().public_bytes_raw().hex()


def signature_of(content: bytes) -> str:
    """Return the Ed25519 signature of a PDF."""
    return _private_key().sign(content).hex()


def sealed(content: bytes) -> bytes:
    """Return the PDF with its signature behind it."""
    return content + SEAL % signature_of(content).encode()


def is_genuine(file: bytes, key: str = "") -> bool:
    """Whether the house of this public key (empty: ours) signed the file and nothing has changed since."""
    match = SEALED.match(file)
    if match is None:
        return False
    try:
        verifier = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key or public_key()))
        verifier.verify(bytes.fromhex(match["signature"].decode()), match["content"])
    except (InvalidSignature, ValueError):
        return False
    return True


@transaction.atomic
def make_dossier(*, by: Actor) -> Dossier:
    """Draw, sign and keep the dossier of this moment."""
    now = timezone.now()
    facts = gather()
    content = render_pdf("cutover/pdf/dossier.html", {**_context(), "by": by.name, "now": now})
    file = sealed(content)
    sha256 = hashlib.sha256(file).hexdigest()
    name = f"dossier-bascule-{timezone.localtime(now):%Y%m%d-%H%M%S}.pdf"
    kept = store_file(content=file, name=name, store_path=f"Bascule/dossiers/{sha256[:8]}-{name}", by=by)
    return Dossier.objects.create(
        run=facts.replay,
        file=kept,
        sha256=sha256,
        signature=signature_of(content),
        at=now,
        by_id=by.user_id,
        by_name=by.name,
    )


def _context() -> dict[str, Any]:
    facts = gather()
    results = last_results()
    rows = list(discrepancies_of(facts.replay).order_by("kind", "ref", "pk"))
    for row in rows:
        row.words, row.look = KINDS.get(row.kind), STATES[row.state]
        row.verdict_label = NoteClass(row.verdict).label if row.verdict else "—"
    fates = [code for code in FATES if code != "kept"]
    return {
        "facts": facts,
        "standing": facts.standing,
        "conditions": lines(facts),
        "decision": CutoverDecision.objects.first(),
        "sheets": [
            (name, counts["read"], [counts.get(f, 0) for f in fates], balanced(counts))
            for name, counts in (facts.load.counts if facts.load else {}).items()
        ],
        "heads": [FATES[code].capitalize() for code in fates],
        "axes": [(words[0], totals(facts.load, axis)) for axis, words in AXES.items()],
        "recomputed": [
            (words[0], replay_totals(facts.replay, axis, facts.standing)) for axis, words in AXES.items()
        ],
        "rows": rows,
        "runs": WorkbookRun.objects.all()[:20],
        "paths": [
            (path, [(step, results.get((path.code, step.code))) for step in path.steps])
            for path in PATHS.values()
        ],
        "body": settings.INSPECTION_BODY,
        "public_key": public_key(),
    }
