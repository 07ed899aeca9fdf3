from django.urls import path

from lots.views import clients, closing, detail, documents, imports, listing

app_name = "lots"

urlpatterns = [
    path("lots/", listing.lots_list, name="list"),
    path("lots/export.<slug:kind>", listing.export, name="export"),
    path("imports/", imports.history, name="imports"),
    path("imports/nouveau/", imports.upload, name="import"),
    path("imports/<int:pk>/", imports.batch, name="import_batch"),
    path("imports/<int:pk>/colonnes/", imports.columns, name="import_columns"),
    path("imports/<int:pk>/lignes/", imports.rows, name="import_rows"),
    path("imports/<int:pk>/lignes/<int:line>/", imports.fix, name="import_fix"),
    path("imports/<int:pk>/lignes/<int:line>/sort/", imports.leave_out, name="import_leave_out"),
    path("imports/<int:pk>/relire/", imports.retry, name="import_retry"),
    path("imports/<int:pk>/importer/", imports.commit, name="import_commit"),
    path("imports/<int:pk>/annuler/", imports.undo, name="import_undo"),
    path("imports/<int:pk>/fichier/", imports.file, name="import_file"),
    path("clients/", clients.clients_list, name="clients"),
    path("clients/nouveau/", clients.create, name="client_new"),
    path("clients/<int:pk>/", clients.client, name="client"),
    path("clients/<int:pk>/modifier/", clients.edit, name="client_edit"),
    path("clients/<int:pk>/acces/", clients.grant, name="client_grant"),
    path("documents/", documents.documents_list, name="documents"),
    path("documents/ajouter/", documents.add, name="document_add"),
    path("documents/<int:pk>/", documents.document, name="document"),
    path("lots/<path:number>/synthese.<slug:kind>", detail.synthesis, name="synthesis"),
    path("lots/<path:number>/tirages/<int:pk>/", detail.draw, name="draw"),
    path("lots/<path:number>/cloture/", closing.close, name="close"),
    path("lots/<path:number>/reouverture/", closing.reopen, name="reopen"),
    path("lots/<path:number>/", detail.detail, name="detail"),
]
