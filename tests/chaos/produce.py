"""python -m tests.chaos.produce ARM COUNT RATE (ARM: outbox or naive): print the committed numbers."""

import json
import sys
import time

import django

django.setup()

from django.db import transaction  # noqa: E402

from spekty.core.models import Parameter  # noqa: E402
from spekty.core.outbox import emit  # noqa: E402
from tests.chaos.work import naive  # noqa: E402

ROLLED_BACK_EVERY = 18


class RolledBack(Exception):
    """The business changed its mind: nothing of this transaction may be heard outside."""


def one_transaction(arm: str, number: int) -> None:
    """Write a row and promise its event, or roll both back."""
    with transaction.atomic():
        row = Parameter.objects.create(code=f"chaos-{arm}-{number}", label="chaos", value=number)
        if arm == "outbox":
            emit("chaos.event", row, {"number": number})
        else:
            transaction.on_commit(lambda: naive.apply_async((number,), retry=False), robust=True)
        if number % ROLLED_BACK_EVERY == 0:
            raise RolledBack


def main(arm: str, count: int, rate: float) -> None:
    """Run `count` transactions, at most `rate` per second."""
    committed, started = [], time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, started + number / rate - time.monotonic()))
        try:
            one_transaction(arm, number)
        except RolledBack:
            continue
        committed.append(number)
    print(json.dumps(committed))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
