"""What a list's headers and pager need: addresses that keep the other filters, what is shown of how many."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import HttpRequest, QueryDict
from django.template import Context

from spekty.core import french

register = template.Library()

# A count beyond this is not worth its query: the list says "1 000+".
COUNT_CAP = 1000


@dataclass(frozen=True, slots=True)
class SortState:
    """How a column is sorted ("ascending", "descending", "none", "" if it can't be), and how to turn it."""

    aria: str
    url: str


@dataclass(frozen=True, slots=True)
class PagerState:
    """What a page shows, written, and the addresses of its neighbours ("" when there is none)."""

    first: str
    last: str
    total: str
    previous: str
    next: str


def _query(context: Context) -> QueryDict:
    request = context.get("request")
    return request.GET.copy() if isinstance(request, HttpRequest) else QueryDict(mutable=True)


def _address(query: QueryDict, **changes: str) -> str:
    changed = query.copy()
    for name, value in changes.items():
        if value:
            changed[name] = value
        else:
            changed.pop(name, None)
    return f"?{changed.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_state(context: Context, column: str, param: str = "tri") -> SortState:
    """Return how the list is sorted on `column` (`?tri=x`, `?tri=-x`) and the address that turns it."""
    if not column:
        return SortState("", "")
    query = _query(context)
    current = query.get(param, "")
    turned = f"-{column}" if current == column else column
    aria = {column: "ascending", f"-{column}": "descending"}.get(current, "none")
    return SortState(aria, _address(query, **{param: turned, "page": ""}))


@register.simple_tag(takes_context=True)
def pager_state(context: Context, page: "Page[Any]", param: str = "page") -> PagerState:
    """Return what a page shows ("51 à 100 sur 1 000+") and its neighbours' addresses, filters kept."""
    query = _query(context)
    total = page.paginator.count
    return PagerState(
        first=french.number(page.start_index()),
        last=french.number(page.end_index()),
        total=f"{french.number(COUNT_CAP)}+" if total > COUNT_CAP else french.number(total),
        previous=_address(query, **{param: str(page.number - 1)}) if page.has_previous() else "",
        next=_address(query, **{param: str(page.number + 1)}) if page.has_next() else "",
    )


@register.simple_tag(takes_context=True)
def with_query(context: Context, **changes: str) -> str:
    """Return the page's address with parameters changed; an empty one goes, paging starts again."""
    return _address(_query(context), **{"page": "", **{k: str(v) for k, v in changes.items()}})
