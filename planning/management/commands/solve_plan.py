"""Plan a case file: `manage.py solve_plan CASE.json --out PLAN.json`. Needs no database."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from planning.ports import route_planner
from planning.rules.case_solver import LunchChoice, solve_case
from planning.rules.vroom_language import PlannerFailed

SMALL_SECONDS = 7.3
LARGE_SECONDS = 38.0
SMALL_AGENT_DAYS = 120


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
        budget = options["seconds"]
        if budget is None:
            is_small = len(case["agents"]) * case["days"] <= SMALL_AGENT_DAYS
            budget = SMALL_SECONDS if is_small else LARGE_SECONDS
        try:
            solved = solve_case(
                case,
                route_planner(),
                lunch=LunchChoice(options["lunch"]),
                keep_going=lambda: time.monotonic() - started < budget,
            )
        except PlannerFailed as error:
            raise CommandError(f"Le moteur de tournées n’a pas répondu : {error}") from error
        text = json.dumps(solved.as_json(), ensure_ascii=False, indent=1)
        options["out"].write_text(text + "\n", encoding="utf-8")
        plan = solved.plan
        self.stdout.write(
            f"{plan.assigned} missions sur {plan.assigned + len(plan.unassigned)} "
            f"en {len(plan.tours)} tournées, "
            f"{plan.metres / 1000:.1f} km, {solved.lunches} pauses déjeuner, "
            f"{time.monotonic() - started:.1f} s".replace(".", ",")
        )


def read_case(path: Path) -> dict[str, Any]:
    try:
        case = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"Cas illisible : {error}") from error
    if not isinstance(case, dict) or not {"agents", "missions", "days", "shift"} <= case.keys():
        raise CommandError("Ce fichier n’est pas un cas de planification.")
    return case
