"""Invoices issued: the list with what is late, one invoice with its balance, exports."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField, F, Q, Sum, Value
from django.db.models.functions import Coalesce

from billing.enums import InvoiceKind, InvoiceStatus
from billing.models import Invoice, InvoiceQuerySet
from spekty.accounts.models import User
from spekty.core.money import ZERO
from spekty.core.tables import Cell

MONEY: "DecimalField[Decimal, Decimal]" = DecimalField(max_digits=12, decimal_places=2)
UNPAID = (InvoiceStatus.ISSUED, InvoiceStatus.SENT)


def issued_to(user: User) -> InvoiceQuerySet:
    """Return the issued invoices and credit notes that `user` may see, with their balance in euros.

    The balance is what the client still owes: credit notes taken off, nothing once paid.
    """
    credited = Coalesce(Sum("credit_notes__total_ttc"), Value(ZERO), output_field=MONEY)
    return (
        Invoice.objects.visible_to(user)
        .issued()
        .select_related("client", "lot", "corrects")
        .annotate(credited=credited, balance=F("total_ttc") + F("credited"))
    )


def late(invoices: InvoiceQuerySet, today: dt.date) -> InvoiceQuerySet:
    """Keep the invoices whose due date has passed with something still owed."""
    return unpaid(invoices).filter(due_on__lt=today)


def unpaid(invoices: InvoiceQuerySet) -> InvoiceQuerySet:
    """Keep the invoices on which something is still owed."""
    owed = invoices.filter(kind=InvoiceKind.INVOICE, status__in=UNPAID)
    # issued_to annotates the balance.
    return owed.filter(balance__gt=0)  # type: ignore[misc]


def matching(invoices: InvoiceQuerySet, text: str) -> InvoiceQuerySet:
    """Keep the invoices whose number, client or lot contains `text`."""
    if not text:
        return invoices
    return invoices.filter(
        Q(number__icontains=text) | Q(client__name__icontains=text) | Q(lot__number__icontains=text)
    )


@dataclass(frozen=True)
class Summary:
    """Count and amount in euros with tax."""

    count: int
    amount: Decimal


def summary(invoices: InvoiceQuerySet) -> Summary:
    """Return how many invoices and how much they still owe."""
    balances = list(invoices.values_list("balance", flat=True))  # type: ignore[misc]
    return Summary(len(balances), sum(balances, ZERO))


HEADER = (
    "N°", "Nature", "Date", "Échéance", "Client", "SIREN", "Lot", "Mois", "Total HT", "TVA %", "TVA",
    "Total TTC", "Statut", "Payée le", "Corrige",
)  # fmt: skip


def export_rows(invoices: InvoiceQuerySet) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows of the invoices' export, in the order of HEADER."""
    for row in invoices.order_by("issued_on", "number"):
        yield (
            row.number,
            row.get_kind_display(),
            row.issued_on,
            row.due_on,
            row.client.name,
            row.client.siren,
            row.lot.number if row.lot else None,
            row.month,
            row.total_ht,
            row.vat_pct,
            row.total_vat,
            row.total_ttc,
            row.get_status_display(),
            row.paid_on,
            row.corrects.number if row.corrects else None,
        )


JOURNAL = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum",
    "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet",
    "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip


def sales_journal(invoices: InvoiceQuerySet) -> Iterator[tuple[str, ...]]:
    """Yield the entries of the sales journal in the layout of the FEC (LPF, art. A47 A-1).

    411 client with tax, 706 services before tax, 44571 VAT; a credit note is reversed. For the accountant's
    import: it isn't the firm's legal file.
    """
    for rank, row in enumerate(invoices.order_by("issued_on", "number"), start=1):
        accounts = (
            ("411000", "Clients", row.client.code, row.client.name, row.total_ttc),
            ("706000", "Prestations de services", "", "", -row.total_ht),
            ("445710", "TVA collectée", "", "", -row.total_vat),
        )
        day = f"{row.issued_on:%Y%m%d}"
        words = f"{row.get_kind_display()} {row.number} {row.client.name}"
        for account, name, auxiliary, auxiliary_name, amount in accounts:
            debit, credit = (amount, ZERO) if amount >= 0 else (ZERO, -amount)
            yield (
                "VE", "Ventes", str(rank), day, account, name, auxiliary, auxiliary_name, str(row.number),
                day, words, _comma(debit), _comma(credit), "", "", day, "", "",
            )  # fmt: skip


def _comma(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def journal_text(invoices: InvoiceQuerySet) -> bytes:
    """Return the journal, tab-separated, UTF-8."""
    lines = ["\t".join(JOURNAL)]
    lines += ["\t".join(" ".join(cell.split()) for cell in row) for row in sales_journal(invoices)]
    return ("\r\n".join(lines) + "\r\n").encode()
