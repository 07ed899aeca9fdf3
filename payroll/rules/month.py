"""The pay of one agent for one month."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from payroll.rules.facts import (
    AgentTerms,
    MonthPay,
    PayComponent,
    PayLine,
    Vehicle,
    Visit,
    VisitKind,
    month_of,
)
from payroll.rules.scale import PayItem, PayRate, PayScale, spoken
from spekty.core import french
from spekty.core.money import cents

ONE = Decimal(1)


def pay_month(
    terms: AgentTerms,
    month: dt.date,
    visits: Iterable[Visit],
    kilometres: Mapping[dt.date, Decimal],
    scale: PayScale,
) -> MonthPay:
    """Return the lines of `month`: visits, kilometres, meals, volume bonus (pay-and-billing.md).

    Visits and kilometres of other months are left out. Raises NoPayRate when a visit has no rate in force.
    """
    first = month_of(month)
    days: dict[dt.date, list[Visit]] = defaultdict(list)
    for visit in visits:
        if month_of(visit.day) == first:
            days[visit.day].append(visit)
    km = {day: value for day, value in kilometres.items() if month_of(day) == first}
    lines: list[PayLine] = []
    anomalies: list[str] = []
    for day in sorted(days.keys() | km.keys()):
        that_day = sorted(days.get(day, ()), key=lambda v: (v.order, v.reference))
        lines += _visit_lines(terms, that_day, scale)
        if any(visit.is_stop for visit in that_day):
            lines += _travel_lines(terms, day, that_day, km.get(day, Decimal(0)), scale)
        elif km.get(day):
            anomalies.append(f"{french.day(day)} : {french.number(km[day])} km sans visite, rien n’est payé.")
    held = sum(v.kind is VisitKind.SITE for day_visits in days.values() for v in day_visits)
    lines += _volume_lines(terms, first, held, scale)
    return MonthPay(first, tuple(lines), tuple(anomalies), held)


def _visit_lines(terms: AgentTerms, visits: Sequence[Visit], scale: PayScale) -> list[PayLine]:
    seen: set[str] = set()
    lines = []
    for visit in visits:
        if visit.kind is VisitKind.CONTACT:
            lines.append(_flat_line(terms, visit, PayItem.CONTACT, PayComponent.CONTACTS, "Contact", scale))
        elif visit.kind is VisitKind.UNPRODUCTIVE:
            label = "Déplacement improductif"
            lines.append(
                _flat_line(terms, visit, PayItem.UNPRODUCTIVE, PayComponent.UNPRODUCTIVE, label, scale)
            )
        else:
            again = bool(visit.address) and visit.address in seen
            seen.add(visit.address)
            lines.append(_site_line(terms, visit, again, scale))
    return lines


def _flat_line(
    terms: AgentTerms, visit: Visit, item: str, component: PayComponent, label: str, scale: PayScale
) -> PayLine:
    rate = scale.require(terms.contract, item, visit.day)
    why = f"{label} {visit.reference} : {french.euros(rate.amount)} ({_in_force(rate)})."
    return _line(component, rate, visit.day, visit.reference, ONE, ONE, why)


def _site_line(terms: AgentTerms, visit: Visit, again: bool, scale: PayScale) -> PayLine:
    rate = scale.require(terms.contract, visit.family, visit.day)
    reduced = scale.find(terms.contract, PayItem.SAME_ADDRESS, visit.day) if again else None
    if reduced is None:
        why = f"Visite {visit.family} {visit.reference} : {french.euros(rate.amount)} ({_in_force(rate)})."
        return _line(PayComponent.MISSIONS, rate, visit.day, visit.reference, ONE, ONE, why)
    why = (
        f"Visite {visit.family} {visit.reference} à la même adresse le même jour : "
        f"{french.euros(rate.amount)} × {french.number(reduced.amount)} ({_in_force(rate)})."
    )
    return _line(PayComponent.MISSIONS, rate, visit.day, visit.reference, ONE, reduced.amount, why)


def _travel_lines(
    terms: AgentTerms, day: dt.date, visits: Sequence[Visit], km: Decimal, scale: PayScale
) -> list[PayLine]:
    stops = sum(visit.is_stop for visit in visits)
    return [*_km_lines(terms, day, km, scale), *_meal_lines(terms, day, stops, km, scale)]


def _km_lines(terms: AgentTerms, day: dt.date, km: Decimal, scale: PayScale) -> list[PayLine]:
    item = PayItem.KM_OWN if terms.vehicle == Vehicle.OWN else PayItem.KM_COMPANY
    rate = scale.find(terms.contract, item, day)
    free = scale.find(terms.contract, PayItem.KM_FREE, day)
    paid = max(km - (free.amount if free else Decimal(0)), Decimal(0))
    if rate is None or not rate.amount or not paid:
        return []
    beyond = f" au-delà de {french.number(free.amount)} km" if free else ""
    why = (
        f"{french.number(paid)} km{beyond} le {french.day(day)} × {french.euros(rate.amount)} "
        f"({_in_force(rate)})."
    )
    return [_line(PayComponent.KILOMETRES, rate, day, "", paid, ONE, why)]


def _meal_lines(terms: AgentTerms, day: dt.date, stops: int, km: Decimal, scale: PayScale) -> list[PayLine]:
    rate = scale.find(terms.contract, PayItem.MEAL, day)
    if rate is None:
        return []
    by_stops = scale.require(terms.contract, PayItem.MEAL_STOPS, day)
    by_km = scale.require(terms.contract, PayItem.MEAL_KM, day)
    if stops >= by_stops.amount:
        reason = f"{stops} arrêts, à partir de {french.number(by_stops.amount)}"
    elif km >= by_km.amount:
        reason = f"{french.number(km)} km, à partir de {french.number(by_km.amount)}"
    else:
        return []
    why = f"Panier du {french.day(day)} ({reason}) : {french.euros(rate.amount)} ({_in_force(rate)})."
    return [_line(PayComponent.MEALS, rate, day, "", ONE, ONE, why)]


def _volume_lines(terms: AgentTerms, first: dt.date, held: int, scale: PayScale) -> list[PayLine]:
    """The highest step reached pays alone; the rule in force on the month's first day applies."""
    steps = (
        (PayItem.VOLUME_2_FROM, PayItem.VOLUME_2_BONUS),
        (PayItem.VOLUME_1_FROM, PayItem.VOLUME_1_BONUS),
    )
    for from_item, bonus_item in steps:
        threshold = scale.find(terms.contract, from_item, first)
        bonus = scale.find(terms.contract, bonus_item, first)
        if threshold and bonus and held >= threshold.amount:
            why = (
                f"Prime de volume : {held} visites en {french.month(first)}, à partir de "
                f"{french.number(threshold.amount)} ({_in_force(bonus)})."
            )
            return [_line(PayComponent.VOLUME, bonus, first, "", ONE, ONE, why)]
    return []


def _line(
    component: PayComponent,
    rate: PayRate,
    day: dt.date,
    reference: str,
    quantity: Decimal,
    factor: Decimal,
    why: str,
) -> PayLine:
    amount = cents(quantity * rate.amount * factor)
    return PayLine(
        component, rate.item, rate.valid_from, day, reference, quantity, rate.amount, factor, amount, why
    )


def _in_force(rate: PayRate) -> str:
    return f"barème {spoken(rate.item)} du {french.day(rate.valid_from)}"
