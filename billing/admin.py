"""Technical back office of billing: the issuer's identity; the rest has its own screens."""

from django.contrib import admin

from billing.models import Issuer


@admin.register(Issuer)
class IssuerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The legal mentions of the invoices to come; issued ones keep theirs."""

    list_display = ("name", "siren", "vat_number", "city")

    def has_delete_permission(self, request: object, obj: Issuer | None = None) -> bool:
        return False
