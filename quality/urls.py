from django.urls import path

from quality.views import dashboard, disputes, reports, review, search

app_name = "quality"

urlpatterns = [
    path("recherche/", search.search, name="search"),
    path("qualite/", review.queue, name="queue"),
    path("qualite/relectures/<int:pk>/", review.review, name="review"),
    path("qualite/relectures/<int:pk>/decision/", review.decide, name="decide"),
    path("qualite/relectures/<int:pk>/apercu.pdf", review.preview, name="preview"),
    path("qualite/a-trancher/", disputes.disputes, name="disputes"),
    path("qualite/a-trancher/<int:pk>/", disputes.dispute, name="dispute"),
    path("qualite/photos/<uuid:key>/", review.photo, name="photo"),
    path("qualite/signatures/<int:pk>/", review.signature, name="signature"),
    path("qualite/missions/<int:pk>/rapports/", reports.reports, name="reports"),
    path("qualite/missions/<int:pk>/amender/", reports.amend, name="amend"),
    path("qualite/missions/<int:pk>/contre-visite/", reports.reinspect, name="reinspect"),
    path("qualite/rapports/<int:pk>.pdf", reports.report, name="report"),
    path("qualite/pilotage/", dashboard.dashboard, name="dashboard"),
]
