"""docs/dependencies.md names every dependency, and nothing that is gone."""

import json
import re

from spekty.stack.services import PROJECT


def declared() -> set[str]:
    """List the dependencies of requirements/*.in and package.json."""
    names: set[str] = set()
    for kind in ("base", "setup", "dev"):
        lines = (PROJECT / "requirements" / f"{kind}.in").read_text().splitlines()
        names |= {re.split(r"[\[=~<> ]", line)[0] for line in lines if re.match(r"[a-z]", line)}
    package = json.loads((PROJECT / "package.json").read_text())
    for kind in ("dependencies", "devDependencies", "optionalDependencies"):
        names |= set(package.get(kind, {}))
    return names


def test_each_dependency_has_its_line() -> None:
    rows = (PROJECT / "docs" / "dependencies.md").read_text().splitlines()
    cells = [row.split("|") for row in rows if row.startswith("|")]
    documented = {row[1].strip() for row in cells} - {"package", "---"}
    assert documented == declared()
    assert all(row[2].strip() and row[3].strip() for row in cells)
