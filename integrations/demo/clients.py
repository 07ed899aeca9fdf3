"""Invented addresses of the demonstration's clients: the workbook has none, an invoice needs one."""

from lots.models import Client

ADDRESSES = {
    "CL-001": ("4 place de Bretagne", "35000", "Rennes"),
    "CL-002": ("18 avenue de la Plage", "17000", "La Rochelle"),
    "CL-003": ("27 rue du Faubourg-d’Arras", "59000", "Lille"),
    "CL-004": ("9 cours Gambetta", "69003", "Lyon"),
}


def complete_addresses() -> None:
    """Give each known client its address, but for those that somebody completed already."""
    for code, (address, postcode, city) in ADDRESSES.items():
        Client.objects.filter(code=code, address="").update(address=address, postcode=postcode, city=city)
