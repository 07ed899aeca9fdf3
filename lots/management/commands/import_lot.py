"""Import a client's file: `manage.py import_lot FILE --client CL-001 --dry-run --report OUT.json`.

The report is {"read", "created", "updated", "unchanged", "rejected", "ignored", "rows": [{"row", "fate",
"reasons"}]}: `row` is the line's number in the sheet, read is the sum of the fates. Without --dry-run
the lines are written, but for the rejected ones. The client must exist, unless --create-client names it.
"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from lots.enums import BillingMode, RowFate
from lots.models import Client, Fiche, ImportBatch, Lot
from lots.rules.fiches import normalise_fiche
from lots.rules.plans import ImportPlan
from lots.services.imports import commit_batch, open_import
from spekty.core import french
from spekty.core.actors import Actor, system_actor
from spekty.core.engine import TransitionRefused
from spekty.core.enums import Source
from spekty.core.files import FileRefused
from spekty.core.sheets import SheetRefused


class _DryRun(Exception):
    """Ends the transaction of a dry run without writing anything."""


class Command(BaseCommand):
    help = "Vérifie le fichier d’un client et l’importe : chaque ligne reçoit un sort et ses motifs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="classeur .xlsx, .xlsm ou texte .csv du client")
        parser.add_argument("--client", required=True, help="code du donneur d’ordre, par exemple CL-001")
        parser.add_argument(
            "--create-client",
            metavar="NOM",
            nargs="?",
            const="",
            help="crée le donneur d’ordre s’il n’existe pas (base vide), sous ce nom",
        )
        parser.add_argument("--fiche", help="fiche du lot, si le fichier n’en a pas ou en mêle plusieurs")
        target = parser.add_mutually_exclusive_group()
        target.add_argument("--lot", help="lot à compléter ou à corriger, par exemple LOT-2026-0003")
        target.add_argument("--new-lot", action="store_true", help="toujours un nouveau lot")
        parser.add_argument("--dry-run", action="store_true", help="n’écrit rien")
        parser.add_argument(
            "--accept-new-size",
            action="store_true",
            help="accepte qu’un lot déjà tiré reçoive des opérations",
        )
        parser.add_argument("--report", type=Path, help="écrit le sort de chaque ligne (JSON)")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"Le fichier {path} est introuvable.")
        by = system_actor(Source.IMPORT, "Commande d’import")
        done: list[tuple[ImportBatch, ImportPlan]] = []
        try:
            with transaction.atomic():
                done.append(self._run(path, by, options))
                if options["dry_run"]:
                    raise _DryRun
        except _DryRun:
            pass
        except (SheetRefused, TransitionRefused, FileRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        batch, plan = done[0]
        if options["dry_run"]:
            # The row is gone with its transaction; its copy on disk goes too.
            default_storage.delete(batch.options["kept_as"])
        if options["report"]:
            text = json.dumps(plan.report(), ensure_ascii=False, indent=1)
            options["report"].write_text(text, encoding="utf-8")
        self._tell(batch, plan, options["dry_run"])

    def _run(self, path: Path, by: Actor, options: dict[str, Any]) -> tuple[ImportBatch, ImportPlan]:
        client = self._client(options)
        batch, plan = open_import(
            client=client,
            path=path,
            name=path.name,
            by=by,
            lot=self._lot(options["lot"]),
            fiche=self._fiche(options["fiche"]),
            new_lot=options["new_lot"],
            wait=True,
        )
        if plan is None:
            raise AssertionError("a plan was waited for")
        kept_as = batch.file.content.name
        if not options["dry_run"]:
            batch = commit_batch(batch_id=batch.pk, by=by, accept_size=options["accept_new_size"])
        batch.options["kept_as"] = kept_as
        return batch, plan

    def _client(self, options: dict[str, Any]) -> Client:
        code = options["client"]
        client = Client.objects.filter(code=code).first()
        if client is None and options["create_client"] is not None:
            name = options["create_client"] or code
            return Client.objects.create(code=code, name=name, billing_mode=BillingMode.LOT)
        if client is None:
            raise CommandError(
                f"Le donneur d’ordre {code} est inconnu. Créez-le, ou ajoutez --create-client « NOM »."
            )
        return client

    def _lot(self, number: str | None) -> Lot | None:
        if number is None:
            return None
        lot = Lot.objects.select_related("fiche").filter(number=number).first()
        if lot is None:
            raise CommandError(f"Le lot {number} est inconnu.")
        return lot

    def _fiche(self, code: str | None) -> Fiche | None:
        if code is None:
            return None
        known = set(Fiche.objects.values_list("code", flat=True))
        fiche = Fiche.objects.filter(code=normalise_fiche(code, known)).first()
        if fiche is None:
            raise CommandError(f"La fiche {code} est inconnue.")
        return fiche

    def _tell(self, batch: ImportBatch, plan: ImportPlan, dry_run: bool) -> None:
        counts = {str(fate): count for fate, count in plan.counts.items()}
        fates = ", ".join(f"{RowFate(code).label.lower()} {count}" for code, count in counts.items())
        read = french.plural(len(plan.rows), "ligne lue", "lignes lues")
        self.stdout.write(french.typo(f"{read} : {fates}."))
        for notice in plan.notices:
            self.stdout.write(notice)
        if dry_run:
            self.stdout.write("Simulation : rien n’est écrit.")
        elif batch.lot:
            self.stdout.write(f"Lot {batch.lot.number}.")
