"""What a list's headers and pager need: addresses that keep the other filters, what is shown of how many."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.http import HttpRequest, QueryDict
from django.template import Context

from spekty.core import french, keyset
from spekty.core.keyset import KeysetPage

register = template.Library()


@dataclass(frozen=True, slots=True)
class SortState:
    """How a column is sorted ("ascending", "descending", "none", "" if it can't be), and how to turn it."""

    aria: str
    url: str


@dataclass(frozen=True, slots=True)
class PagerState:
    """What a page shows of how many, written, and the addresses of its neighbours ("" when there is none)."""

    shown: str
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


@register.filter
def capped(count: int) -> str:
    """Return a count in words: « 1 000+ » beyond the cap."""
    return keyset.capped(count)


@register.simple_tag(takes_context=True)
def pager_state(context: Context, page: "KeysetPage[Any]", param: str = "page") -> PagerState:
    """Return what a page shows ("50 sur 1 000+") and its neighbours' addresses, filters kept."""
    query = _query(context)
    shown = french.plural(len(page), "ligne")
    if page.total is not None and page.total != len(page):
        shown = f"{french.number(len(page))} sur {page.count}"
    return PagerState(
        shown=shown if len(page) else "",
        previous=_address(query, **{param: page.before}) if page.before else "",
        next=_address(query, **{param: page.after}) if page.after else "",
    )


@register.simple_tag(takes_context=True)
def with_query(context: Context, **changes: str) -> str:
    """Return the page's address with parameters changed; an empty one goes, paging starts again."""
    return _address(_query(context), **{"page": "", **{k: str(v) for k, v in changes.items()}})
