"""Who invoices whom: what the paper must say (Code de commerce, art. L441-9)."""

from typing import Any

from django.forms.models import model_to_dict

from billing.models import Issuer
from lots.models import Client

BUYER = ("code", "name", "siren", "email", "payment_days")


def parties_of(client: Client) -> dict[str, Any]:
    """Return the identities of the issuer and of the client, as plain values to freeze on the invoice."""
    issuer = Issuer.objects.order_by("pk").last()
    seller = model_to_dict(issuer, exclude=["id"]) if issuer else {}
    if issuer is not None:
        seller["recovery_fee"] = str(issuer.recovery_fee)
    return {"seller": seller, "buyer": {name: getattr(client, name) for name in BUYER}}
