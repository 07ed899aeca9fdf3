"""The views of a list that people keep under a name."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from missions.models import SavedView
from spekty.accounts.models import User

LOTS = SavedView.Page.LOTS.value


@dataclass(frozen=True, slots=True)
class SavedLink:
    """A saved view as a chip above the list."""

    view: SavedView
    url: str
    on: bool
    mine: bool


def saved_views(user: User, page: str) -> QuerySet[SavedView]:
    """Return the views of a list that `user` made and those shared with one of their roles."""
    mine = SavedView.objects.filter(Q(owner=user) | Q(role__in=user.acting().roles), page=page)
    return mine.select_related("owner").order_by("name", "pk")


def saved_links(user: User, page: str, base: str, here: str) -> list[SavedLink]:
    """Return them as links; `here` is the address's query without paging."""
    return [
        SavedLink(view, f"{base}?{view.query}", view.query == here, view.owner_id == user.pk)
        for view in saved_views(user, page)
    ]
