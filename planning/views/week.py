"""The week: load, what is to assign, smoothing, the weeks to come."""

import datetime as dt
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from planning.permissions import can_plan, can_see_plan
from planning.ports import TravelUnknown
from planning.selectors.week import WeekBoard, week_board
from planning.services.smoothing import smoothing
from planning.views.fragments import day_of
from spekty.accounts.access import only, person

FIGURES = {"charge": "Charge", "km": "Kilomètres", "visites": "Visites"}
WIDTH, HEIGHT = 280, 110


@require_safe
@only(can_see_plan)
def this_week(request: HttpRequest) -> HttpResponse:
    """Show the current week."""
    return _show(request, timezone.localdate())


@require_safe
@only(can_see_plan)
def week(request: HttpRequest, value: str) -> HttpResponse:
    """Show the week of a day."""
    return _show(request, day_of(value))


def _show(request: HttpRequest, day: dt.date) -> HttpResponse:
    monday = day - dt.timedelta(day.weekday())
    board = week_board(monday)
    figure = request.GET.get("vue", "charge")
    context = {
        "board": board,
        "figure": figure if figure in FIGURES else "charge",
        "figures": FIGURES.items(),
        "can_plan": can_plan(person(request)),
        "before": reverse("planning:week_of", args=[(monday - dt.timedelta(7)).isoformat()]),
        "after": reverse("planning:week_of", args=[(monday + dt.timedelta(7)).isoformat()]),
        "here": reverse("planning:week_of", args=[monday.isoformat()]),
        "last": board.days[-1],
        "number": monday.isocalendar().week,
        "chart": chart(board),
    }
    return render(request, "planning/week.html", context)


def chart(board: WeekBoard) -> dict[str, Any]:
    """Place past weeks, forecast, its band and the capacity on a drawing of 280 by 110."""
    past, ahead = board.past, board.forecast
    count = max(2, len(past) + len(ahead))
    top = max([1, board.capacity, *(m for _, m in past), *(w.high for w in ahead)]) * Fraction(11, 10)

    def x(rank: int) -> str:
        return f"{float(Fraction(rank * WIDTH, count - 1)):.1f}"

    def y(minutes: int) -> str:
        return f"{float(HEIGHT - minutes * HEIGHT / top):.1f}"

    start = len(past)
    low = [f"{x(start + n)},{y(week.low)}" for n, week in enumerate(ahead)]
    high = [f"{x(start + n)},{y(week.high)}" for n, week in enumerate(ahead)]
    join = [f"{x(start - 1)},{y(past[-1][1])}"] if past else []
    return {
        "past": " ".join(f"{x(n)},{y(minutes)}" for n, (_, minutes) in enumerate(past)),
        "ahead": " ".join(join + [f"{x(start + n)},{y(week.minutes)}" for n, week in enumerate(ahead)]),
        "band": " ".join(high + low[::-1]),
        "capacity": y(board.capacity),
        "labels": [
            (x(start + n), week.monday.isocalendar().week) for n, week in enumerate(ahead) if n % 2 == 0
        ],
    }


@require_safe
@only(can_see_plan)
def smooth(request: HttpRequest, value: str) -> HttpResponse:
    """Show the moves that share the hours better; asked by the page once it is there."""
    day = day_of(value)
    if not getattr(request, "htmx", False):
        return redirect("planning:week_of", value)
    try:
        moves, problem = smoothing(day - dt.timedelta(day.weekday())), ""
    except TravelUnknown as unknown:
        moves, problem = [], str(unknown)
    context = {"moves": moves, "problem": problem, "can_plan": can_plan(person(request))}
    return render(request, "planning/_smoothing.html", context)
