"""Sign-in by e-mail, and the signed-in person with their roles in one query."""

from functools import cache

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from spekty.accounts.models import User


@cache
def _statement() -> str:
    """Return the query as Django writes it, once: composing it at each request took most of its time."""
    names = ArraySubquery(Group.objects.filter(user=OuterRef("pk")).values("name"))
    statement, _ = User.objects.annotate(role_names=names).filter(pk=0).query.sql_with_params()
    return statement


class HouseBackend(AuthenticationBackend):  # type: ignore[misc]
    """Reads roles with the person at each request: a role taken away is gone at the next one."""

    def get_user(self, user_id: int) -> User | None:
        """Return the active person, with `role_names` beside."""
        user = next(iter(User.objects.raw(_statement(), [user_id])), None)
        return user if user is not None and self.user_can_authenticate(user) else None
