"""Who invoices whom: what the paper must say (Code de commerce, art. L441-9)."""

from typing import Any

from django.forms.models import model_to_dict
from stdnum.fr import siren as siren_number

from billing.models import Issuer
from lots.models import Client

BUYER = ("code", "name", "siren", "email", "address", "postcode", "city", "payment_days")


def parties_of(client: Client) -> dict[str, Any]:
    """Return the identities of the issuer and of the client, as plain values to freeze on the invoice."""
    issuer = Issuer.objects.order_by("pk").last()
    seller = model_to_dict(issuer, exclude=["id"]) if issuer else {}
    if issuer is not None:
        seller["recovery_fee"] = str(issuer.recovery_fee)
    buyer = {name: getattr(client, name) for name in BUYER} | {"vat_number": vat_number(client.siren)}
    return {"seller": seller, "buyer": buyer}


def vat_number(siren: str) -> str:
    """Return the VAT number that a French company derives from its SIREN; nothing without a valid one."""
    return f"FR{siren_number.to_tva(siren)}" if siren_number.is_valid(siren) else ""


def missing_mention(client: Client) -> str:
    """Say, in French, what the client's record lacks for its invoices to be lawful; else nothing."""
    if client.has_address:
        return ""
    return f"L’adresse postale de {client} manque : une facture doit la porter. Complétez la fiche du client."
