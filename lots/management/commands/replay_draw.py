"""Compute a lot's draws again from their frozen list and seed: `manage.py replay_draw LOT-2026-0003`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lots.models import Draw, Lot
from lots.rules.draw import DrawRefused, replay, verify
from lots.selectors.draws import record_of


class Command(BaseCommand):
    help = "Rejoue les tirages d’un lot : mêmes rangs à partir de la liste figée et de la graine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("lot", help="numéro du lot")

    def handle(self, *args: Any, **options: Any) -> None:
        lot = Lot.objects.filter(number=options["lot"]).first()
        if lot is None:
            raise CommandError(f"Le lot {options['lot']} est inconnu.")
        draws = list(Draw.objects.filter(lot=lot).order_by("drawn_at", "id"))
        if not draws:
            raise CommandError(f"Le lot {lot.number} n’a aucun tirage enregistré.")
        faults = [fault for draw in draws for fault in self._replay(draw)]
        if faults:
            raise CommandError(" ".join(faults))
        self.stdout.write("Tous les rangs sont identiques à ceux enregistrés.")

    def _replay(self, draw: Draw) -> list[str]:
        """Print the ranking computed again, and return what in the record doesn't follow from it."""
        self.stdout.write(
            f"{draw.get_kind_display()} {draw.get_channel_display().lower()} · liste version "
            f"{draw.list_version}, {len(draw.snapshot)} opérations · SHA-256 {draw.sha256} · "
            f"graine {draw.seed} · {draw.algorithm}"
        )
        try:
            ranking = replay(draw.snapshot, draw.seed, draw.channel)
            taken = set(draw.taken)
            for item in ranking:
                mark = "tirée" if item.reference in taken else ""
                self.stdout.write(f"{item.rank}\t{item.reference}\t{mark}".rstrip())
            return verify(record_of(draw))
        except DrawRefused as refusal:
            return [str(refusal)]
