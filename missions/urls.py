"""Addresses of head office's pages on missions."""

from django.urls import path

from missions.views import acts, anomalies, bulk, detail, documents, draws, invitation, listing, saved, today

app_name = "missions"

urlpatterns = [
    path("", today.today, name="today"),
    path("missions/", listing.missions_list, name="list"),
    path("missions/filtres/", listing.filter_form, name="filters"),
    path("missions/export/", listing.export, name="export"),
    path("missions/vues/", saved.save_view, name="save_view"),
    path("missions/vues/<int:pk>/supprimer/", saved.delete_view, name="delete_view"),
    path("missions/groupe/", bulk.bulk, name="bulk"),
    path("missions/groupe/annuler/", bulk.undo, name="undo"),
    path("missions/documents/<int:pk>/", documents.document, name="document"),
    path("missions/<str:number>/", detail.mission_detail, name="detail"),
    path("missions/<str:number>/<slug:verb>/", acts.act, name="act"),
    path("anomalies/", anomalies.anomalies, name="anomalies"),
    path("anomalies/<slug:rule>/<slug:aggregate>/<int:pk>/<slug:verb>/", anomalies.settle, name="settle"),
    path("rdv/<str:token>/", invitation.answer, name="invitation"),
    path("rdv/<str:token>/rendez-vous.ics", invitation.calendar, name="invitation_calendar"),
    path("lots/<path:number>/tirage/", draws.draw, name="draw"),
    path("lots/<path:number>/complement/", draws.top_up, name="top_up"),
]
