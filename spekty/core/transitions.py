"""Transition tables as data: read by the engine, the database trigger and the screens. Plain Python."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Transition:
    """One edge of a workflow: `roles` empty means that any signed-in person or the system may take it."""

    name: str
    sources: tuple[str, ...]
    target: str
    label: str
    roles: frozenset[str] = frozenset()


class UnknownTransition(LookupError):
    """The workflow has no transition of that name."""


@dataclass(frozen=True)
class Workflow:
    """The states and edges of one kind of object; `label` is how a person calls the object."""

    name: str
    label: str
    states: tuple[str, ...]
    initial: str
    transitions: tuple[Transition, ...]
    _by_name: dict[str, Transition] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for transition in self.transitions:
            unknown = {*transition.sources, transition.target} - set(self.states)
            if unknown:
                raise ValueError(f"{self.name}.{transition.name}: unknown states {sorted(unknown)}")
            if transition.name in self._by_name:
                raise ValueError(f"{self.name}: two transitions named {transition.name}")
            self._by_name[transition.name] = transition

    def get(self, name: str) -> Transition:
        """Return the transition of that name, or raise UnknownTransition."""
        try:
            return self._by_name[name]
        except KeyError:
            raise UnknownTransition(f"{self.name}: {name}") from None

    def edges(self) -> frozenset[tuple[str, str]]:
        """Return every legal (source, target) pair: what the database trigger lets through."""
        return frozenset((source, t.target) for t in self.transitions for source in t.sources)

    def leaving(self, state: str, roles: Iterable[str] | None = None) -> tuple[Transition, ...]:
        """Return the transitions that leave `state`, for people who hold one of `roles` (None: all)."""
        held = None if roles is None else frozenset(roles)
        return tuple(
            t
            for t in self.transitions
            if state in t.sources and (held is None or not t.roles or t.roles & held)
        )
