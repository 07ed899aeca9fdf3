"""Done = billed = paid: the only page that reads both billing and pay."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.permissions import can_bill
from billing.rules.agreement import ERRORS, Agreement, Gap, agree
from billing.selectors.agreement import latest_month, missions_concerned, traces
from lots.models import Client
from missions.models import Mission
from payroll.selectors.paid import paid_without_visit, payments_of, why_not_paid
from spekty.accounts.access import only, person
from spekty.core import french
from spekty.core.months import month_end, next_month, previous_month, read_month

# gap -> (one, several)
WORDS = {
    Gap.NOT_INVOICED: ("faite, pas facturée", "faites, pas facturées"),
    Gap.NOT_PAID: ("faite, pas payée", "faites, pas payées"),
    Gap.INVOICED_TWICE: ("facturée deux fois", "facturées deux fois"),
    Gap.PAID_TWICE: ("payée deux fois", "payées deux fois"),
    Gap.INVOICED_NOT_DONE: ("facturée sans visite tenue", "facturées sans visite tenue"),
    Gap.PAID_NOT_DONE: ("payée sans visite tenue", "payées sans visite tenue"),
}


def agreement_of(first: dt.date, last: dt.date, client: Client | None, today: dt.date) -> Agreement:
    """Return the three counts of a period and where they disagree."""
    missions = list(missions_concerned(first, last, client, paid_without_visit(first, last)))
    paid = payments_of(m.pk for m in missions)
    unpaid = why_not_paid(m for m in missions if m.pk not in paid and m.is_held)
    return agree(traces(missions, paid, unpaid, today))


def groups_of(agreement: Agreement) -> list[dict[str, object]]:
    """Return the disagreements by kind, errors first, with their words and their reasons counted."""
    groups: list[dict[str, object]] = []
    for gap in sorted(Gap, key=lambda g: g not in ERRORS):
        rows = agreement.of(gap)
        if rows:
            one, several = WORDS[gap]
            groups.append(
                {
                    "gap": gap.value,
                    "state": "ko" if gap in ERRORS else "act",
                    "title": french.plural(len(rows), one, several),
                    "rows": rows,
                    "some": ", ".join(row.reference for row in rows[:3]) + (" …" if len(rows) > 3 else ""),
                }
            )
    return groups


@require_safe
@only(can_bill)
def agreement(request: HttpRequest) -> HttpResponse:
    """Show the three counts of a month, for every client or one, and each mission out of step."""
    today = timezone.localdate()
    month = read_month(request.GET.get("mois", "")) or latest_month(today)
    clients = Client.objects.visible_to(person(request))
    code = request.GET.get("client", "")
    client = clients.filter(code=code).first() if code else None
    found = agreement_of(month, month_end(month), client, today)
    groups = groups_of(found)
    numbers = {row.reference for row in found.gaps}
    context = {
        "month": month,
        "before": previous_month(month),
        "after": next_month(month),
        "clients": clients,
        "client": client,
        "agreement": found,
        "groups": groups,
        "missions": dict(Mission.objects.filter(number__in=numbers).values_list("number", "pk")),
    }
    return render(request, "billing/agreement.html", context)
