"""Addresses of billing, under /facturation/."""

from django.urls import path

from billing.views import agreement, closing, invoices, prices, writing

app_name = "billing"

urlpatterns = [
    path("", closing.closing, name="list"),
    path("preparer/lot/<int:pk>/", writing.prepare_lot, name="prepare_lot"),
    path("preparer/client/<int:pk>/", writing.prepare_month, name="prepare_month"),
    path("emettre/", writing.issue_ready, name="issue_ready"),
    path("controle/", agreement.agreement, name="agreement"),
    path("factures/", invoices.issued, name="issued"),
    path("factures/export/", invoices.export, name="export"),
    path("factures/<int:pk>/", invoices.detail, name="detail"),
    path("factures/<int:pk>/pdf/", invoices.pdf, name="pdf"),
    path("factures/<int:pk>/emettre/", writing.issue, name="issue"),
    path("factures/<int:pk>/supprimer/", writing.discard, name="discard"),
    path("factures/<int:pk>/envoyer/", writing.send, name="send"),
    path("factures/<int:pk>/payee/", writing.settle, name="settle"),
    path("factures/<int:pk>/annuler-paiement/", writing.unsettle, name="unsettle"),
    path("factures/<int:pk>/avoir/", writing.credit, name="credit"),
    path("tarifs/", prices.prices, name="prices"),
    path("tarifs/taux/", prices.rates, name="rates"),
]
