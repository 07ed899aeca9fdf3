"""The filters that people keep under a name."""

from django.db import transaction
from django.http import QueryDict

from missions.models import SavedView
from spekty.accounts.models import User
from spekty.core.engine import TransitionRefused
from spekty.core.history import acting

LONGEST = 1000
PAGING = ("apres", "avant", "page")


class QueryTooLong(TransitionRefused):
    """The filter doesn't fit: too many values were chosen."""


@transaction.atomic
def save_view(*, owner: User, name: str, query: str, role: str = "") -> SavedView:
    """Keep a filter, without its paging; raises IntegrityError when the owner has a view of that name."""
    kept = QueryDict(query, mutable=True)
    for parameter in PAGING:
        kept.pop(parameter, None)
    text = kept.urlencode()
    if len(text) > LONGEST:
        raise QueryTooLong("Ce filtre est trop long pour être enregistré : retirez des valeurs.")
    with acting(owner.acting()):
        return SavedView.objects.create(owner=owner, name=name, query=text, role=role)


@transaction.atomic
def delete_view(*, view: SavedView) -> None:
    """Forget a view; its history stays."""
    with acting(view.owner.acting()):
        view.delete()
