"""The filters that people keep under a name."""

from django.db import transaction
from django.http import QueryDict

from missions.models import SavedView
from spekty.accounts.models import User
from spekty.core.engine import TransitionRefused
from spekty.core.history import acting
from spekty.core.keyset import without_paging

LONGEST = 1000


class QueryTooLong(TransitionRefused):
    """The filter doesn't fit: too many values were chosen."""


@transaction.atomic
def save_view(
    *, owner: User, name: str, query: str, role: str = "", page: str = SavedView.Page.MISSIONS
) -> SavedView:
    """Keep a filter, without its paging; raises IntegrityError when the owner has a view of that name."""
    text = without_paging(QueryDict(query))
    if len(text) > LONGEST:
        raise QueryTooLong("Ce filtre est trop long pour être enregistré : retirez des valeurs.")
    with acting(owner.acting()):
        return SavedView.objects.create(owner=owner, page=page, name=name, query=text, role=role)


@transaction.atomic
def delete_view(*, view: SavedView) -> None:
    """Forget a view; its history stays."""
    with acting(view.owner.acting()):
        view.delete()
