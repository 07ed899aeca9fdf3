"""Addresses of the cockpit, under /bascule/."""

from django.urls import path

from integrations.cutover.views import checks, cockpit, findings, papers, runs

app_name = "cutover"

urlpatterns = [
    path("", cockpit.cockpit, name="cockpit"),
    path("classeur/", runs.upload, name="upload"),
    path("lancer/", runs.launch_run, name="launch"),
    path("avancement/<int:pk>/", runs.progress, name="progress"),
    path("passages/<int:pk>/", runs.detail, name="run"),
    path("passages/<int:pk>/annuler/", runs.undo, name="rollback"),
    path("repetitions/", runs.compare, name="compare"),
    path("ecarts/", findings.listing, name="findings"),
    path("ecarts/export/", findings.export, name="findings_export"),
    path("ecarts/classer/", findings.classify_rows, name="classify"),
    path("ecarts/signer/", findings.sign_rows, name="sign"),
    path("conditions/", checks.add, name="add_condition"),
    path("conditions/<str:code>/", checks.condition, name="condition"),
    path("gel/", checks.freeze_workbook, name="freeze"),
    path("gel/lever/", checks.lift, name="unfreeze"),
    path("prononcer/", checks.go, name="go"),
    path("recette/", checks.paths, name="crosscheck"),
    path("recette/<str:code>/", checks.script, name="script"),
    path("dossier/", papers.make, name="dossier"),
    path("dossier/<int:pk>/", papers.download, name="dossier_file"),
]
