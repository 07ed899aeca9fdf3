"""The door of a page: which roles open it. A foreign object is 404 (querysets), a forbidden page 403."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from spekty.accounts.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def person(request: HttpRequest) -> User:
    """Return who is signed in; LoginRequiredMiddleware lets nobody else through."""
    return cast(User, request.user)


def only(allowed: Callable[[User], bool]) -> Callable[[View[P]], View[P]]:
    """Open the view to the people that `allowed` (a `can_...` of permissions.py) accepts, 403 to others."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not allowed(person(request)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast(View[P], guarded)

    return decorate
