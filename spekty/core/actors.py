"""Who acts, and through which door: carried by every service that changes a state."""

from dataclasses import dataclass

from spekty.core.enums import Source


@dataclass(frozen=True)
class Actor:
    """A person (or the system, without `user_id`) acting through `source`."""

    user_id: int | None
    name: str
    roles: frozenset[str]
    source: Source

    @property
    def is_system(self) -> bool:
        return self.user_id is None


def system_actor(source: Source = Source.TASK, name: str = "Spekty") -> Actor:
    """Return the actor of imports and background tasks, which no role restrains."""
    return Actor(user_id=None, name=name, roles=frozenset(), source=source)
