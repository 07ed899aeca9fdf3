"""Agents by code or by initials."""

from collections import Counter
from collections.abc import Iterable

from integrations.workbook.rows import AgentRow
from lots.rules.text import fold


class AgentDirectory:
    """Finds an agent's code from what was typed: the code or the initials, in any case, accents or not."""

    def __init__(self, agents: Iterable[AgentRow]) -> None:
        self._exact: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        rows = list(agents)
        for row in rows:
            self._exact.setdefault(row.code, row.code)
        for row in rows:
            if row.initials:
                self._exact.setdefault(row.initials.upper(), row.code)
        initials = Counter(fold(row.initials) for row in rows)
        for row in rows:
            self._folded.setdefault(fold(row.code), row.code)
        for row in rows:
            if initials[fold(row.initials)] == 1:
                self._folded.setdefault(fold(row.initials), row.code)

    def find(self, typed: str) -> str | None:
        """Return the agent's code, None when nobody answers to it."""
        return self._exact.get(typed.upper()) or self._folded.get(fold(typed))
