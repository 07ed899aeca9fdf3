"""Write a VROOM request without building its two matrices as one text (35 MB each at 1 500 places)."""

import json
from collections.abc import Sequence
from typing import TextIO

from planning.rules.vroom_language import Request


def write_request(request: Request, target: TextIO) -> None:
    rest = {key: value for key, value in request.items() if key != "matrices"}
    target.write(json.dumps(rest)[:-1])
    target.write(', "matrices": {')
    for number, (profile, matrix) in enumerate(request["matrices"].items()):
        target.write(", " if number else "")
        target.write(f"{json.dumps(profile)}: {{")
        _write_rows("durations", matrix["durations"], target)
        target.write(", ")
        _write_rows("distances", matrix["distances"], target)
        target.write("}")
    target.write("}}")


def _write_rows(name: str, rows: Sequence[Sequence[int]], target: TextIO) -> None:
    target.write(f'"{name}": [')
    for number, row in enumerate(rows):
        target.write((", " if number else "") + json.dumps(list(row), separators=(",", ":")))
    target.write("]")
