"""Addresses of pay, under /paie/."""

from django.urls import path

from payroll.views import mine, periods, scales

app_name = "payroll"

urlpatterns = [
    path("", periods.month, name="list"),
    path("calculer/", periods.compute, name="compute"),
    path("clore/", periods.close, name="close"),
    path("export/", periods.export, name="export"),
    path("intervenants/<int:pk>/", periods.agent, name="agent"),
    path("intervenants/<int:pk>/pdf/", periods.agent_pdf, name="agent_pdf"),
    path("mienne/", mine.mine, name="mine"),
    path("mienne/pdf/", mine.mine_pdf, name="mine_pdf"),
    path("bareme/", scales.scales, name="scales"),
]
