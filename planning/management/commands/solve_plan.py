"""Plan a case file: `manage.py solve_plan CASE.json --out PLAN.json`. Needs no database."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from planning.ports import refiner, route_planner
from planning.rules.case_reader import CaseRefused, checked_case
from planning.rules.case_solver import LunchChoice, solve_case
from planning.rules.engine import Effort
from planning.rules.pace import FIRST_SECONDS, Pace
from planning.rules.vroom_language import PlannerFailed


class Command(BaseCommand):
    help = "Planifie un cas (JSON) et écrit les tournées, avec les raisons des missions laissées de côté."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("case", type=Path, help="cas à planifier (JSON)")
        parser.add_argument("--out", type=Path, required=True, help="plan à écrire (JSON)")
        parser.add_argument("--seconds", type=float, default=None, help="durée de recherche")
        parser.add_argument(
            "--lunch",
            choices=[choice.value for choice in LunchChoice],
            default=LunchChoice.AUTO.value,
            help="pause déjeuner : auto = dans l’horaire tant qu’aucune mission n’y perd",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        case = read_case(options["case"])
        pace = Pace(time.monotonic, case, options["seconds"])
        try:
            with refiner() as opened:
                solved = solve_case(
                    case,
                    route_planner(),
                    lunch=LunchChoice(options["lunch"]),
                    keep_going=pace.keep_going,
                    on_overload=pace.take_longer,
                    effort=Effort(refiner=opened, limit=FIRST_SECONDS),
                )
        except PlannerFailed as error:
            raise CommandError(f"Le moteur de tournées n’a pas répondu : {error}") from error
        text = json.dumps(solved.as_json(), ensure_ascii=False, indent=1)
        try:
            options["out"].write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"Le plan ne peut pas être écrit : {error}") from error
        plan = solved.plan
        self.stdout.write(
            f"{plan.assigned} missions sur {plan.assigned + len(plan.unassigned)} "
            f"en {len(plan.tours)} tournées, "
            f"{plan.metres / 1000:.1f} km, {solved.lunches} pauses déjeuner, "
            f"{time.monotonic() - started:.1f} s".replace(".", ",")
        )


def read_case(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise CommandError(f"Cas illisible : {error}") from error
    try:
        return checked_case(data)
    except CaseRefused as refusal:
        raise CommandError(f"Ce fichier n’est pas un cas de planification : {refusal}") from refusal
