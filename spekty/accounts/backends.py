"""Sign-in by e-mail, and the signed-in person with their roles in one query."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from spekty.accounts.models import User


class HouseBackend(AuthenticationBackend):  # type: ignore[misc]
    """Reads roles with the person at each request: a role taken away is gone at the next one."""

    def get_user(self, user_id: int) -> User | None:
        """Return the active person, with `role_names` beside."""
        names = ArraySubquery(Group.objects.filter(user=OuterRef("pk")).values("name"))
        user = User.objects.annotate(role_names=names).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
